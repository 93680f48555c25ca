"""Tests of `ganmetrics.features.clip` and of the names of its weights, on seeded small towers."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.errors import WeightsError
from ganmetrics.features import clip
from ganmetrics.features.clip import ClipImages, build_clip, load_clip, quick_gelu
from ganmetrics.features.clip_names import NOT_THE_TOWER, image_tower
from ganmetrics.features.names import CLIP
from ganmetrics.features.registry import load_extractor
from ganmetrics.features.weights import PUBLISHED
from tests.features.clip_weights import named_as_in_transformers, seeded_tower

CPU = torch.device("cpu")
SMALL = {"width": 64, "depth": 2, "heads": 4, "size": 56}
STATE = seeded_tower(width=64, depth=2, tokens=17)
TEXT = {
    "logit_scale": torch.tensor(4.6),
    "transformer.resblocks.0.ln_1.weight": torch.ones(8),
    "vocab_size": torch.tensor(9),
}
WHOLE = {f"visual.{name}": value for name, value in STATE.items()} | TEXT


@pytest.fixture
def small(monkeypatch):
    """Let the extractor be a small tower."""
    monkeypatch.setattr(clip, "ClipImages", lambda: ClipImages(**SMALL))


def images(count=3, size=56, seed=0):
    """Noise in the range of prepared images."""
    return torch.randn(count, 3, size, size, generator=torch.Generator().manual_seed(seed))


def network():
    """The small tower with the seeded weights."""
    found = ClipImages(**SMALL)
    found.load_state_dict(STATE)
    return found.freeze()


def test_the_tower_is_timms():
    """Before its length is divided by, the embedding is that of timm's tower with its head for the projection."""
    transformer = pytest.importorskip("timm.models.vision_transformer")
    from functools import partial

    theirs = transformer.VisionTransformer(
        img_size=56,
        patch_size=14,
        embed_dim=64,
        depth=2,
        num_heads=4,
        num_classes=768,
        pre_norm=True,
        act_layer="quick_gelu",
        norm_layer=partial(torch.nn.LayerNorm, eps=1e-5),
        global_pool="token",
    ).eval()
    renamed = {
        "ln_1": "norm1",
        "ln_2": "norm2",
        "attn.out_proj": "attn.proj",
        "mlp.c_fc": "mlp.fc1",
        "mlp.c_proj": "mlp.fc2",
    }
    state = {
        "cls_token": STATE["class_embedding"][None, None],
        "pos_embed": STATE["positional_embedding"][None],
        "patch_embed.proj.weight": STATE["conv1.weight"],
        "head.weight": STATE["proj"].mT,
        "head.bias": torch.zeros(768),
    }
    for kind in ("weight", "bias"):
        state |= {f"norm_pre.{kind}": STATE[f"ln_pre.{kind}"], f"norm.{kind}": STATE[f"ln_post.{kind}"]}
        for number in range(2):
            block = f"transformer.resblocks.{number}"
            state[f"blocks.{number}.attn.qkv.{kind}"] = STATE[f"{block}.attn.in_proj_{kind}"]
            for ours, other in renamed.items():
                state[f"blocks.{number}.{other}.{kind}"] = STATE[f"{block}.{ours}.{kind}"]
    theirs.load_state_dict(state)
    with torch.no_grad():
        truth, found = theirs(images()), network()(images()).features
    torch.testing.assert_close(found, truth / truth.norm(dim=1, keepdim=True), rtol=1e-4, atol=1e-6)
    assert (found[0] - found[1]).norm() > 0.05
    # Control: with the GELU that it stands for the embedding is another.
    for block in theirs.blocks:
        block.mlp.act = torch.nn.GELU()
    with torch.no_grad():
        other = theirs(images())
    assert (found - other / other.norm(dim=1, keepdim=True)).norm() > 1e-3


def test_the_activation_is_openais():
    """It is x sigmoid(1.702 x), a little beside the GELU."""
    x = torch.linspace(-3, 3, 7)
    assert quick_gelu(x).tolist() == pytest.approx([v / (1 + math.exp(-1.702 * v)) for v in x.tolist()], rel=1e-6)
    assert (quick_gelu(x) - torch.nn.functional.gelu(x)).abs().max() > 0.01


