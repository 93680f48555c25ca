"""The trace of the root from few images: against what is exact, and against the integral at many images."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.core.random_matrix.fluctuation import mean_shift
from ganmetrics.core.random_matrix.joint import trace
from ganmetrics.core.random_matrix.joint.paired import shared_covariance
from ganmetrics.core.random_matrix.joint.priors import Weights
from ganmetrics.core.random_matrix.joint.spectra import Part, product_parts
from ganmetrics.core.random_matrix.joint.subspace import in_basis, known_span
from ganmetrics.core.random_matrix.joint.trace import root_by_fit, root_by_law
from ganmetrics.core.random_matrix.trace import corrected_trace_sqrt_product

WIDTH = 32
SPREAD = np.arange(1, WIDTH + 1.0) ** -0.4


def side(count, seed, *, images=True, root=None, sigma=0.0):
    """A side of Gaussian images; with a sigma each has a scale of its own."""
    rng = np.random.default_rng([seed, count])
    features = rng.standard_normal((count, WIDTH)) @ (np.diag(SPREAD) if root is None else root)
    features *= np.exp(sigma * rng.standard_normal((count, 1)))
    rows = torch.from_numpy((features - features.mean(axis=0)) / math.sqrt(count - 1))
    if count <= WIDTH:
        return Part(rows, count - 1, rows if images else None)
    eigenvalues, vectors = torch.linalg.eigh(rows.mT @ rows)
    return Part((vectors * eigenvalues.sqrt()).mT, count - 1, rows if images else None)


def exact(spread):
    """A side that is known."""
    return Part(torch.diag(torch.from_numpy(np.asarray(spread, dtype=float))), None)


@pytest.mark.parametrize("counts", [(40, 60), (300, 70)])
def test_law_alone_is_the_contour_integral_and_its_shift(counts):
    """With more images than features and Gaussian sides it is the integral that the literature has."""
    parts = [side(count, 1 + number, images=False) for number, count in enumerate(counts)]
    eigenvalues = product_parts(*parts).eigenvalues
    known = corrected_trace_sqrt_product(eigenvalues, *counts) + mean_shift(eigenvalues, *counts)
    assert root_by_law(*parts).value == pytest.approx(known, rel=1e-9)


@pytest.mark.parametrize("counts", [(64, 64), (96, 400)])
def test_fit_and_law_agree_from_two_images_a_feature(counts):
    """Where the law reaches every eigenvalue the fit adds nothing: value and error are the same."""
    parts = [side(count, 5 + number) for number, count in enumerate(counts)]
    by_fit, by_law = root_by_fit(*parts, WIDTH), root_by_law(*parts)
    error = math.sqrt(by_law.gaussian)
    assert abs(by_fit.value - by_law.value) < 0.1 * error
    assert math.sqrt(by_fit.gaussian) == pytest.approx(error, rel=0.1)


@pytest.mark.parametrize("spread", [SPREAD, np.r_[np.linspace(8, 3, 4), np.ones(28)], np.ones(WIDTH)])
def test_exact_sides_have_no_error(spread):
    """Two known covariances give their own trace, also of spectra that no straight lines follow (residual term)."""
    found = root_by_fit(exact(spread), exact(SPREAD), WIDTH)
    assert found.value == pytest.approx(float((spread * SPREAD).sum()), rel=2e-3)
    assert found.gaussian == 0
    assert found.scales == (0, 0)


@pytest.mark.slow
def test_priors_decide_what_few_images_do_not_tell():
    """What the priors suppose is an error where images are few, none where they are many; without them it is larger."""
    few = [side(16, 7), side(16, 8)]
    many = [side(200, 7), side(200, 8)]
    usual, loose = root_by_fit(*few, WIDTH), root_by_fit(*few, WIDTH, Weights(bend=3.0, drift=1.0, determinant=0.5))
    assert usual.supposed > 100 * root_by_fit(*many, WIDTH).supposed
    assert loose.supposed > 2 * usual.supposed


@pytest.mark.slow
def test_few_images_are_right_on_average_and_their_error_is_the_spread():
    """Of half as many images as features the estimate is right within its error; the plain sum is far too small."""
    truth = float((SPREAD**2).sum())
    values, variances, plain = [], [], []
    for seed in range(24):
        parts = [side(16, 2 * seed + 100), side(16, 2 * seed + 101)]
        found = root_by_fit(*parts, WIDTH)
        # What the distance has in it: both traces less twice the root; the truth is 0.
        values.append(parts[0].trace + parts[1].trace - 2 * found.value)
        variances.append(found.gaussian + sum(found.scales) + found.supposed)
        plain.append(parts[0].trace + parts[1].trace - 2 * float(product_parts(*parts).eigenvalues.sqrt().sum()))
    spread = np.std(values, ddof=1)
    assert abs(np.mean(values)) < 3 * spread / math.sqrt(24) + 0.01 * truth
    assert np.mean(plain) > 0.5 * truth
    assert 0.7 < math.sqrt(np.mean(variances)) / spread < 1.8


@pytest.mark.slow
def test_points_at_the_edge_do_not_spoil_as_many_images_as_features():
    """Of a flat spectrum the fit follows the law at all points; with an edge at 1.2 N^(-1/3) it is off by 1 or 2."""
    width, misfits = 96, []
    for seed in range(8):
        rng, parts = np.random.default_rng(seed), []
        for _ in range(2):
            features = rng.standard_normal((width, width)) * np.arange(1, width + 1.0) ** -0.25
            rows = torch.from_numpy((features - features.mean(axis=0)) / math.sqrt(width - 1))
            parts.append(Part(rows, width - 1, rows))
        misfits.append(root_by_fit(*parts, width).misfit)
    assert max(misfits) < 0.1


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_what_two_distances_share_is_their_covariance_over_real_draws():
    """Over draws of the real side alone, tr S1 - 2 R of two fakes go together as `shared_covariance` says."""
    turn = np.linalg.qr(np.random.default_rng(3).standard_normal((WIDTH, WIDTH)))[0]
    fakes = [exact(SPREAD), Part(torch.from_numpy(np.diag(SPREAD[::-1]) @ turn), None)]
    values, expected = [], []
    for seed in range(60):
        real = side(24, 500 + seed, images=False)
        found = [root_by_fit(real, fake, WIDTH) for fake in fakes]
        values.append([real.trace - 2 * one.value for one in found])
        expected.append(shared_covariance(found[0].known, found[1].known))
        variances = [shared_covariance(one.known, one.known) for one in found]
        assert variances == pytest.approx([one.gaussian for one in found], rel=1e-6)
    covariance = np.cov(np.array(values).T)
    spread = math.sqrt(covariance[0, 0] * covariance[1, 1])
    assert np.mean(expected) == pytest.approx(covariance[0, 1], abs=0.3 * spread)
    assert shared_covariance(root_by_law(fakes[0], fakes[1]).known, root_by_law(fakes[0], fakes[1]).known) == 0


def test_leverages_are_doubted_by_how_much_scales_vary():
    """By an image's share of the trace, times that; from two images a feature on the law reaches all."""
    few, more, many = (
        root_by_fit(*(side(count, seed, sigma=0.3) for seed in (1, 2)), WIDTH).leverages for count in (24, 50, 70)
    )
    assert few > more > 0
    assert many == 0
    assert root_by_law(*(side(70, seed, sigma=0.3) for seed in (1, 2))).leverages == 0
    assert root_by_fit(*(side(24, seed) for seed in (1, 2)), WIDTH).leverages < 0.2 * few
    unknown = root_by_fit(*(side(24, seed, images=False, sigma=0.3) for seed in (1, 2)), WIDTH)
    assert unknown.leverages == 0


