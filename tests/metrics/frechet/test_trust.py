"""What makes a corrected distance doubtful: each reason is found where it was planted, and nowhere else."""

import numpy as np
import pytest
import torch

from ganmetrics.metrics.frechet.joint import distance_from_few
from ganmetrics.metrics.frechet.sample import sample_of
from ganmetrics.metrics.frechet.trust import doubts

DIMENSION = 32
RNG = np.random.default_rng(0)
REAL, FAKE = RNG.standard_normal((60, DIMENSION)), RNG.standard_normal((50, DIMENSION)) + 0.1


def doubted(real, fake):
    """The reasons, for two arrays of features."""
    sides = sample_of(torch.from_numpy(real)), sample_of(torch.from_numpy(fake))
    found = distance_from_few(*(side.different for side in sides))
    return doubts(*sides, found.root)


def test_plain_samples_are_trusted():
    """Independent Gaussian images of both sides."""
    assert doubted(REAL, FAKE) == (True, "")


def planted(where):
    real, fake = REAL.copy(), FAKE.copy()
    if where == "copies":
        fake[:5] = real[:5]
    elif where == "twins":
        fake[:6] = fake[6:12] + 1e-6
    elif where == "huge":
        fake[3] *= 30
    elif where == "tails":
        real *= np.exp(0.6 * np.random.default_rng(1).standard_normal((60, 1)))
    elif where == "few":
        fake = fake[:20]
    return real, fake


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("copies", "5 fake images are real ones, or nearly"),
        ("twins", "12 of 50 fake images equal others, or nearly"),
        ("huge", "one fake image makes"),
        ("tails", "the real images' tails are heavy"),
        ("few", "needs 32 images a side for 32 features, got 20"),
    ],
)
def test_what_was_planted_is_named(where, reason):
    """With the side and the numbers."""
    trust = doubted(*planted(where))
    assert not trust.calibrated
    assert reason in trust.reason


@pytest.mark.slow
def test_few_fakes_will_do_against_many_real_images():
    """Fifty against three times as many as features are borne out where fifty on both sides would be too few."""
    wide = np.random.default_rng(2).standard_normal((1300, 416))
    assert "needs 52 images" in doubted(wide[:60], wide[-50:]).reason
    assert "needs" not in doubted(wide[:-50], wide[-50:]).reason
