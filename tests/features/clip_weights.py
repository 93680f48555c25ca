"""Seeded weights of CLIP's image tower under OpenAI's names, and the same under those of transformers."""

import torch


def seeded_tower(*, width, depth, tokens, features=768, patch=14, seed=0):
    """Weights under which embeddings depend on the image; names as within OpenAI's image tower."""
    rng = torch.Generator().manual_seed(seed)

    def noise(*shape, scale=1.0):
        return scale * torch.randn(*shape, generator=rng)

    def normalisation(name):
        return {f"{name}.weight": 1 + noise(width, scale=0.1), f"{name}.bias": noise(width, scale=0.1)}

    def linear(weight, bias, rows, columns):
        return {weight: noise(rows, columns, scale=columns**-0.5), bias: noise(rows, scale=0.1)}

    state = {
        "class_embedding": noise(width),
        "positional_embedding": noise(tokens, width),
        "conv1.weight": noise(width, 3, patch, patch, scale=1 / 24),
        "proj": noise(width, features, scale=width**-0.5),
    }
    state |= normalisation("ln_pre") | normalisation("ln_post")
    for number in range(depth):
        block = f"transformer.resblocks.{number}"
        state |= normalisation(f"{block}.ln_1") | normalisation(f"{block}.ln_2")
        state |= linear(f"{block}.attn.in_proj_weight", f"{block}.attn.in_proj_bias", 3 * width, width)
        for part, rows, columns in (
            ("attn.out_proj", width, width),
            ("mlp.c_fc", 4 * width, width),
            ("mlp.c_proj", width, 4 * width),
        ):
            state |= linear(f"{block}.{part}.weight", f"{block}.{part}.bias", rows, columns)
    return state


def named_as_in_transformers(state):
    """The same tensors as `CLIPVisionModelWithProjection` names and cuts them."""
    names = {"ln_1": "layer_norm1", "ln_2": "layer_norm2", "mlp.c_fc": "mlp.fc1", "mlp.c_proj": "mlp.fc2"}
    found = {}
    for name, value in state.items():
        if not name.startswith("transformer."):
            continue
        _, _, number, rest = name.split(".", 3)
        layer = f"vision_model.encoder.layers.{number}"
        if rest.startswith("attn.in_proj_"):
            for part, piece in zip("qkv", value.chunk(3), strict=True):
                found[f"{layer}.self_attn.{part}_proj.{rest.removeprefix('attn.in_proj_')}"] = piece.clone()
        elif rest.startswith("attn.out_proj."):
            found[f"{layer}.self_{rest}"] = value
        else:
            part, _, kind = rest.rpartition(".")
            found[f"{layer}.{names[part]}.{kind}"] = value
    outside = {
        "class_embedding": "embeddings.class_embedding",
        "positional_embedding": "embeddings.position_embedding.weight",
        "conv1.weight": "embeddings.patch_embedding.weight",
        "ln_pre.weight": "pre_layrnorm.weight",
        "ln_pre.bias": "pre_layrnorm.bias",
        "ln_post.weight": "post_layernorm.weight",
        "ln_post.bias": "post_layernorm.bias",
    }
    found |= {f"vision_model.{theirs}": state[ours] for ours, theirs in outside.items()}
    return found | {"visual_projection.weight": state["proj"].mT.clone()}
