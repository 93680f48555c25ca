"""The law, its bias and its covariances, against draws from populations that are known."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.core.random_matrix.joint.covariance import Evidence, errors
from ganmetrics.core.random_matrix.joint.law import law
from ganmetrics.core.random_matrix.joint.spectra import Part, product_spectrum

WIDTH, DRAWS = 32, 120
REAL = np.diag(np.arange(1, WIDTH + 1.0) ** -0.4)
FAKE = np.diag(np.linspace(0.4, 1.2, WIDTH)) @ np.linalg.qr(np.random.default_rng(0).standard_normal((WIDTH, WIDTH)))[0]


def part(features):
    """A side of features whose rows are images."""
    rows = torch.from_numpy((features - features.mean(axis=0)) / math.sqrt(len(features) - 1))
    if len(rows) <= rows.shape[1]:
        return Part(rows, len(rows) - 1, rows)
    eigenvalues, vectors = torch.linalg.eigh(rows.mT @ rows)
    return Part((vectors * eigenvalues.clamp(min=0).sqrt()).mT, len(rows) - 1, rows)


def drawn(count, root, seed, sigma=0.0):
    """A side of images with log-normal scales."""
    rng = np.random.default_rng([seed, count])
    scale = np.exp(sigma * rng.standard_normal((count, 1)) - sigma**2)
    return part(scale * rng.standard_normal((count, WIDTH)) @ root)


def off(found, population):
    """By how much each estimate is off the population's own log det(1 + C/x)."""
    return found.y - torch.log1p(population / found.x[:, None]).sum(dim=1)


def population(*roots):
    """Eigenvalues of the product of the covariances of these roots."""
    product = np.eye(WIDTH)
    for root in roots:
        product = product @ root.T @ root
    return torch.from_numpy(np.sort(np.linalg.eigvals(product).real)[::-1].copy())


def test_exact_sides_say_what_they_are():
    """Without sampling x is t, and y the log det, to the last digits."""
    exact = Part(torch.from_numpy(REAL), None)
    found = law(exact.spectrum, [exact])
    assert torch.allclose(found.x, found.t, rtol=1e-12)
    assert float(off(found, population(REAL)).abs().max()) < 1e-10


@pytest.mark.parametrize("count", [12, 24, 60])
def test_mean_is_that_of_the_population(count):
    """Over draws y is right on average, also below as many images as features; without the mean shift it is not."""
    offs, shifts = [], []
    for seed in range(DRAWS):
        side = drawn(count, REAL, seed)
        found = law(side.spectrum, [Part(side.factor, side.freedom)])
        offs.append(off(found, population(REAL)))
        shifts.append(0.5 * (found.x / found.t).log() + 0.5 * found.gaussian.slope.log())
    offs, shift = torch.stack(offs), torch.stack([s for s in shifts if len(s) == len(shifts[0])]).mean(dim=0)
    mean, error = offs.mean(dim=0), offs.std(dim=0) / math.sqrt(DRAWS)
    allowed = 3.5 * error + 0.02
    assert bool((mean.abs() < allowed).all())
    # At the lowest point, where it is largest: neither without the shift nor with twice as much is the mean nearer.
    assert abs(float(mean[0])) < abs(float(mean[0] - shift[0]))
    assert abs(float(mean[0])) < abs(float(mean[0] + shift[0]))


def test_points_stay_above_the_edge():
    """With fewer images than features x ends well above 0, and below the edge the law would be wrong."""
    side = drawn(16, REAL, 0)
    found = law(side.spectrum, [side])
    below = torch.tensor([1e-9], dtype=torch.float64)
    assert float(found.x[0]) > 0.1 * float(population(REAL).min())
    kept = 1 - (side.spectrum.eigenvalues / (side.spectrum.eigenvalues + below)).sum() / 15
    assert float(below / kept) > 1e-9  # x stays behind t there: it has turned
    assert bool((found.gaussian.slope > 0.12).all())


