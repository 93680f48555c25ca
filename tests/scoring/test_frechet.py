"""The Fréchet distance of two sides, with what it says of the populations."""

import json

import numpy as np
import pytest
import torch

from ganmetrics.commands.evaluate import evaluate, fid
from ganmetrics.metrics.frechet.joint import frechet_estimate
from ganmetrics.references.reference import Reference
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(200, seed=1), random_images(120, seed=2)


def means(images):
    return images.double().mean(dim=(2, 3))


@pytest.mark.slow
def test_corrected_and_interval_are_those_of_the_features():
    """What a pass gathers gives the estimate that all features at once give."""
    score = fid(REAL, FAKE, **FREE)
    expected = frechet_estimate(means(REAL).float(), means(FAKE).float())
    assert score.value == pytest.approx(expected.value, rel=1e-9)
    assert score.corrected == pytest.approx(expected.corrected, rel=1e-6, abs=1e-6)
    assert (score.low, score.high) == (pytest.approx(expected.low, rel=1e-6), pytest.approx(expected.high, rel=1e-6))
    assert (score.confidence, score.calibrated) == (0.95, expected.calibrated)
    assert f"95 % {score.low:.6g} to {score.high:.6g}" in str(score)


@pytest.mark.slow
def test_a_wider_confidence_is_a_wider_interval():
    """The centre stays."""
    narrow, wide = (fid(REAL, FAKE, confidence=level, **FREE) for level in (0.5, 0.99))
    assert narrow.corrected == wide.corrected
    assert narrow.low is not None and wide.low is not None
    assert wide.low < narrow.low


@pytest.mark.slow
def test_without_interval_the_number_is_the_same():
    """The option leaves out, and changes nothing but roundings: eigenvalues without their vectors have others."""
    bare = fid(REAL, FAKE, interval=False, **FREE)
    assert (bare.corrected, bare.low, bare.high, bare.confidence) == (None, None, None, None)
    assert bare.value == pytest.approx(fid(REAL, FAKE, **FREE).value, rel=1e-12)


@pytest.mark.parametrize(("count", "numbers"), [(15, False), (16, True)])
def test_from_sixteen_images_there_is_an_interval(count, numbers):
    """With fewer there is none; with few it says that it is not calibrated."""
    score = fid(REAL[:count], FAKE[:count], **FREE)
    assert (score.low is not None and score.high is not None) == numbers
    assert ("not calibrated" in str(score)) == numbers


@pytest.mark.slow
def test_stored_references_carry_the_interval(tmp_path):
    """Saved, loaded and merged statistics give the estimate that the images give."""
    half = [Reference.from_images(part, **FREE) for part in (REAL[:90], REAL[90:])]
    half[0].merge(half[1]).save(tmp_path / "real.npz")
    Reference.from_images(FAKE, **FREE).save(tmp_path / "fake.npz")
    stored = fid(tmp_path / "real.npz", tmp_path / "fake.npz", extractor=ChannelMeans())
    expected = fid(REAL, FAKE, **FREE)
    assert (stored.low, stored.high) == (pytest.approx(expected.low, rel=1e-6), pytest.approx(expected.high, rel=1e-6))
    assert (stored.calibrated, stored.notes) == (expected.calibrated, expected.notes)
    assert not any("kept" in note for note in stored.notes)


@pytest.mark.slow
def test_a_reference_without_images_has_an_interval_that_is_not_calibrated():
    """Where no images are kept, their part of the error is that of Gaussian features, and the text says so."""
    score = fid(Reference.from_images(REAL, interval=False, **FREE), FAKE, **FREE)
    assert score.low is not None
    assert not score.calibrated
    assert "not calibrated" in str(score)
    report = evaluate(Reference.from_images(REAL, interval=False, **FREE), FAKE, **FREE)
    made = json.loads(report.to_json())["provenance"]["metrics"]["fd_channel-means"]
    assert made["interval"].startswith("not calibrated: no real images are kept")


@pytest.mark.slow
def test_an_unknown_count_is_said_beside_the_interval(tmp_path):
    """A foreign file's sampling cannot be counted."""
    np.savez(tmp_path / "stats.npz", mu=np.full(3, 127.0), sigma=np.eye(3) * 300)
    score = fid(tmp_path / "stats.npz", FAKE, **FREE)
    assert score.low is not None
    assert not score.calibrated
    assert "real count unknown: its sampling is not in the interval" in str(score)


@pytest.mark.slow
def test_the_interval_holds_the_populations_distance():
    """Two samples of one population: 0 lies inside, far below the plain distance."""
    generator = torch.Generator().manual_seed(5)
    images = torch.randint(0, 256, (400, 3, 2, 2), generator=generator, dtype=torch.uint8)
    score = fid(images[:200], images[200:], **FREE)
    assert score.low is not None and score.high is not None
    assert score.low < 0 < score.high