def added_by_tails() -> tuple[np.ndarray, np.ndarray]:
    """Return what tails add to the distance of two sides of one population in some draws, and what is said of it."""
    added, said = [], []
    for seed in range(0, 60, 2):
        plain, tailed = ([side(24, seed + number, sigma=sigma) for number in range(2)] for sigma in (0.0, 0.3))
        roots = [root_by_fit(*sides, WIDTH) for sides in (plain, tailed)]
        distances = [
            sum(one.trace for one in sides) - 2 * root.value for sides, root in zip((plain, tailed), roots, strict=True)
        ]
        added.append(distances[1] - distances[0])
        said.append(roots[1].leverages)
    return np.array(added), np.array(said)


def test_what_tails_add_is_subtracted(monkeypatch):
    """Two sides of one population are at no distance: with tails the estimate would be too large."""
    left, said = added_by_tails()
    subtracted = trace.LEVERAGE_BIAS / trace.LEVERAGE_ERROR * said
    monkeypatch.setattr(trace, "LEVERAGE_BIAS", 0.0)
    added, _ = added_by_tails()
    assert added.mean() > 3 * added.std() / math.sqrt(len(added))
    assert abs(left.mean()) < 0.4 * added.mean()
    assert abs(left.mean()) < said.mean() < added.mean()
    assert added - left == pytest.approx(subtracted, abs=0.3 * subtracted.mean())


