"""FWD as a metric of `evaluate`: the number of the formula, in the same pass, and what is refused."""

import numpy as np
import pytest

from ganmetrics import Evaluator, Features, Reference, evaluate
from ganmetrics.errors import InputError
from ganmetrics.metrics.wavelet import LEVEL, WaveletMoments, frechet_wavelet_distance
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.testing import ChannelMeans, random_images, write_images

FREE = {"extractor": ChannelMeans(), "workers": 0}
REAL, FAKE = random_images(40, size=16), random_images(30, size=16, seed=1)


def test_it_is_the_distance_of_the_pixels():
    """Beside a metric of features, and called so whatever the network."""
    report = evaluate(REAL, FAKE, metrics=("fid", "fwd"), **FREE)
    assert list(report) == ["fd_channel-means", "fwd"]
    score = report["fwd"]
    assert score.value == pytest.approx(frechet_wavelet_distance(*map(WaveletMoments.of, (REAL, FAKE))), rel=1e-12)
    assert (score.extractor, score.protocol, score.corrected) == ("haar-packets", "level-4", None)
    assert (score.real_count, score.fake_count) == (40, 30)


def test_the_level_can_be_chosen():
    found = evaluate(REAL, FAKE, metrics=("fwd",), wavelet_level=2, **FREE)["fwd"]
    packets = [WaveletMoments.of(side, level=2) for side in (REAL, FAKE)]
    assert found.value == pytest.approx(frechet_wavelet_distance(*packets), rel=1e-12)
    assert found.protocol == "level-2"
    assert ScoringOptions().wavelet_level == LEVEL


def test_a_geometry_comes_first():
    """Images of another size, squashed to one."""
    found = evaluate(REAL, random_images(30, size=20), metrics=("fwd",), resize_to=32, **FREE)["fwd"]
    assert found.value > 0


def test_a_cache_gives_the_same(tmp_path):
    """It holds no pixels, so the images are read again."""
    for name, seed in (("real", 0), ("fake", 1)):
        write_images(tmp_path / name, 20, size=16, seed=seed)
    sides = tmp_path / "real", tmp_path / "fake"
    cached = {**FREE, "cache": tmp_path / "cache"}
    values = [evaluate(*sides, metrics=("fid", "fwd"), **cached)["fwd"].value for _ in range(2)]
    assert values[0] == values[1] == evaluate(*sides, metrics=("fwd",), **FREE)["fwd"].value


def test_each_of_several_networks_has_it():
    found = evaluate(REAL, FAKE, metrics=("fwd",), extractors=[ChannelMeans(), ChannelMeans("other")], workers=0)
    assert [report["fwd"].value for report in found.values()] == [
        evaluate(REAL, FAKE, metrics=("fwd",), **FREE)["fwd"].value
    ] * 2


def test_other_sizes_leave_the_other_metrics():
    """Known after the pass: each side is sound by itself."""
    report = evaluate(REAL, random_images(30, size=32), metrics=("fid", "fwd"), **FREE)
    assert "one size on both sides; got bands of 3 and 12 values" in report.refusals["fwd"].reason


def test_a_floor_has_none():
    report = evaluate(REAL, FAKE, metrics=("fid", "fwd"), floor=True, **FREE)
    assert "packets" in report.refusals["fwd_floor"].reason


@pytest.mark.parametrize(
    ("real", "message"),
    [
        (random_images(20, size=12), "sides that 16 divides; tensor has 12x12"),
        (Features(np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)), "needs pixels of images"),
        (Reference.from_images(REAL, **FREE), "holds only their mean and covariance"),
    ],
)
def test_what_is_refused_before_the_pass(real, message):
    how = {} if isinstance(real, Features) else FREE
    fake = real if isinstance(real, Features) else FAKE
    with pytest.raises(InputError, match=message):
        evaluate(real, fake, metrics=("fwd",), **how)


def test_a_loop_has_no_pixels():
    with pytest.raises(InputError, match="a loop keeps no pixels"):
        Evaluator(REAL, metrics=("fwd",), **FREE)
