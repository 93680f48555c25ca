"""Tests of `ganmetrics.features.dinov2`, with seeded weights under the names of Meta's files."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.errors import WeightsError
from ganmetrics.features.dinov2 import (
    ARCHITECTURES,
    DINOV2_PREPROCESSING,
    GRID,
    LEARNT_GRID,
    Architecture,
    DinoV2,
    build_dinov2,
    load_dinov2,
    resampled_positions,
)
from ganmetrics.features.registry import load_extractor

CPU = torch.device("cpu")
SMALL = ARCHITECTURES["dinov2-vits14"]


def seeded_state(architecture, seed=0):
    """Weights under which the class token depends on the image, as trained ones make it; Meta's names and shapes."""
    rng = torch.Generator().manual_seed(seed)
    width = architecture.width

    def noise(*shape, scale=1.0):
        return scale * torch.randn(*shape, generator=rng)

    def linear(name, rows, columns):
        return {f"{name}.weight": noise(rows, columns, scale=columns**-0.5), f"{name}.bias": noise(rows, scale=0.1)}

    def normalisation(name):
        return {f"{name}.weight": 1 + noise(width, scale=0.1), f"{name}.bias": noise(width, scale=0.1)}

    state = {
        "cls_token": noise(1, 1, width),
        "pos_embed": noise(1, 1 + LEARNT_GRID**2, width),
        "mask_token": noise(1, width),
        "patch_embed.proj.weight": noise(width, 3, 14, 14, scale=1 / 24),
        "patch_embed.proj.bias": noise(width),
    }
    for number in range(architecture.depth):
        block = f"blocks.{number}"
        state |= normalisation(f"{block}.norm1") | normalisation(f"{block}.norm2")
        state |= linear(f"{block}.attn.qkv", 3 * width, width) | linear(f"{block}.attn.proj", width, width)
        state |= linear(f"{block}.mlp.fc1", 4 * width, width) | linear(f"{block}.mlp.fc2", width, 4 * width)
        state |= {f"{block}.{scale}.gamma": 0.5 + noise(width, scale=0.1) for scale in ("ls1", "ls2")}
    return state | normalisation("norm")


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A seeded ViT-S/14 in a file."""
    path = tmp_path_factory.mktemp("dinov2") / "mine.pth"
    torch.save(seeded_state(SMALL), path)
    return path


def images(count, seed=0):
    """Smooth noise, [n, 3, 224, 224] in the range of prepared images."""
    rng = torch.Generator().manual_seed(seed)
    coarse = torch.randn(count, 3, 12, 12, generator=rng)
    return torch.nn.functional.interpolate(coarse, (224, 224), mode="bicubic")


def cubic_by_definition(table, side):
    """Keys's kernel with a = -3/4 at the points (i + 1/2) g / (side + 0.1) - 1/2, edges repeated; in float64."""
    grid = math.isqrt(table.shape[1] - 1)
    plane = table[0, 1:].double().numpy().reshape(grid, grid, -1)

    def kernel(x):
        x, a = np.abs(x), -0.75
        inner = (a + 2) * x**3 - (a + 3) * x**2 + 1
        outer = a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a
        return np.where(x < 1, inner, np.where(x < 2, outer, 0))

    weights = np.zeros((side, grid))
    for row in range(side):
        centre = (row + 0.5) * grid / (side + 0.1) - 0.5
        for tap in range(math.floor(centre) - 1, math.floor(centre) + 3):
            weights[row, min(max(tap, 0), grid - 1)] += kernel(tap - centre)
    return np.einsum("ia,jb,abd->ijd", weights, weights, plane).reshape(side * side, -1)


@pytest.mark.parametrize("side", [16, 19, 36])
def test_positions_are_resampled_by_metas_factor(side):
    """Bicubic at points that lie (side + 0.1)/37 apart, not side/37; the class token keeps its own."""
    table = seeded_state(Architecture(5, 0, 1))["pos_embed"]
    found = resampled_positions(table, side)
    np.testing.assert_allclose(found[0, 1:].numpy(), cubic_by_definition(table, side), atol=2e-5)
    assert torch.equal(found[0, 0], table[0, 0])
    # Control: by size, or antialiased as timm does it, the table is another.
    plane = table[:, 1:].reshape(1, LEARNT_GRID, LEARNT_GRID, -1).permute(0, 3, 1, 2)
    for antialias in (False, True):
        by_size = torch.nn.functional.interpolate(plane, (side, side), mode="bicubic", antialias=antialias)
        assert (by_size.permute(0, 2, 3, 1).flatten(1, 2) - found[:, 1:]).abs().max() > 0.01


def test_the_learnt_grid_stays():
    """At 518 x 518 pixels there is nothing to resample."""
    table = seeded_state(Architecture(5, 0, 1))["pos_embed"]
    assert resampled_positions(table, LEARNT_GRID) is table


