"""FD-DINOv2 against the code that published it: Meta's network inside each library's path from pixels to features.

GANMETRICS_DINOV2_SOURCE names a copy of Meta's repository (Apache-2.0), which no package index has. All get one seeded
random ViT-S/14. torch-fidelity is the installed package; dgm-eval and EDM2 are a few lines each, made of the calls that
their sources make.
"""

import os
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn import functional

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.features.registry import load_extractor
from ganmetrics.features.resize import Preprocessing
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.protocols import resolve_protocol
from tests.features.test_dinov2 import SMALL, seeded_state
from tests.oracles import frechet_by_eigvals

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]

SOURCE = "GANMETRICS_DINOV2_SOURCE"
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """One state dict for all."""
    path = tmp_path_factory.mktemp("weights") / "shared.pth"
    torch.save(seeded_state(SMALL), path)
    return path


@pytest.fixture(scope="module")
def metas(weights):
    """Meta's own network."""
    if SOURCE not in os.environ:
        pytest.skip(f"{SOURCE} names no copy of Meta's repository")
    os.environ["XFORMERS_DISABLED"] = "1"
    sys.path.insert(0, os.environ[SOURCE])
    from dinov2.hub.backbones import _make_dinov2_model

    network = _make_dinov2_model(arch_name="vit_small", pretrained=False).eval()
    network.load_state_dict(torch.load(weights, weights_only=True))
    return network


def dgm_eval(images, network):
    from torchvision import transforms

    steps = [
        transforms.Resize((224, 224), transforms.InterpolationMode.BICUBIC),
        transforms.ToTensor(),
        transforms.Normalize(np.array(MEAN), np.array(STD)),
    ]
    prepare = transforms.Compose(steps)
    return network(torch.stack([prepare(Image.fromarray(image.permute(1, 2, 0).numpy())) for image in images]))


def edm2(images, network):
    resized = functional.interpolate(images.float(), (224, 224), mode="bicubic", antialias=True)
    mean, std = (torch.tensor(values)[:, None, None] for values in (MEAN, STD))
    return network((resized / 255 - mean) / std)


def torch_fidelity(images, network):
    module = pytest.importorskip("torch_fidelity.feature_extractor_dinov2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.hub, "load", lambda *_, **__: network)
        return module.FeatureExtractorDinoV2("dinov2-vit-s-14", ["dinov2"])(images)[0]


def random_images(size, coarseness):
    """Noise, smooth over a share of the image: uint8 [24, 3, h, w]."""
    noise = torch.rand(24, 3, coarseness, coarseness, generator=torch.Generator().manual_seed(coarseness))
    smooth = functional.interpolate(noise, size, mode="bicubic", align_corners=False)
    return (smooth * 255).round().clamp(0, 255).to(torch.uint8)


@pytest.mark.parametrize("size", [(32, 32), (64, 48), (224, 224), (512, 384)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("peer", [dgm_eval, edm2, torch_fidelity], ids=lambda peer: peer.__name__)
def test_peers_agree(peer, size, weights, metas, table):
    """Features agree to 1e-5, and the distance of two sets of images to 1e-4."""
    protocol = resolve_protocol(peer.__name__.replace("_", "-"), "dinov2-vits14")
    prepare = Preprocessing(protocol.resize, (protocol.size, protocol.size), protocol.scaling)
    extractor = load_extractor("dinov2-vits14", weights=weights, preprocessing=prepare)
    sets = [random_images(size, coarseness) for coarseness in (24, 12)]
    ours, theirs = [], []
    for images in sets:
        prepared = [torch.from_numpy(extractor.prepare(image.permute(1, 2, 0).numpy())) for image in images]
        ours.append(extractor(torch.stack(prepared), torch.device("cpu")).features.double())
        with torch.no_grad():
            theirs.append(peer(images, metas).double())
    error = max(float((mine - other).norm() / other.norm()) for mine, other in zip(ours, theirs, strict=True))
    our_distance = frechet_distance(*map(Moments.of, ours))
    moments = [part for side in theirs for part in (side.mean(0).numpy(), np.cov(side.numpy(), rowvar=False))]
    their_distance = frechet_by_eigvals(*moments)
    difference = abs(our_distance - their_distance) / their_distance
    numbers = (f"{error:.1e}", f"{our_distance:.6f}", f"{their_distance:.6f}", f"{difference:.1e}")
    table.append((f"{protocol.name}, dinov2-vits14", f"{size[0]}x{size[1]}", *numbers))
    assert error < 1e-5
    assert difference < 1e-4
