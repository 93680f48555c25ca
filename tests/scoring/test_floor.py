"""Real images against real images."""

import pytest

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.core.gaussian.blocks import BLOCKS, content_blocks
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.references.reference import Reference
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(120, seed=1), random_images(60, seed=2)


@pytest.mark.slow
def test_the_floor_is_one_half_against_the_other():
    """By content, in an evaluation of the halves themselves, for metrics of every kind."""
    metrics = ("fid", "kid", "precision", "is", "vendi")
    report = evaluate(REAL, FAKE, metrics=metrics, floor=True, **FREE)
    first = content_blocks(REAL.double().mean(dim=(2, 3)).float()) < BLOCKS // 2
    halves = evaluate(REAL[first], REAL[~first], metrics=metrics, interval=False, **FREE)
    for name, score in halves.items():
        assert report[f"{name}_floor"].value == pytest.approx(score.value, rel=1e-6), name
        assert report[f"{name}_floor"].fake_count == int((~first).sum())


@pytest.mark.slow
def test_a_stored_reference_has_a_floor():
    """Its blocks are enough for distances."""
    stored = evaluate(Reference.from_images(REAL, floor=True, **FREE), FAKE, floor=True, **FREE)
    images = evaluate(REAL, FAKE, floor=True, **FREE)
    assert stored["fd_channel-means_floor"].value == pytest.approx(images["fd_channel-means_floor"].value, rel=1e-9)


@pytest.mark.slow
def test_the_scores_themselves_do_not_change():
    """The floor is beside them."""
    with_floor = evaluate(REAL, FAKE, floor=True, **FREE)
    assert with_floor["fd_channel-means"] == evaluate(REAL, FAKE, **FREE)["fd_channel-means"]


@pytest.mark.slow
def test_what_has_no_halves_is_refused():
    """Statistics without blocks, and too few images."""
    with pytest.raises(InputError, match="a floor needs the real images' blocks; tensor holds none"):
        evaluate(Reference.from_images(REAL, interval=False, **FREE), FAKE, floor=True, **FREE)
    with pytest.raises(NotEnoughSamples, match="at least 2 images in each half"):
        evaluate(REAL[:2], FAKE, floor=True, **FREE)
