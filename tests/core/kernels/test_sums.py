"""Kernel sums: every pair once, whatever the blocks, the container, the precision and the budget."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganmetrics.core.kernels import functions, tiles
from ganmetrics.core.kernels.functions import GaussianKernel, PolynomialKernel
from ganmetrics.core.kernels.sums import kernel_sums
from ganmetrics.core.kernels.tiles import FeaturePair
from ganmetrics.errors import InputError, NumericsError
from tests.oracles import gaussian_kernel, polynomial_kernel


def features(count, dimension=5, seed=0):
    """Return float64 features with a mean away from 0."""
    return np.random.default_rng(seed).standard_normal((count, dimension)) + 0.5


def by_hand(real, fake, kernel):
    """Return all sums from whole matrices, in the order of the fields."""
    values = []
    for side, other in ((real, fake), (fake, real)):
        own = kernel(side, side)
        rest = own - np.diag(np.diag(own))
        values += [rest.sum(axis=1), kernel(side, other).sum(axis=1), np.trace(own), (rest**2).sum()]
    return [*values, (kernel(real, fake) ** 2).sum()]


def fields(sums):
    """Return the same of ours."""
    sides = [(side.own.numpy(), side.other.numpy(), side.diagonal, side.squares) for side in (sums.real, sums.fake)]
    return [*sides[0], *sides[1], sums.mixed_squares]


@pytest.mark.slow
@settings(max_examples=20)
@given(st.integers(1, 13), st.integers(1, 13), st.integers(2, 7), st.integers(2, 9), st.integers(1, 20))
def test_every_pair_counts_once_whatever_the_tiles(real_count, fake_count, tile, block, strip):
    """Odd strips of odd tiles in odd blocks leave out no pair and take none twice."""
    real, fake = features(real_count), features(fake_count, seed=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(functions, "SERIAL", strip)
        patch.setattr(tiles, "TILE", tile)
        patch.setattr(tiles, "PREPARED_ROWS", block)
        sums = kernel_sums(FeaturePair(real, fake, PolynomialKernel()))
    for value, expected in zip(fields(sums), by_hand(real, fake, polynomial_kernel), strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-11, atol=1e-11)


def test_the_gaussian_kernel_is_summed_alike():
    """The sums do not depend on which kernel it is."""
    real, fake = features(40), features(30, seed=1)
    sums = kernel_sums(FeaturePair(real, fake, GaussianKernel(2.0)))
    expected = by_hand(real, fake, lambda x, y: gaussian_kernel(x, y, 2.0))
    for value, truth in zip(fields(sums), expected, strict=True):
        np.testing.assert_allclose(value, truth, rtol=1e-11)


def test_a_subset_is_its_rows():
    """Chosen rows give the sums of a set that has only these."""
    real, fake = features(30), features(20, seed=1)
    chosen = torch.tensor([4, 9, 1, 17]), torch.tensor([3, 0])
    part = kernel_sums(FeaturePair(real, fake, PolynomialKernel()), *chosen)
    alone = kernel_sums(FeaturePair(real[chosen[0].numpy()], fake[chosen[1].numpy()], PolynomialKernel()))
    for value, expected in zip(fields(part), fields(alone), strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-12)


def test_containers_and_precisions_agree(tmp_path):
    """An array, a tensor and a memory map of a file give the same to the last bit, and halves are widened."""
    real, fake = features(60).astype(np.float16), features(50, seed=1).astype(np.float16)
    path = tmp_path / "real.npy"
    np.save(path, real.astype(np.float32))
    reference = fields(kernel_sums(FeaturePair(real.astype(np.float32), fake, PolynomialKernel())))
    for one, other in (
        (torch.from_numpy(real), torch.from_numpy(fake).float()),
        (np.load(path, mmap_mode="r"), fake),
    ):
        for value, expected in zip(
            fields(kernel_sums(FeaturePair(one, other, PolynomialKernel()))), reference, strict=True
        ):
            np.testing.assert_array_equal(value, expected)


def test_single_precision_products_are_near_the_exact_ones():
    """Of features that float32 holds exactly, its products cost less than 1e-7 of a sum, offset or not."""
    for offset in (0, 50):
        real, fake = (np.float32(features(200, 64, seed) + offset) for seed in (0, 1))
        single = kernel_sums(FeaturePair(real, fake, PolynomialKernel()))
        double = kernel_sums(FeaturePair(real.astype(np.float64), fake.astype(np.float64), PolynomialKernel()))
        for value, expected in zip(fields(single), fields(double), strict=True):
            np.testing.assert_allclose(value, expected, rtol=1e-7)


def test_a_small_budget_gives_the_same_in_more_blocks():
    """The budget decides how many rows are read at a time, and nothing else."""
    real, fake = features(300, 50), features(200, 50, seed=1)
    small = FeaturePair(real, fake, PolynomialKernel(), memory=100_880_000)
    assert small.block < 100
    for value, expected in zip(
        fields(kernel_sums(small)), fields(kernel_sums(FeaturePair(real, fake, PolynomialKernel()))), strict=True
    ):
        np.testing.assert_allclose(value, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("real", "fake", "memory", "error", "message"),
    [
        (features(9), features(9, 4), 10**9, InputError, "need one dimension; got real 5 and fake 4"),
        (features(9)[0], features(9), 10**9, InputError, r"real features must have shape \[n, d\]"),
        (features(9), features(9).astype(int), 10**9, InputError, "fake features must be floating point; got int64"),
        (
            features(9),
            features(9),
            1000,
            InputError,
            "at least 100663536 bytes for 5 features; got 1000",
        ),
        (features(9), features(9) * 1e120, 10**9, NumericsError, "the kernel must be finite, but overflows"),
    ],
)
def test_what_has_no_sums_is_refused(real, fake, memory, error, message):
    """Other shapes, too little memory, and features too large for the kernel."""
    with pytest.raises(error, match=message):
        kernel_sums(FeaturePair(real, fake, PolynomialKernel(), memory=memory))


def test_a_row_that_is_not_finite_is_named():
    """With its side."""
    fake = features(9)
    fake[6, 2] = np.nan
    with pytest.raises(NumericsError, match="fake features must be finite, but row 6 is not"):
        FeaturePair(features(9), fake, PolynomialKernel())