def test_embeddings_have_length_one():
    """In bfloat16 as well, to the rounding of float32."""
    features = network()(images()).features
    assert features.shape == (3, 768)
    assert features.norm(dim=1).tolist() == pytest.approx([1, 1, 1], abs=1e-6)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rounded = network()(images()).features
    assert rounded.dtype == torch.float32
    assert rounded.norm(dim=1).tolist() == pytest.approx([1, 1, 1], abs=1e-6)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "state",
    [STATE, WHOLE, {name: value.half() for name, value in WHOLE.items()}, named_as_in_transformers(STATE) | TEXT],
    ids=["tower", "whole", "half", "transformers"],
)
def test_the_names_of_every_file_lead_to_one_network(state, tmp_path):
    """OpenAI's tower, OpenAI's whole model, half precision, transformers': one embedding."""
    torch.save(state, tmp_path / "weights.pth")
    found = build_clip(tmp_path / "weights.pth").freeze()(images()).features
    half = state["visual.proj"].dtype == torch.float16 if "visual.proj" in state else False
    torch.testing.assert_close(found, network()(images()).features, rtol=0, atol=2e-3 if half else 1e-6)


def test_the_text_tower_is_set_aside_and_strangers_are_not():
    """What belongs to the text is marked; an unknown tensor keeps its name, so that it is refused."""
    found = image_tower(WHOLE | {"visual.extra": torch.zeros(1), "strange": torch.zeros(1)})
    assert {name for name in found if name.startswith(NOT_THE_TOWER)} == {f"{NOT_THE_TOWER[0]}{name}" for name in TEXT}
    assert {"extra", "strange"} <= set(found)


@pytest.mark.usefixtures("small")
def test_other_weights_are_refused(tmp_path):
    """A missing part and a surplus one are named."""
    torch.save(WHOLE | {"visual.extra": torch.zeros(1)}, tmp_path / "more.pth")
    with pytest.raises(WeightsError, match=r"hold extra, which the network does not have: .*more\.pth"):
        build_clip(tmp_path / "more.pth")
    torch.save({name: value for name, value in WHOLE.items() if name != "visual.proj"}, tmp_path / "less.pth")
    with pytest.raises(WeightsError, match=r"need the tensor proj \[64, 768\]; .*less\.pth has none"):
        build_clip(tmp_path / "less.pth")


def test_the_published_record_has_its_digest_in_its_address():
    """As for all of OpenAI's files."""
    record = PUBLISHED[CLIP]
    assert record.url.split("/")[-2:] == [record.sha256, record.name]
    assert record.name == "ViT-L-14-336px.pt"


def test_the_architecture_is_vit_l_14_at_336():
    """24 x 24 patches and the class, 24 blocks of width 1024 with 16 heads, 768 features."""
    with torch.device("meta"):
        whole = ClipImages()
    assert whole.positional_embedding.shape == (577, 1024)
    assert whole.conv1.weight.shape == (1024, 3, 14, 14)
    assert (len(whole.transformer.resblocks), whole.transformer.resblocks[0].attn.heads) == (24, 16)
    assert whole.proj.shape == (1024, 768)
    assert sum(value.numel() for value in whole.state_dict().values()) == 304_293_888


def test_only_the_published_file_is_canonical(tmp_path):
    """The spec says which, and the width, layer and preparation."""
    spec = load_clip(tmp_path / "w.pt", sha256="ab" * 32, canonical=True).spec
    assert (spec.name, spec.dimension, spec.layer, spec.canonical) == (CLIP, 768, "projection of length 1", True)
    assert spec.preprocessing == "centre-square-pillow-bicubic-uint8 336x336 (x/255-clip-mean)/clip-std"
    torch.save(STATE, tmp_path / "mine.pth")
    assert not load_extractor(CLIP, weights=tmp_path / "mine.pth").spec.canonical


def test_the_preparation_is_the_published_codes():
    """Crop, Pillow, then an interpolation to the size it has, which moves nothing, then mean and deviation."""
    from PIL import Image

    mean, std = np.array([0.48145466, 0.4578275, 0.40821073]), np.array([0.26862954, 0.26130258, 0.27577711])
    for height, width in ((32, 32), (64, 49), (336, 336), (384, 512)):
        picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        cropped = Image.fromarray(picture).crop((left, top, left + side, top + side))
        pixels = np.asarray(cropped.resize((336, 336), Image.Resampling.BICUBIC)).astype(np.float32) / 255
        planes = torch.from_numpy(pixels.transpose(2, 0, 1).copy())[None]
        again = torch.nn.functional.interpolate(planes, size=(336, 336), mode="bicubic")
        assert torch.equal(planes, again)
        truth = (again[0].permute(1, 2, 0).numpy() - mean) / std
        np.testing.assert_allclose(clip.CLIP_PREPROCESSING(picture), truth.transpose(2, 0, 1), atol=2e-6)
