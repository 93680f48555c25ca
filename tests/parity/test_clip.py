"""CMMD against the code that published it, and CLIP's tower against transformers and open_clip, on one set of weights.

The tower is a small one at 336 pixels, seeded; the published weights cannot be had here. The path from pixels to
embeddings is made of the calls that the PyTorch port of CMMD makes, and its distance is written out as there.
"""

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from ganmetrics.features import clip
from ganmetrics.features.clip import ClipImages, load_clip
from ganmetrics.metrics.kernel.gaussian import maximum_mean_discrepancy
from tests.features.clip_weights import named_as_in_transformers, seeded_tower

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]

WIDTH, DEPTH, HEADS, SIZE = 128, 3, 2, 336
STATE = seeded_tower(width=WIDTH, depth=DEPTH, tokens=577)
MEAN, STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]


@pytest.fixture
def ours(monkeypatch, tmp_path):
    """The extractor around the small tower."""
    monkeypatch.setattr(clip, "ClipImages", lambda: ClipImages(width=WIDTH, depth=DEPTH, heads=HEADS))
    torch.save(named_as_in_transformers(STATE), tmp_path / "weights.pth")
    return load_clip(tmp_path / "weights.pth", sha256="0" * 64, canonical=False)


def pictures(height, width, coarseness):
    """Smooth noise, uint8 [16, h, w, 3]."""
    noise = torch.rand(16, 3, coarseness, coarseness, generator=torch.Generator().manual_seed(coarseness))
    smooth = functional.interpolate(noise, (height, width), mode="bicubic")
    return (smooth * 255).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy()


def embedded(extractor, images):
    """This library's features."""
    batch = torch.from_numpy(np.stack([extractor.prepare(image) for image in images]))
    return extractor(batch, torch.device("cpu")).features


class Cmmd:
    """The PyTorch port: its reading, its embedding by transformers' model, its distance."""

    def __init__(self):
        transformers = pytest.importorskip("transformers")
        config = transformers.CLIPVisionConfig(
            hidden_size=WIDTH,
            intermediate_size=4 * WIDTH,
            num_hidden_layers=DEPTH,
            num_attention_heads=HEADS,
            image_size=SIZE,
            patch_size=14,
            projection_dim=768,
            hidden_act="quick_gelu",
        )
        self.model = transformers.CLIPVisionModelWithProjection(config).eval()
        state = named_as_in_transformers(STATE)
        missing, unexpected = self.model.load_state_dict(state, strict=False)
        assert not [name for name in missing if not name.endswith("position_ids")]
        assert not unexpected
        self.processor = transformers.CLIPImageProcessor(image_mean=MEAN, image_std=STD)

    def read(self, image):
        picture = Image.fromarray(image)
        width, height = picture.size
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        square = picture.crop((left, top, left + side, top + side))
        return np.asarray(square.resize((SIZE, SIZE), resample=Image.BICUBIC)).astype(np.float32)

    @torch.no_grad()
    def embed(self, images):
        batch = np.stack([self.read(image) for image in images]) / 255.0
        planes = torch.from_numpy(batch.transpose(0, 3, 1, 2))
        planes = functional.interpolate(planes, size=(SIZE, SIZE), mode="bicubic")
        steps = dict.fromkeys(("do_center_crop", "do_resize", "do_rescale"), False)
        inputs = self.processor(
            images=planes.permute(0, 2, 3, 1).numpy(), do_normalize=True, return_tensors="pt", **steps
        )
        embeddings = self.model(**inputs).image_embeds
        return embeddings / torch.linalg.norm(embeddings, axis=-1, keepdims=True)

    def distance(self, x, y):
        def kernel(a, b):
            squares = [torch.diag(side @ side.T) for side in (a, b)]
            return torch.exp(-(-2 * a @ b.T + squares[0][:, None] + squares[1][None]) / (2 * 10**2)).mean()

        return float(1000 * (kernel(x, x) + kernel(y, y) - 2 * kernel(x, y)))


@pytest.mark.parametrize("size", [(32, 32), (64, 49), (336, 336), (512, 384)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_cmmd_agrees(ours, size, table):
    """Embeddings to 1e-5; the distance to 1e-3, since the port's is of numbers near 1 in single precision."""
    peer = Cmmd()
    sets = [pictures(*size, coarseness) for coarseness in (24, 12)]
    mine, theirs = [embedded(ours, images) for images in sets], [peer.embed(images) for images in sets]
    error = max(float((a - b).norm() / b.norm()) for a, b in zip(mine, theirs, strict=True))
    our_distance = maximum_mean_discrepancy(*mine)
    in_single, in_double = peer.distance(*theirs), peer.distance(*(side.double() for side in theirs))
    difference = abs(our_distance - in_double) / in_double
    numbers = (
        f"{error:.1e}",
        f"{our_distance:.6f}",
        f"{in_double:.6f} ({in_single:.6f} in single)",
        f"{difference:.1e}",
    )
    table.append(("cmmd-pytorch, small tower", f"{size[0]}x{size[1]}", *numbers))
    assert error < 1e-5
    assert difference < 1e-3


def test_open_clip_agrees(ours):
    """OpenAI's architecture in open_clip, with its own names."""
    transformer = pytest.importorskip("open_clip.transformer")
    model = pytest.importorskip("open_clip.model")
    theirs = transformer.VisionTransformer(
        image_size=SIZE,
        patch_size=14,
        width=WIDTH,
        layers=DEPTH,
        heads=HEADS,
        mlp_ratio=4.0,
        output_dim=768,
        act_layer=model.QuickGELU,
    ).eval()
    theirs.load_state_dict(STATE)
    batch = torch.from_numpy(np.stack([ours.prepare(image) for image in pictures(64, 49, 24)[:4]]))
    with torch.no_grad():
        truth = functional.normalize(theirs(batch), dim=-1)
    found = ours(batch, torch.device("cpu")).features
    assert (found - truth).norm() < 1e-5 * truth.norm()
