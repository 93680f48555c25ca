"""CLIP's tensors under OpenAI's names, whichever library wrote the file."""

import torch

from ganmetrics.features.clip_names import NOT_THE_TOWER, image_tower


def test_openais_own_files():
    """The image tower loses its prefix, and what is of the text tower is marked."""
    found = image_tower({"visual.ln_pre.weight": torch.zeros(1), "token_embedding.weight": torch.ones(1)})
    assert "ln_pre.weight" in found
    (other,) = found.keys() - {"ln_pre.weight"}
    assert other.startswith(NOT_THE_TOWER)


def test_a_tower_alone_stays_as_it_is():
    """As our own files have it."""
    state = {"proj": torch.zeros(1)}
    assert image_tower(state) is state


def test_transformers_query_key_and_value_become_one():
    """In this order; the projection is transposed, a tensor of no known name keeps it."""
    layer = "vision_model.encoder.layers.3."
    state = {f"{layer}self_attn.{one}_proj.bias": torch.full((2,), float(number)) for number, one in enumerate("qkv")}
    state |= {
        f"{layer}mlp.fc1.weight": torch.zeros(1),
        "visual_projection.weight": torch.arange(6.0).reshape(2, 3),
        "vision_model.post_layernorm.bias": torch.zeros(1),
        "mystery": torch.zeros(1),
    }
    found = image_tower(state)
    assert found["transformer.resblocks.3.attn.in_proj_bias"].tolist() == [0, 0, 1, 1, 2, 2]
    assert found["proj"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert {"transformer.resblocks.3.mlp.c_fc.weight", "ln_post.bias", "mystery"} < found.keys()
    assert len(found) == 5
