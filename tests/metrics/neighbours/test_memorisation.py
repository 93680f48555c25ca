"""Authenticity, memorisation distance and MiFID: closed forms, the papers' formulas, and planted copies."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.neighbours.memorisation import authenticity, memorisation_distance, mifid
from tests import neighbour_oracles as oracle
from tests.strategies import rotation


def drawn(count, dimension, seed=0):
    """Gaussian features."""
    return np.random.default_rng(seed).standard_normal((count, dimension))


def test_all_numbers_are_those_of_the_papers():
    """Dense matrices give the same shares, distances and neighbours."""
    real, fake = drawn(70, 5, 1), drawn(50, 5, 2)
    found = authenticity(real, fake)
    squared = oracle.squared_distances(real, fake)
    assert found.authenticity == oracle.authenticity(real, fake)
    assert found.nearest.tolist() == squared.argmin(axis=0).tolist()
    assert found.distance.numpy() == pytest.approx(np.sqrt(squared.min(axis=0)), rel=1e-13)
    assert memorisation_distance(real, fake) == pytest.approx(oracle.memorisation_distance(real, fake), rel=1e-12)
    assert ((found.ratio > 1).double().mean()) == found.authenticity


def test_points_on_a_line():
    """Real images at 0, 2, 6: authentic is what lies farther than 2 from 0 and 2, and farther than 4 from 6."""
    found = authenticity(torch.tensor([[0.0], [2.0], [6.0]]), torch.tensor([[-2.0], [-2.5], [2.5], [9.0], [10.5]]))
    assert found.nearest.tolist() == [0, 0, 1, 2, 2]
    assert found.ratio.tolist() == [1, 1.25, 0.25, 0.75, 1.125]
    assert found.authenticity == pytest.approx(2 / 5)


def test_planted_copies_are_the_first_suspects():
    """Copies with a little noise, among independent images, are named with the image they repeat."""
    real, fake = drawn(100, 8, 1), drawn(60, 8, 2)
    planted = {7: 40, 21: 3, 50: 99}
    for at, of in planted.items():
        fake[at] = real[of] + 1e-3 * drawn(1, 8, at)[0]
    fake[21] = real[3]
    found = authenticity(real, fake)
    assert found.suspects(3).tolist()[0] == 21
    assert set(found.suspects(3).tolist()) == set(planted)
    assert all(found.nearest[at] == of for at, of in planted.items())
    assert found.ratio[21] == 0
    # Control: independent images are not suspicious.
    assert sorted(found.ratio.tolist())[3] > 0.1


def test_copies_throughout_are_not_authentic():
    """Every fake image is a real one: no authenticity, no memorisation distance, no end to MiFID."""
    real = drawn(40, 6)
    found, distance = (of(real, real[:20]) for of in (authenticity, memorisation_distance))
    assert (found.authenticity, distance) == (0, 0)
    assert found.nearest.tolist() == list(range(20))
    assert mifid(3.0, distance) == math.inf


def test_copies_among_the_real_images():
    """A real image that has a copy lies 0 from its neighbour: only its copies are not authentic."""
    found = authenticity(torch.tensor([[1.0], [1.0], [5.0]]), torch.tensor([[1.0], [1.1]]))
    assert found.ratio.tolist() == [0, math.inf]
    assert found.authenticity == 0.5


def test_a_fresh_sample_is_half_authentic():
    """Its distance to the nearest real image is about that among real images, and neither larger nor smaller."""
    share = authenticity(drawn(600, 3, 1), drawn(600, 3, 2)).authenticity
    assert 0.4 < share < 0.65


@pytest.mark.slow
@given(st.integers(0, 100), st.sampled_from([1e-20, 1.0, 1e6]))
def test_turning_and_scaling_both_sides_changes_nothing(seed, scale):
    """Neither is noticed by ratios and directions; factors of single images are not by directions."""
    real, fake = drawn(30, 4, seed), drawn(20, 4, seed + 1000)
    turn = rotation(4, seed)
    turned = scale * real @ turn, scale * fake @ turn
    one, other = authenticity(real, fake), authenticity(*turned)
    assert one.authenticity == other.authenticity
    assert other.ratio.numpy() == pytest.approx(one.ratio.numpy(), rel=1e-9)
    factors = np.random.default_rng(seed).uniform(-2, 2, (20, 1))
    for changed in (memorisation_distance(*turned), memorisation_distance(real, factors * fake)):
        assert changed == pytest.approx(memorisation_distance(real, fake), rel=1e-9)


def test_the_mean_may_be_over_either_side():
    """A generator that repeats one image is seen from the fake side, and not from the real one."""
    real, fake = np.abs(drawn(50, 20, 1)), np.abs(drawn(50, 20, 1))[:1].repeat(30, axis=0)
    assert memorisation_distance(real, fake) == pytest.approx(0, abs=1e-15)
    over_real = memorisation_distance(real, fake, averaged_over="real")
    assert over_real == pytest.approx(oracle.memorisation_distance(fake, real), rel=1e-12)
    assert over_real > 0.1


@pytest.mark.parametrize(
    ("fid", "distance", "value"), [(8.0, 0.05, 160.0), (8.0, 0.1, 8.0), (8.0, 0.5, 8.0), (0.0, 0.0, 0.0)]
)
def test_mifid_divides_below_the_threshold(fid, distance, value):
    """At and above it FID stays as it is; of equal sets it is 0."""
    assert mifid(fid, distance) == value
    assert mifid(fid, distance, threshold=1.0) == (fid / distance if distance else 0)


def test_what_has_no_answer_is_refused():
    """Images without direction are named, and so are lonely real images and numbers out of range."""
    fake = drawn(5, 3)
    fake[2] = 0
    with pytest.raises(InputError, match="a feature that is not zero, but row 2 of fake features has none"):
        memorisation_distance(drawn(5, 3), fake)
    with pytest.raises(NotEnoughSamples, match="k=1 neighbours need more than 1 rows of real features; got 1"):
        authenticity(drawn(1, 3), fake)
    with pytest.raises(InputError, match="averaged_over must be one of fake, real; got 'both'"):
        memorisation_distance(fake, fake, averaged_over="both")
    for arguments, message in (
        ((-1.0, 0.5), "fid must be at least 0; got -1.0"),
        ((1.0, 1.5), "must be at most 1; got 1.5 and 0.1"),
        ((math.nan, 0.5), "fid must be at least 0; got nan"),
        ((1.0, math.nan), "distance must be at least 0; got nan"),
        ((1.0, 0.5, 0.0), "threshold must be positive and finite; got 0.0"),
    ):
        with pytest.raises(InputError, match=message):
            mifid(*arguments[:2], **({"threshold": arguments[2]} if len(arguments) > 2 else {}))
