"""The kernel distance over subsets: an oracle for each library's draws, subset sizes, refusals."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.core.kernels.sums import subset_sums
from ganmetrics.core.kernels.tiles import FeaturePair
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.metrics.kernel import distance as module
from ganmetrics.metrics.kernel.distance import KERNEL_CONVENTIONS, KernelDistanceConvention, kernel_distance
from tests.oracles import polynomial_kernel, squared_mmd_unbiased


def sets(real_count, fake_count, dimension=6):
    """Return two float64 feature sets, a shift apart."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((real_count, dimension)), rng.standard_normal((fake_count, dimension)) + 0.5


def over(subsets):
    """Return mean and standard deviation over pairs of feature sets."""
    values = [squared_mmd_unbiased(real, fake, polynomial_kernel) for real, fake in subsets]
    return np.mean(values), np.std(values)


def without_spare(*given, **options):
    """Return a pair that has no memory left for what one pass needs."""
    pair = FeaturePair(*given, **options)
    pair.spare = 0
    return pair


def small(name, **changes):
    """Return a convention with subsets of 20."""
    return KernelDistanceConvention(**{**vars(KERNEL_CONVENTIONS[name]), "subset_size": 20, **changes})


@pytest.mark.parametrize(
    ("name", "seed", "fake_first"),
    [
        ("ganmetrics", 2020, False),
        ("torch-fidelity", 2020, False),
        ("dgm-eval", 13579, False),
        ("clean-fid", 5, True),
        ("stylegan", 5, True),
        ("mmd-gan", 5, True),
    ],
)
def test_numpy_draws_are_those_of_each_library(name, seed, fake_first):
    """RandomState(seed).choice without replacement, one side and then the other, in each subset."""
    real, fake = sets(50, 40)
    state = np.random.RandomState(seed)
    subsets = []
    for _ in range(7):
        drawn = {}
        for side, features in sorted({"fake": fake, "real": real}.items(), reverse=not fake_first):
            drawn[side] = features[state.choice(len(features), 20, replace=False)]
        subsets.append((drawn["real"], drawn["fake"]))
    given = None if KERNEL_CONVENTIONS[name].seed else seed
    distance = kernel_distance(real, fake, subsets=7, seed=given, convention=small(name))
    value, std = over(subsets)
    assert distance.value == pytest.approx(value, rel=1e-11)
    assert distance.std == pytest.approx(std, rel=1e-9)
    assert (distance.subset_size, distance.subsets) == (20, 7)


def test_torch_draws_are_those_of_torchmetrics():
    """The first of a permutation of the reals, then of one of the fakes."""
    real, fake = sets(50, 40)
    rng = torch.Generator().manual_seed(3)
    subsets = []
    for _ in range(5):
        rows = [torch.randperm(len(side), generator=rng)[:20].numpy() for side in (real, fake)]
        subsets.append((real[rows[0]], fake[rows[1]]))
    distance = kernel_distance(real, fake, subsets=5, seed=3, convention=small("torchmetrics"))
    assert distance.value == pytest.approx(over(subsets)[0], rel=1e-11)


def test_blocks_of_tf_gan_use_every_image_once():
    """45 and 32 images in blocks of at most 20: 15, 15, 15 and 10, 11, 11 in order, and the mean's standard error."""
    real, fake = sets(45, 32)
    edges = [0, 15, 30, 45], [0, 10, 21, 32]
    subsets = [(real[edges[0][i] : edges[0][i + 1]], fake[edges[1][i] : edges[1][i + 1]]) for i in range(3)]
    distance = kernel_distance(real, fake, convention=small("tf-gan"))
    value, std = over(subsets)
    assert distance.value == pytest.approx(value, rel=1e-11)
    assert distance.std == pytest.approx(std * math.sqrt(3 / 2) / math.sqrt(3), rel=1e-9)
    assert distance.subsets == 3
    alone = kernel_distance(real, fake, convention="tf-gan")
    assert alone.value == pytest.approx(over([(real, fake)])[0], rel=1e-11)
    assert math.isnan(alone.std)


def test_a_subset_takes_all_images_where_ours_says_so():
    """min(1000, counts) by default, which the result tells; with all images of both sides there is no spread."""
    distance = kernel_distance(*sets(30, 30), subsets=3)
    assert distance.subset_size == 30
    assert distance.std == pytest.approx(0, abs=1e-12)
    assert kernel_distance(*sets(30, 25), subsets=3).subset_size == 25


def test_kernel_options_are_those_of_the_kernel():
    """Degree, gamma and coef0 reach it."""
    real, fake = sets(30, 30)
    distance = kernel_distance(real, fake, subsets=1, degree=2, gamma=0.7, coef0=0.5)
    expected = squared_mmd_unbiased(real, fake, lambda x, y: polynomial_kernel(x, y, 2, 0.7, 0.5))
    assert distance.value == pytest.approx(expected, rel=1e-11)


@pytest.mark.slow
def test_one_pass_over_all_pairs_gives_what_one_subset_after_the_other_does(monkeypatch):
    """Many subsets of few images take the one way, and few of many the other: the draws and the value are the same."""
    real, fake = sets(50, 40)
    calls = []
    monkeypatch.setattr(module, "subset_sums", lambda *given: calls.append(1) or subset_sums(*given))
    together = kernel_distance(real, fake, subsets=30, subset_size=20)
    first = kernel_distance(real, fake, subsets=3, subset_size=20)
    assert len(calls) == 1
    monkeypatch.setattr(module, "FeaturePair", without_spare)
    apart = kernel_distance(real, fake, subsets=30, subset_size=20)
    assert len(calls) == 1
    assert together.value == pytest.approx(apart.value, rel=1e-12)
    assert together.std == pytest.approx(apart.std, rel=1e-9)
    assert abs(first.value / together.value - 1) > 1e-6


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"subset_size": 31}, NotEnoughSamples, "a subset of 31 needs at least as many real images; got 30"),
        (
            {"convention": "torch-fidelity"},
            NotEnoughSamples,
            "a subset of 1000 needs .* real images; got 30",
        ),
        ({"subset_size": 1}, NotEnoughSamples, "subsets of at least 2 images a side; got 1"),
        ({"subset_size": 0}, InputError, "subset_size must be at least 1; got 0"),
        ({"subsets": 0}, InputError, "subsets must be at least 1; got 0"),
        ({"subsets": 10**9}, InputError, "subsets must be at most 100000; got 1000000000"),
        ({"convention": "fidelity"}, InputError, "must be one of ganmetrics, torch-fidelity, .*; got 'fidelity'"),
        ({"convention": "torchmetrics", "subset_size": 9}, InputError, "it needs a seed; got None"),
        ({"convention": "tf-gan", "seed": 1}, InputError, "cuts blocks in order; got subsets=None, seed=1"),
        (
            {"convention": "tf-gan", "subset_size": 1},
            NotEnoughSamples,
            "30 blocks need at least 60 images a side",
        ),
    ],
)
def test_what_has_no_distance_is_refused(options, error, message):
    """Nothing is silently shrunk: subsets larger than a side, draws without a seed, unknown names."""
    with pytest.raises(error, match=message):
        kernel_distance(*sets(30, 30), **options)


def test_a_row_that_is_not_finite_is_named():
    """Before anything is drawn."""
    real, fake = sets(30, 30)
    real[12, 0] = np.inf
    with pytest.raises(NumericsError, match="real features must be finite, but row 12 is not"):
        kernel_distance(real, fake)