def test_scales_are_undone_by_leverages():
    """With a scale for each image y is right with leverages, and far off as for Gaussian images."""
    with_images, without = [], []
    for seed in range(40):
        side = drawn(64, REAL, seed, sigma=0.4)
        with_images.append(off(law(side.spectrum, [side]), population(REAL))[5:])
        plain = Part(side.factor, side.freedom)
        without.append(off(law(plain.spectrum, [plain]), population(REAL))[5:])
    right, wrong = (torch.stack(offs).mean(dim=0).abs().max() for offs in (with_images, without))
    assert float(right) < 0.5 * float(wrong)
    assert float(wrong) > 2


@pytest.mark.parametrize("counts", [(20, 20), (200, 16)])
def test_covariances_over_draws(counts):
    """Covariances of all estimates and traces are those over draws; a side's with the product's are far from 0."""
    values, expected, sizes = [], [], None
    for seed in range(DRAWS):
        sides = tuple(
            Part(side.factor, side.freedom)
            for side in (drawn(counts[0], REAL, seed), drawn(counts[1], FAKE, seed + 1000))
        )
        spectrum = product_spectrum(*sides)
        laws = [law(sides[0].spectrum, sides[:1]), law(sides[1].spectrum, sides[1:]), law(spectrum, sides)]
        evidence = [Evidence(one, two) for one, two in zip((*(s.spectrum for s in sides), spectrum), laws, strict=True)]
        found = errors(sides, tuple(evidence[:2]), evidence[2])
        expected.append(found.gaussian)
        truths = (population(REAL), population(FAKE), population(REAL, FAKE))
        traces = torch.tensor([side.trace for side in sides], dtype=torch.float64)
        values.append(torch.cat([*(off(one, truth) for one, truth in zip(laws, truths, strict=True)), traces]))
        sizes = [len(one.t) for one in laws]
    seen, mean = torch.stack(values).mT.cov(), torch.stack(expected).mean(dim=0)
    deviations = mean.diagonal().clamp(min=1e-12).sqrt()
    scaled, wanted = seen / (deviations[:, None] * deviations), mean / (deviations[:, None] * deviations)
    # A correlation over the draws has a standard error of 0.09; the edge's points move from draw to draw.
    inner = [i for i in range(len(mean)) if i >= sum(sizes) or i % sizes[0] >= 6]
    gap = (scaled - wanted)[inner][:, inner].abs()
    assert float(gap.mean()) < 0.2
    assert float(gap.max()) < 0.6
    for both in (scaled, wanted):
        assert float(both[: sizes[0], sizes[0] + sizes[1] : sum(sizes)].max()) > 0.2


def test_two_sides_of_one_trace():
    """The trace's covariance with y is the limit of y's own at x -> infinity."""
    side = drawn(20, REAL, 3)
    plain = Part(side.factor, side.freedom)
    exact = Part(torch.eye(WIDTH, dtype=torch.float64), None)
    spectrum = product_spectrum(plain, exact)
    parts = (plain, exact)
    evidence = [
        Evidence(plain.spectrum, law(plain.spectrum, parts[:1])),
        Evidence(exact.spectrum, law(exact.spectrum, parts[1:])),
        Evidence(spectrum, law(spectrum, parts)),
    ]
    found = errors(parts, (evidence[0], evidence[1]), evidence[2]).gaussian
    size = len(evidence[0].law.t)
    # The fake side is exact and white, so that the product is the real side once more.
    assert torch.allclose(found[:size, :size], found[2 * size : -2, 2 * size : -2], rtol=1e-6, atol=1e-9)
    assert torch.allclose(found[:size, :size], found[:size, 2 * size : -2], rtol=1e-6, atol=1e-9)
    last = size - 1
    limit = found[:size, last] * float(evidence[0].law.x[last])
    assert torch.allclose(found[:size, -2], limit, rtol=0.1)
    assert float(found[-1].abs().max()) == 0
