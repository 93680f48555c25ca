"""The squared discrepancy: an oracle, its bias, its variance against simulation, and the paired difference."""

import numpy as np
import pytest
from hypothesis import given

from ganmetrics.core.kernels.discrepancy import (
    squared_mmd,
    squared_mmd_biased,
    squared_mmd_difference,
    squared_mmd_influence,
    squared_mmd_variance,
)
from ganmetrics.core.kernels.functions import GaussianKernel, PolynomialKernel
from ganmetrics.core.kernels.sums import kernel_sums
from ganmetrics.core.kernels.tiles import FeaturePair
from ganmetrics.errors import InputError, NotEnoughSamples
from tests.oracles import gaussian_kernel, polynomial_kernel, squared_mmd_unbiased
from tests.oracles import squared_mmd_biased as biased
from tests.strategies import pairs_of_feature_sets

KID = PolynomialKernel()


def sums(real, fake, kernel=KID):
    """Return the kernel sums of two arrays."""
    return kernel_sums(FeaturePair(real, fake, kernel))


def normal(rng, count, shift=0.0, dimension=6):
    """Return Gaussian features, shifted along all axes."""
    return rng.standard_normal((count, dimension)) + shift


@pytest.mark.slow
@given(pairs_of_feature_sets())
def test_both_estimates_are_their_equations(pair):
    """For sets of unequal size, of any scale, with the kernel of KID and the Gaussian one."""
    bandwidth = float(np.abs(np.vstack(pair)).max())
    for kernel, formula in (
        (PolynomialKernel(), polynomial_kernel),
        (GaussianKernel(bandwidth), lambda x, y: gaussian_kernel(x, y, bandwidth)),
    ):
        values = sums(*pair, kernel)
        scale = max(formula(side, side).max() for side in pair)
        assert squared_mmd(values) == pytest.approx(squared_mmd_unbiased(*pair, formula), rel=1e-9, abs=1e-11 * scale)
        assert squared_mmd_biased(values) == pytest.approx(biased(*pair, formula), rel=1e-9, abs=1e-11 * scale)


def test_a_linear_kernel_gives_the_squared_distance_of_the_means():
    """With degree 1 the biased estimate is |mean - mean|^2 / d: of a kernel's features it sees the means only."""
    rng = np.random.default_rng(0)
    real, fake = normal(rng, 40), normal(rng, 30, shift=1.0)
    expected = ((real.mean(axis=0) - fake.mean(axis=0)) ** 2).sum() / 6
    assert squared_mmd_biased(sums(real, fake, PolynomialKernel(degree=1))) == pytest.approx(expected, rel=1e-10)


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_two_samples_of_one_population_are_0_apart_on_average():
    """The unbiased estimate is of either sign; the biased one never is, and is too large."""
    rng = np.random.default_rng(0)
    pairs = [sums(normal(rng, 20), normal(rng, 30)) for _ in range(150)]
    values = np.array([squared_mmd(pair) for pair in pairs])
    assert abs(values.mean()) < 3 * values.std() / 150**0.5
    assert (values < 0).mean() > 0.2
    assert min(squared_mmd_biased(pair) for pair in pairs) > 3 * values.std() / 150**0.5


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "counts"), [(0.3, (40, 60)), (0.6, (30, 30))])
@pytest.mark.usefixtures("unchecked")
def test_the_variance_is_that_of_repeated_draws(shift, counts):
    """Within the sampling error of 120 draws, three tenths; the variance of first-order terms alone is farther off."""
    rng = np.random.default_rng(1)
    pairs = [sums(normal(rng, counts[0], 0, 30), normal(rng, counts[1], shift, 30)) for _ in range(120)]
    observed = np.var([squared_mmd(pair) for pair in pairs])
    estimated = np.mean([squared_mmd_variance(pair) for pair in pairs])
    assert estimated == pytest.approx(observed, rel=0.3)
    plain = np.mean([sum(float(terms.var()) / len(terms) for terms in squared_mmd_influence(pair)) for pair in pairs])
    assert plain > estimated


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_near_equal_populations_the_variance_is_that_of_pairs():
    """There first-order terms alone give twice the variance or nearly so; ours is between the truth and that."""
    rng = np.random.default_rng(2)
    pairs = [sums(normal(rng, 50, dimension=100), normal(rng, 50, dimension=100)) for _ in range(150)]
    observed = np.var([squared_mmd(pair) for pair in pairs])
    estimated = np.mean([squared_mmd_variance(pair) for pair in pairs])
    plain = np.mean([sum(float(terms.var()) / len(terms) for terms in squared_mmd_influence(pair)) for pair in pairs])
    assert 0.8 * observed < estimated < 1.8 * observed
    assert plain > 1.5 * estimated


def test_influence_is_what_leaving_an_image_out_does():
    """Exactly so but for the pair counts, which change by 1/count."""
    rng = np.random.default_rng(3)
    real, fake = normal(rng, 200), normal(rng, 150, shift=0.5)
    whole = squared_mmd(sums(real, fake))
    terms = squared_mmd_influence(sums(real, fake))
    assert abs(float(terms[0].mean())) < 1e-12
    for number in (3, 77):
        without = squared_mmd(sums(np.delete(real, number, axis=0), fake))
        assert whole - without == pytest.approx(float(terms[0][number]) / 199, rel=0.05)
        without = squared_mmd(sums(real, np.delete(fake, number, axis=0)))
        assert whole - without == pytest.approx(float(terms[1][number]) / 149, rel=0.05)


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_the_difference_is_paired():
    """Two generators on one real set: the variance is that of repeated draws, below that of two separate estimates."""
    rng = np.random.default_rng(4)
    values, variances, apart = [], [], []
    for _ in range(120):
        real = normal(rng, 40, 0, 30)
        pairs = [sums(real, normal(rng, 60, 0.5, 30)), sums(real, normal(rng, 50, 0.45, 30))]
        value, variance = squared_mmd_difference(*pairs)
        assert value == pytest.approx(squared_mmd(pairs[0]) - squared_mmd(pairs[1]), rel=1e-9, abs=1e-12)
        values.append(value)
        variances.append(variance)
        apart.append(sum(map(squared_mmd_variance, pairs)))
    assert np.mean(variances) == pytest.approx(np.var(values), rel=0.3)
    assert np.mean(apart) > 1.1 * np.mean(variances)


def test_a_generator_against_itself_is_no_different():
    """The difference of one set from itself is 0."""
    rng = np.random.default_rng(5)
    pair = sums(normal(rng, 40), normal(rng, 60))
    assert squared_mmd_difference(pair, pair)[0] == 0


def test_constant_features_have_no_variance():
    """Equal images on both sides: no distance, no variance, no negative root."""
    pair = sums(np.full((9, 3), 0.7), np.full((8, 3), 0.7))
    assert squared_mmd(pair) == pytest.approx(0, abs=1e-12)
    assert 0 <= squared_mmd_variance(pair) < 1e-12


def test_too_few_images_are_refused():
    """Two a side for an estimate, four for its variance, and one real set for a difference."""
    rng = np.random.default_rng(0)
    with pytest.raises(NotEnoughSamples, match="needs at least 2 fake images; got 1"):
        squared_mmd(sums(normal(rng, 5), normal(rng, 1)))
    with pytest.raises(NotEnoughSamples, match="needs at least 4 real images; got 3"):
        squared_mmd_variance(sums(normal(rng, 3), normal(rng, 5)))
    with pytest.raises(InputError, match="the same real images; got 5 and 6"):
        squared_mmd_difference(sums(normal(rng, 5), normal(rng, 5)), sums(normal(rng, 6), normal(rng, 5)))
