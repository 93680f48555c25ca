"""FWD against its authors' program, pytorchfwd, on the same images.

The package pins versions of SciPy and ptwt that exclude everything else here, so it is not in the extra:
``pip install --no-deps pytorchfwd ptwt PyWavelets`` beside it.
"""

import sys

import pytest
import torch

from ganmetrics.metrics.wavelet import WaveletMoments, frechet_wavelet_distance
from ganmetrics.testing import random_images

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def peer():
    """The program's module; it sets PyTorch's default type when it is imported."""
    before = torch.get_default_dtype()
    module = pytest.importorskip("pytorchfwd.fwd")
    yield module
    torch.set_default_dtype(before)
    sys.modules.pop("pytorchfwd.fwd", None)


# At level 2 a band has more values than there are images: the peer's root of a singular product is then good to 1e-7.
@pytest.mark.parametrize(("level", "rel"), [(2, 1e-6), (3, 1e-12), (4, 1e-12)])
def test_the_distance(level, rel, peer, table):
    real, fake = random_images(60, size=32), random_images(50, size=32, seed=1)
    sides = [
        peer.compute_packet_statistics((side.double() / 255).split(16), "haar", level, False) for side in (real, fake)
    ]
    (means, covariances), (other_means, other_covariances) = sides
    theirs = float(peer._compute_avg_frechet_distance(means, other_means, covariances, other_covariances))
    ours = frechet_wavelet_distance(*(WaveletMoments.of(side, level=level) for side in (real, fake)))
    table.append(
        (f"FWD, level {level}", "32x32", "-", f"{ours:.12g}", f"{theirs:.12g}", f"{abs(ours / theirs - 1):.1e}")
    )
    assert ours == pytest.approx(theirs, rel=rel)
