"""The share of copied fakes: planted copies at 1 %, the p-value under the hypothesis, what must not be noticed."""

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError
from ganmetrics.metrics.neighbours.copied_share import copied_share


def drawn(count, dimension, seed=0):
    """Gaussian features."""
    return np.random.default_rng(seed).standard_normal((count, dimension))


def planted(train, fake, count, noise=0.0):
    """Fakes of which the first so many are training images."""
    copied = fake.copy()
    copied[:count] = train[:count] + noise * drawn(count, fake.shape[1], 99)
    return copied


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.0, 0.2])
@pytest.mark.parametrize(("times", "copies"), [(1, 20), (4, 40)])
def test_copies_are_found_at_one_per_cent(noise, times, copies):
    """20 of 2,000 fakes, exact or disturbed; twice as many where the training set is four times the held-out one."""
    train, test, fake = drawn(times * 500, 16, 1), drawn(500, 16, 2), drawn(2000, 16, 3)
    found = copied_share(train, test, planted(train, fake, copies, noise))
    assert found.p_value <= 0.02
    assert found.share == pytest.approx(copies / 2000, abs=0.006)
    assert len(set(range(copies)) & set(found.suspects[: copies + 5].tolist())) >= copies - 2
    assert (found.ratio[:copies] > 1.9).all()
    # Control: without them nothing is found.
    assert copied_share(train, test, fake).p_value > 0.05


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_the_p_value_is_one_under_the_hypothesis():
    """Fresh images, 40 times: below 0.1 about four times."""
    found = [
        copied_share(drawn(150, 6, 3 * seed), drawn(80, 6, 3 * seed + 1), drawn(90, 6, 3 * seed + 2), permutations=99)
        for seed in range(40)
    ]
    assert sum(one.p_value <= 0.1 for one in found) <= 9
    assert 0.3 < np.mean([one.p_value for one in found]) < 0.7


@pytest.mark.slow
def test_fewer_kinds_are_not_taken_for_copies():
    """All fakes near the middle, or near one point: near training images, and as near to others."""
    train, test = drawn(600, 8, 1), drawn(600, 8, 2)
    assert copied_share(train, test, 0.3 * drawn(600, 8, 3)).p_value > 0.02
    assert copied_share(train, test, drawn(1, 8, 4) + 0.05 * drawn(600, 8, 5)).p_value > 0.02


@pytest.mark.slow
def test_a_crowd_at_one_image_counts_once():
    """Half the fakes are one training image: striking, but one image proves nothing; its ratio names it."""
    train, test, fake = drawn(300, 8, 1), drawn(300, 8, 2), drawn(200, 8, 3)
    fake[:100] = train[0]
    found = copied_share(train, test, fake)
    assert found.p_value > 0.05
    assert np.isinf(found.ratio[:100].numpy()).all()


@pytest.mark.slow
def test_copies_of_held_out_images_are_not_held_against_it():
    """The other way round there is nothing to report."""
    train, test, fake = drawn(500, 8, 1), drawn(500, 8, 2), drawn(500, 8, 3)
    found = copied_share(train, test, planted(test, fake, 50))
    assert found.p_value > 0.05
    assert found.share < 0.05


def test_the_ratio_is_of_nearest_distances():
    """On a line; tensors as arrays."""
    found = copied_share(
        torch.tensor([[0.0], [10.0]]), torch.tensor([[4.0], [20.0]]), torch.tensor([[1.0], [3.0], [10.0]])
    )
    assert found.ratio.tolist() == pytest.approx([3.0, 1 / 3, np.inf])


@pytest.mark.slow
def test_it_repeats_by_its_seed():
    """The exchanges come from it alone."""
    train, test, fake = drawn(300, 4, 1), drawn(100, 4, 2), drawn(100, 4, 3)
    one, same = (copied_share(train, test, fake, seed=7) for _ in range(2))
    assert (one.share, one.p_value) == (same.share, same.p_value)
    assert one.suspects.tolist() == same.suspects.tolist()


def test_permutations_must_be_positive():
    """One line."""
    with pytest.raises(InputError, match="permutations must be at least 1; got 0"):
        copied_share(drawn(9, 2), drawn(9, 2), drawn(9, 2), permutations=0)