def test_an_image_far_out_has_no_more_subtracted_than_scales_have():
    """One image of forty times the length: what is subtracted is 1.5 shares of the trace, its error is much larger."""
    sides = [side(24, seed) for seed in (1, 2)]
    rows = sides[1].factor.clone()
    rows[0] *= 40
    far = Part(rows, 23, rows)
    root = root_by_fit(sides[0], far, WIDTH)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trace, "LEVERAGE_BIAS", 0.0)
        without = root_by_fit(sides[0], far, WIDTH)
    assert 2 * (root.value - without.value) == pytest.approx(1.5 * far.trace / 23, rel=0.05)
    assert root.leverages > 10 * far.trace / 23


def test_a_spectrum_that_jumps_is_seen_in_its_bends():
    """Eight large eigenvalues over a flat rest; power laws and scales bend no more than is supposed."""
    jump = np.diag(np.where(np.arange(WIDTH) < 4, 8.0, 1.0))
    for root, sigma in ((None, 0.0), (np.eye(WIDTH), 0.0), (np.diag(SPREAD**3), 0.0), (None, 0.3)):
        assert root_by_fit(side(60, 1, root=root, sigma=sigma), side(24, 2, root=root, sigma=sigma), WIDTH).bent < 1.5
    assert root_by_fit(side(60, 1, root=jump), side(24, 2, root=jump), WIDTH).bent > 2


def test_a_rank_below_the_images_is_the_populations():
    """64 images in a plane of 20 show the plane; 16 images show none, since each adds a direction."""
    plane = np.linalg.qr(np.random.default_rng(4).standard_normal((WIDTH, 20)))[0]
    root = np.diag(SPREAD) @ plane @ plane.T
    few, enough = side(16, 1, root=root), side(30, 1, root=root)
    assert known_span(few, 15) is None
    basis = known_span(enough, 29)
    assert basis.shape == (WIDTH, 20)
    assert in_basis(enough, basis).trace == pytest.approx(enough.trace, rel=1e-10)
    assert known_span(enough, 20) is None  # were only 21 of them different


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("count", "known"), [(400, 80), (44, 22)])
def test_which_images_are_known_moves_the_estimate_as_far_as_is_said(count, known, monkeypatch):
    """Of one sample with scales, over choices of the images that are known; of all of them nothing is chosen.

    Without this part intervals of 2,048 and 4,096 images with tails, of which 1,024 were kept, covered 72 to 87 %. What
    is subtracted for scales hangs on the choice, too, and has an error of its own.
    """
    monkeypatch.setattr(trace, "LEVERAGE_BIAS", 0.0)
    whole = [side(count, seed, sigma=0.4) for seed in (1, 2)]
    estimate = root_by_law if count >= 2 * WIDTH else lambda *parts: root_by_fit(*parts, WIDTH)
    assert estimate(*whole).chosen == (0.0, 0.0)
    rng, values, expected = np.random.default_rng(0), [], []
    for _ in range(60):
        chosen = torch.from_numpy(rng.permutation(count)[:known])
        found = estimate(Part(whole[0].factor, count - 1, whole[0].images[chosen]), whole[1])
        values.append(-2 * found.value)
        expected.append(found.chosen[0])
        assert found.chosen[1] == 0
    assert 0.6 < np.mean(expected) / np.var(values, ddof=1) < 1.7
