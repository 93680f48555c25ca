"""The names of CLIP's image tower in the files that hold it."""

import torch

from ganmetrics.features.state_dict import State

NOT_THE_TOWER = ("text tower: ",)
"""What starts the names of tensors that a whole CLIP has beside its image tower."""
_TEXT = (
    "transformer.",
    "token_embedding.",
    "positional_embedding",
    "ln_final.",
    "text_projection",
    "logit_scale",
    "input_resolution",
    "context_length",
    "vocab_size",
    "text_model.",
    "vision_model.embeddings.position_ids",
)
_TRANSFORMERS = "vision_model."
_OPENAI = "visual."
_OUTSIDE = {
    "vision_model.embeddings.class_embedding": "class_embedding",
    "vision_model.embeddings.position_embedding.weight": "positional_embedding",
    "vision_model.embeddings.patch_embedding.weight": "conv1.weight",
    "vision_model.pre_layrnorm.weight": "ln_pre.weight",
    "vision_model.pre_layrnorm.bias": "ln_pre.bias",
    "vision_model.post_layernorm.weight": "ln_post.weight",
    "vision_model.post_layernorm.bias": "ln_post.bias",
}
_INSIDE = {
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
    "self_attn.out_proj": "attn.out_proj",
}


def image_tower(state: State) -> State:
    """Return the tensors of a file under the names that OpenAI's code has within its image tower.

    Files of OpenAI's code and of transformers are known; what belongs to the text tower is marked as such, and a tensor
    of no known name keeps it, for the reader to refuse.

    >>> sorted(image_tower({"visual.proj": torch.zeros(2, 2), "logit_scale": torch.zeros(())}))
    ['proj', 'text tower: logit_scale']
    """
    if any(name.startswith(_TRANSFORMERS) for name in state):
        return _from_transformers(state)
    if not any(name.startswith(_OPENAI) for name in state):
        return state
    return {_of_openai(name): value for name, value in state.items()}


def _of_openai(name: str) -> str:
    return name.removeprefix(_OPENAI) if name.startswith(_OPENAI) else _outside_the_tower(name)


def _outside_the_tower(name: str) -> str:
    return f"{NOT_THE_TOWER[0]}{name}" if name.startswith(_TEXT) else name


def _from_transformers(state: State) -> State:
    found: State = {}
    for name, value in state.items():
        if name in _OUTSIDE:
            found[_OUTSIDE[name]] = value
        elif name == "visual_projection.weight":
            found["proj"] = value.mT
        elif name.startswith("vision_model.encoder.layers."):
            _, _, _, number, rest = name.split(".", 4)
            part, _, kind = rest.rpartition(".")
            if part in _INSIDE:
                found[f"transformer.resblocks.{number}.{_INSIDE[part]}.{kind}"] = value
            elif part == "self_attn.q_proj":
                # transformers keeps apart what OpenAI keeps in one matrix: query, key, value.
                others = [state.get(name.replace(".q_proj.", f".{one}_proj.")) for one in "kv"]
                whole = [value, *(other for other in others if other is not None)]
                found[f"transformer.resblocks.{number}.attn.in_proj_{kind}"] = torch.cat(whole)
        else:
            found[_outside_the_tower(name)] = value
    return found
