"""`plan`: from images to the number of fakes that an interval takes."""

import json

import pytest

from ganmetrics import InputError, NotEnoughSamples, plan
from ganmetrics.testing import ChannelMeans, random_images


def planned(*sides, **options):
    """Return the plan of sides by cheap features."""
    return plan(*sides, extractor=ChannelMeans(), workers=0, **options)


@pytest.mark.slow
def test_a_narrower_interval_takes_more_fakes():
    """Each half-width has its count; those at hand are measured, others are extrapolated, and JSON has all of it."""
    real, fake = random_images(300, seed=1), random_images(128, seed=2) // 2
    table = planned(real, fake)
    assert [step.fakes for step in table.steps] == [16, 32, 64, 128, 256, 512, 1024, 2048]
    widest, narrow = table.steps[1].half_width, table.steps[5].half_width
    found = planned(real, fake, half_widths=[widest, narrow, 1e-9])
    assert [step.measured for step in found.steps] == [True, False, False]
    assert found.steps[0].fakes == pytest.approx(32, abs=1)
    assert found.steps[1].fakes == pytest.approx(512, rel=0.02)
    assert found.steps[2].fakes is None
    content = json.loads(found.to_json())
    assert content["plan"][2] == {"half_width": 1e-9, "fakes": None, "measured": False}
    assert [row["fakes"] for row in content["measured"]] == [16, 32, 64, 128]
    assert content["provenance"]["real"]["count"] == 300
    assert "more than 64 times the fakes at hand" in found.to_text()
    assert "fd_channel-means: 95% interval, 300 real images, fakes like those given" in found.to_text()


@pytest.mark.slow
def test_without_fakes_a_half_of_the_real_images_plays_them():
    """That is a perfect generator."""
    found = planned(random_images(200, seed=1))
    assert found.alike
    assert found.widths.counts[-1] == 100
    assert "a half of the real images" in found.to_text()


def test_what_is_refused():
    """A half-width of 0, and too few images."""
    real, fake = random_images(80, seed=1), random_images(63, seed=2)
    with pytest.raises(InputError, match="a half-width must be positive and finite; got 0"):
        planned(real, real, half_widths=[0.0])
    with pytest.raises(NotEnoughSamples, match="64"):
        planned(real, fake)
    with pytest.raises(NotEnoughSamples, match="128"):
        planned(real)


def test_real_images_are_needed():
    """Nothing at all is no plan."""
    with pytest.raises(InputError, match="plan needs real images; got None"):
        planned(None)
