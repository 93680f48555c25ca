"""Parity with the installed peers on one state dict: `make parity`.

The weights are those that GANMETRICS_PARITY_WEIGHTS names, or else seeded random ones. Two images of the same size as
the network's input prove nothing about resizing, so other sizes, up and down and not square, are compared too.
"""

import os

import pytest
import torch
from torch.nn import functional

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.features.registry import load_extractor
from ganmetrics.features.resize import Preprocessing
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.protocols import PROTOCOLS
from tests.features.inception_oracle import he_weights
from tests.parity.peers import PEERS

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]  # the peers' warnings are not ours to fix

COUNT = 64
BATCH = 16
SIZES = ((32, 32), (64, 48), (299, 299), (512, 384))


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """One state dict that every peer loads: torchvision's names without batch counts."""
    source = os.environ.get("GANMETRICS_PARITY_WEIGHTS")
    state = torch.load(source, weights_only=True) if source else he_weights(seed=0)
    bare = {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}
    path = tmp_path_factory.mktemp("weights") / "shared.pth"
    torch.save(bare, path)
    return path


def random_images(size, *, seed, coarseness):
    """Noise, smooth over a share of the image: uint8 [COUNT, 3, h, w] without a preferred size."""
    rng = torch.Generator().manual_seed(seed)
    noise = torch.rand(COUNT, 3, coarseness, coarseness, generator=rng)
    smooth = functional.interpolate(noise, size, mode="bicubic", align_corners=False)
    return (smooth * 255).round().clamp(0, 255).to(torch.uint8)


def installed(name, request, monkeypatch):
    """Return a peer with the shared weights; skip the test where it is not installed."""
    for package in PEERS[name].packages:
        pytest.importorskip(package)
    return PEERS[name](request.getfixturevalue("weights"), monkeypatch)


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def sets(request):
    """Two sets of images of one size."""
    return random_images(request.param, seed=0, coarseness=24), random_images(request.param, seed=1, coarseness=12)


@pytest.fixture(scope="module")
def ours(sets, weights):
    """This library's outputs for the two sets, under a resize and scaling; computed once for each."""
    known = {}

    def outputs(resize, scaling):
        if (resize, scaling) not in known:
            preprocessing = Preprocessing(resize, (299, 299), scaling)
            extractor = load_extractor("inception-v3", weights=weights, preprocessing=preprocessing)
            known[resize, scaling] = [torch.cat(list(_features(extractor, images))) for images in sets]
        return known[resize, scaling]

    return outputs


def _features(extractor, images):
    for batch in images.split(BATCH):
        prepared = [torch.from_numpy(extractor.prepare(image.permute(1, 2, 0).numpy())) for image in batch]
        yield extractor(torch.stack(prepared), torch.device("cpu")).features


def relative(value, truth):
    """Length of the difference over length of the truth."""
    return float((value - truth).norm() / truth.norm())


@pytest.mark.parametrize("name", PEERS)
def test_peers_agree(name, sets, request, monkeypatch):
    """Pool3 agrees to 1e-5, and the distance of two sets of images, by each library's own formula, to 1e-4."""
    peer = installed(name, request, monkeypatch)
    protocol = PROTOCOLS[peer.protocol]
    mine = request.getfixturevalue("ours")(protocol.resize, protocol.scaling)
    theirs = [torch.cat([peer.pool3(batch) for batch in images.split(BATCH)]) for images in sets]
    error = max(relative(*pair) for pair in zip(mine, theirs, strict=True))
    our_distance = frechet_distance(*(Moments.of(features).with_ddof(protocol.ddof) for features in mine))
    their_distance = peer.distance(*theirs)
    difference = abs(our_distance - their_distance) / their_distance
    size = "x".join(map(str, sets[0].shape[2:]))
    numbers = (f"{error:.1e}", f"{our_distance:.6f}", f"{their_distance:.6f}", f"{difference:.1e}")
    request.getfixturevalue("table").append((name, size, *numbers))
    assert error < 1e-5
    assert difference < 1e-4


def test_logits_agree(sets, request, monkeypatch):
    """Class scores without bias are those that torch-fidelity computes the Inception Score from."""
    peer = installed("torch-fidelity", request, monkeypatch)
    extractor = load_extractor("inception-v3", weights=request.getfixturevalue("weights"))
    images = sets[0][:4]
    prepared = torch.stack([torch.from_numpy(extractor.prepare(image.permute(1, 2, 0).numpy())) for image in images])
    with torch.no_grad():
        theirs = peer.network(images)[1]
    assert relative(extractor(prepared, torch.device("cpu")).logits, theirs) < 1e-5
