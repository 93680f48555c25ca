"""One side of a distance: which images are kept, and what equal ones count for."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import NumericsError
from ganmetrics.metrics.frechet.joint import frechet_estimate
from ganmetrics.metrics.frechet.sample import Sample, kept_images, sample_of

FEATURES = torch.from_numpy(np.random.default_rng(0).standard_normal((30, 4)))


def test_few_images_are_all_kept():
    """As many as features: the rows that the moments keep, centred."""
    side = Sample.of(FEATURES[:4])
    assert side.all_images is side.images
    assert torch.allclose(side.images, FEATURES[:4] - FEATURES[:4].mean(0))


def test_kept_images_do_not_hang_on_the_order():
    """Chosen by content: a shuffle keeps the same ones, and negative zero is zero."""
    order = torch.from_numpy(np.random.default_rng(1).permutation(30))
    one, other = kept_images(FEATURES, 7), kept_images(FEATURES[order], 7)
    assert len(one) == 7
    assert {tuple(row) for row in one.tolist()} == {tuple(row) for row in other.tolist()}
    flat = torch.zeros(9, 2, dtype=torch.float64)
    assert torch.equal(kept_images(-flat, 3), kept_images(flat, 3))


def test_kept_images_do_not_hang_on_how_features_lie_in_memory():
    """Column by column (as pandas gives them), backwards, of another byte order, on a stride: the same ones."""
    rows = FEATURES.numpy()
    wide = np.zeros((60, 8))
    wide[::2, ::2] = rows
    lying = [np.asfortranarray(rows), rows[::-1].copy()[::-1], rows.astype(">f8"), wide[::2, ::2]]
    lying += [FEATURES.T.contiguous().T, torch.from_numpy(wide)[::2, ::2]]
    wanted = kept_images(FEATURES, 7)
    for same in lying:
        assert torch.equal(kept_images(same, 7), wanted)


def test_kept_images_do_not_hang_on_precision():
    """Rows that single or half precision holds are the same ones there, also beside rows that it does not hold."""
    half = FEATURES.half()
    mixed = torch.cat([half.double(), FEATURES + 1e-12])
    wanted = {tuple(row) for row in kept_images(mixed, 7).tolist()}
    assert len(wanted & {tuple(row) for row in half.tolist()}) not in {0, 7}
    for narrow in (half, half.float(), half.numpy(), half.float().numpy()):
        assert torch.equal(kept_images(narrow, 7), kept_images(half.double(), 7))
        both = torch.cat([torch.as_tensor(narrow).double(), FEATURES + 1e-12]).flip(0)
        assert {tuple(row) for row in kept_images(both, 7).tolist()} == wanted


def test_the_choice_follows_no_order_of_the_values():
    """Hashes of rising values do not rise: nothing of what images show decides which are kept."""
    rising = torch.arange(1000.0)[:, None]
    kept = kept_images(rising, 100)
    assert 350 < float(kept.mean()) < 650


def test_equal_images_count_once():
    """A side of each image three times is that of each once, for what samples expect."""
    side = Sample.of(FEATURES[:4].repeat(3, 1)[:12])
    bare = Sample.of(FEATURES[:4])
    tall = Sample(Moments.of(FEATURES[:4].repeat(3, 1)), FEATURES[:4].repeat(3, 1) - FEATURES[:4].mean(0))
    assert tall.different.count == 4
    assert torch.allclose(tall.different.moments.covariance, bare.moments.covariance)
    assert bare.different is bare
    assert side.count == 12


def test_of_many_images_no_spectrum_is_found():
    """From two degrees of freedom a feature on the cheapest factor will do; which one it is moves nothing."""
    rng = np.random.default_rng(3)
    few, many = (torch.from_numpy(rng.standard_normal((count, 8)) * np.arange(1.0, 9)) for count in (16, 17))
    sides = [Sample.of(few), Sample.of(many)]
    assert [side.moments.by_eigenvectors for side in sides] == [True, False]
    fake = torch.from_numpy(rng.standard_normal((40, 8)) * np.arange(1.0, 9) + 0.5)
    other = Sample(replace(sides[1].moments, by_eigenvectors=True), sides[1].images)
    found, again = (frechet_estimate(side, fake) for side in (sides[1], other))
    assert sides[1].moments.factor.triu().equal(sides[1].moments.factor)
    assert (found.corrected, found.error) == pytest.approx((again.corrected, again.error), rel=1e-10)


def test_traces_and_squares():
    """The trace is the covariance's; exact moments have the square of the covariance itself."""
    covariance = np.diag([4.0, 1, 1, 0.5])
    exact = sample_of(Moments.gaussian(np.zeros(4), covariance, None))
    assert (exact.count, exact.images) == (None, None)
    assert exact.trace == pytest.approx(6.5)
    assert exact.squared == pytest.approx((covariance**2).sum())
    sampled = sample_of(FEATURES)
    assert sampled.trace == pytest.approx(float(torch.cov(FEATURES.mT).trace()))
    assert sampled.squared < float(torch.cov(FEATURES.mT).square().sum())
    assert sample_of(sampled) is sampled


def test_what_is_not_finite_is_named():
    """By its row."""
    broken = FEATURES.clone()
    broken[3, 1] = torch.inf
    with pytest.raises(NumericsError, match="row 3"):
        Sample.of(broken)
