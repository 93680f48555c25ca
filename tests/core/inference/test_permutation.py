"""The permutation test of two means: exact where it must be, and able to reject."""

import itertools

import numpy as np
import pytest
import torch

from ganmetrics.core.inference.permutation import permutation_p_value
from ganmetrics.errors import InputError, NotEnoughSamples


def test_it_agrees_with_every_exchange_of_a_small_set():
    """Of the 126 ways to choose 4 of 9 numbers the share with a Welch statistic as large is what it estimates."""
    numbers = np.array([0.3, 1.7, 2.2, 0.9, 4.1, 3.8, 5.0, 2.9, 7.3])

    def welch(chosen):
        one, other = numbers[list(chosen)], np.delete(numbers, list(chosen))
        error = np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
        return abs(one.mean() - other.mean()) / error

    observed = welch(range(4))
    exact = np.mean([welch(chosen) >= observed - 1e-12 for chosen in itertools.combinations(range(9), 4)])
    found = permutation_p_value(torch.tensor(numbers[:4]), torch.tensor(numbers[4:]), permutations=20000)
    assert found == pytest.approx(exact, abs=4 * np.sqrt(exact / 20000))
    assert exact < 0.1


@pytest.mark.slow
@pytest.mark.parametrize("counts", [(20, 20), (10, 40)])
@pytest.mark.usefixtures("unchecked")
def test_groups_of_one_distribution_are_rejected_as_often_as_said(counts):
    """400 pairs of skewed samples: p-values of at most 0.2 a fifth of the time (within 3.5 standard errors)."""
    rng = np.random.default_rng(1)
    p_values = []
    for seed in range(400):
        one, other = (torch.tensor(rng.exponential(size=count)) for count in counts)
        p_values.append(permutation_p_value(one, other, permutations=99, seed=seed))
    assert np.mean(np.array(p_values) <= 0.2) == pytest.approx(0.2, abs=3.5 * np.sqrt(0.16 / 400))


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_unequal_spreads_do_not_pass_for_unequal_means():
    """Equal means, the smaller group wider: without Welch's denominator, rejections would be several times too many."""
    rng = np.random.default_rng(2)
    rejected = 0
    for seed in range(300):
        one, other = torch.tensor(3 * rng.standard_normal(60)), torch.tensor(rng.standard_normal(240))
        rejected += permutation_p_value(one, other, permutations=99, seed=seed) <= 0.05
    assert 0.05 - 0.045 <= rejected / 300 <= 0.05 + 0.045


def test_a_clear_difference_has_the_least_p_value():
    """None of 499 exchanges reaches it."""
    rng = np.random.default_rng(3)
    one, other = torch.tensor(rng.standard_normal(50)), torch.tensor(rng.standard_normal(50) + 3)
    assert permutation_p_value(one, other, permutations=499) == 1 / 500
    assert permutation_p_value(1e200 * one, 1e200 * other, permutations=499) == 1 / 500


@pytest.mark.parametrize("value", [0.0, 0.1, 1e30])
def test_equal_numbers_say_nothing(value):
    """Without any spread every exchange is the same: p-value 1."""
    same = torch.full((7,), value, dtype=torch.float64)
    assert permutation_p_value(same, same[:5], permutations=99) == 1.0


def test_constant_groups_that_differ_are_a_difference():
    """All against none: no exchange but the one at hand, or its mirror image, reaches that."""
    found = permutation_p_value(torch.ones(8, dtype=torch.bool), torch.zeros(8, dtype=torch.bool), permutations=999)
    assert found < 0.01


def test_the_seed_decides():
    """The same seed gives the same p-value, another one another."""
    rng = np.random.default_rng(4)
    one, other = torch.tensor(rng.standard_normal(30)), torch.tensor(rng.standard_normal(30) + 0.4)
    found = [permutation_p_value(one, other, permutations=200, seed=seed) for seed in (5, 5, 6, 7, 8)]
    assert found[0] == found[1]
    assert len(set(found)) > 1


def test_bad_input_is_refused():
    """One number a group, or no exchange."""
    numbers = torch.arange(4.0)
    with pytest.raises(NotEnoughSamples, match="at least 2 images a group; got 4, 1"):
        permutation_p_value(numbers, numbers[:1])
    with pytest.raises(InputError, match="permutations must be at least 1; got 0"):
        permutation_p_value(numbers, numbers, permutations=0)
    with pytest.raises(InputError, match="permutations must be at most 1000000; got 10000000"):
        permutation_p_value(numbers, numbers, permutations=10_000_000)