@pytest.mark.slow
def test_the_network_is_timms(weights):
    """The class token is that of timm's DINOv2 at 224 pixels, given the same weights and the resampled table."""
    timm = pytest.importorskip("timm")
    state = seeded_state(SMALL)
    ours = build_dinov2(SMALL, weights).freeze()
    theirs = timm.create_model("vit_small_patch14_dinov2", pretrained=False, img_size=224, num_classes=0).eval()
    del state["mask_token"]
    theirs.load_state_dict(state | {"pos_embed": resampled_positions(state["pos_embed"], GRID)})
    batch = images(2)
    with torch.no_grad():
        truth, found = theirs(batch), ours(batch).features
    assert (found - truth).norm() < 1e-5 * truth.norm()
    assert (truth[0] - truth[1]).norm() > 0.03 * truth[0].norm()  # control: images differ


@pytest.mark.slow
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_size_has_timms_parameters(name):
    """Names and shapes are those of the published networks."""
    timm = pytest.importorskip("timm")
    size = {"s": "small", "b": "base", "l": "large"}[name.removeprefix("dinov2-vit")[0]]
    with torch.device("meta"):
        ours = DinoV2(ARCHITECTURES[name])
        theirs = timm.create_model(f"vit_{size}_patch14_dinov2", pretrained=False, img_size=224, num_classes=0)
    assert {key: value.shape for key, value in ours.state_dict().items()} == {
        key: value.shape for key, value in theirs.state_dict().items()
    }
    assert ARCHITECTURES[name].heads == theirs.blocks[0].attn.num_heads


@pytest.mark.slow
def test_the_table_shows_in_the_features(weights):
    """Control: timm's own resampling of the same weights moves the features by far more than rounding."""
    timm = pytest.importorskip("timm")
    state = seeded_state(SMALL)
    positions = timm.layers.resample_abs_pos_embed(state["pos_embed"], (GRID, GRID))
    network = build_dinov2(SMALL, weights).freeze()
    batch = images(2)
    with torch.no_grad():
        metas = network(batch).features
        network.pos_embed.copy_(positions)
        timms = network(batch).features
    assert (metas - timms).norm() > 0.01 * metas.norm()


def test_the_spec_says_what_it_is(weights):
    """The class token's width, no logits, the digest given, dgm-eval's preparation; never the canonical FID."""
    extractor = load_dinov2("dinov2-vits14", weights, sha256="ab" * 32)
    spec = extractor.spec
    assert (spec.name, spec.dimension, spec.classes, spec.layer) == ("dinov2-vits14", 384, None, "class token")
    assert (spec.weights_sha256, spec.canonical) == ("ab" * 32, False)
    assert spec.preprocessing == "pillow-bicubic-uint8 224x224 (x/255-imagenet-mean)/imagenet-std"
    assert {name: one.width for name, one in ARCHITECTURES.items()} == {
        "dinov2-vits14": 384,
        "dinov2-vitb14": 768,
        "dinov2-vitl14": 1024,
    }


@pytest.mark.slow
def test_an_image_does_not_depend_on_its_batch(weights):
    """Features are the same alone and among others, through the registry and from uint8."""
    extractor = load_extractor("dinov2-vits14", weights=weights)
    pictures = np.random.default_rng(0).integers(0, 256, (3, 40, 30, 3), dtype=np.uint8)
    batch = torch.from_numpy(np.stack([extractor.prepare(picture) for picture in pictures]))
    together = extractor(batch, CPU).features
    alone = torch.cat([extractor(batch[row : row + 1], CPU).features for row in range(3)])
    assert together.shape == (3, 384)
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)
    assert (together[0] - together[1]).norm() > 0.01 * together[0].norm()


@pytest.mark.slow
def test_reduced_precision_normalises_in_float32(weights):
    """Computed in bfloat16 the features are near, not equal, and float32."""
    batch = images(2)
    full = load_extractor("dinov2-vits14", weights=weights)(batch, CPU).features
    rounded = load_extractor("dinov2-vits14@bf16", weights=weights)(batch, CPU).features
    assert rounded.dtype == torch.float32
    assert 1e-5 < (rounded - full).norm() / full.norm() < 0.2


def test_weights_of_another_size_are_refused(weights):
    """The first tensor that does not fit is named when the network is built."""
    extractor = load_extractor("dinov2-vitb14", weights=weights)
    with pytest.raises(WeightsError, match=r"need cls_token in floating point \[1, 1, 768\]; .*mine\.pth has"):
        extractor(images(1), CPU)


@pytest.mark.slow
def test_registers_are_another_network(tmp_path):
    """Weights with register tokens are not those of FD-DINOv2."""
    torch.save(seeded_state(SMALL) | {"register_tokens": torch.zeros(1, 4, 384)}, tmp_path / "reg4.pth")
    with pytest.raises(WeightsError, match="hold register_tokens, which the network does not have"):
        build_dinov2(SMALL, tmp_path / "reg4.pth")


def test_preparation_is_torchvisions():
    """Resize of a Pillow image, `ToTensor` and `Normalize`, as dgm-eval composes them, at four sizes."""
    transforms = pytest.importorskip("torchvision.transforms")
    from PIL import Image

    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    steps = [
        transforms.Resize((224, 224), transforms.InterpolationMode.BICUBIC),
        transforms.ToTensor(),
        transforms.Normalize(mean, std),
    ]
    for height, width in ((32, 32), (64, 48), (224, 224), (512, 384)):
        picture = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
        truth = transforms.Compose(steps)(Image.fromarray(picture)).numpy()
        np.testing.assert_allclose(DINOV2_PREPROCESSING(picture), truth, atol=2e-6)
