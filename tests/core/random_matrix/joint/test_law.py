"""The law and its bias, against draws from populations that are known."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.core.random_matrix.joint.law import _candidates, law
from ganmetrics.core.random_matrix.joint.spectra import Part, product_parts
from tests.core.random_matrix.joint.draws import DRAWS, REAL, drawn, off, population


def test_exact_sides_say_what_they_are():
    """Without sampling x is t, and y the log det, to the last digits."""
    exact = Part(torch.from_numpy(REAL), None)
    found = law(exact.spectrum, [exact])
    assert torch.allclose(found.x, found.t, rtol=1e-12)
    assert float(off(found, population(REAL)).abs().max()) < 1e-10


@pytest.mark.slow
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


def test_no_point_lies_among_eigenvalues_that_rounding_hides():
    """Of as many images as features N - F is about 1 there: what F lacks would be a thousand times as much in y."""
    ranks = torch.arange(1, 2047, dtype=torch.float64)
    eigenvalues = 100 * ranks**-2 * (1 - ranks / 2047) ** 4
    known, hidden = (_candidates(eigenvalues, [2047, 2047], lost) for lost in (0.0, 1e-11))
    assert float(known.t[0]) < 1e-11
    missing = 1e-11 / float(hidden.t[0])
    left = 2047 - float((eigenvalues / (eigenvalues + hidden.t[0])).sum())
    assert 0.08 < 2047 * missing / left < 0.1
    assert drawn(32, REAL, 0).spectrum.lost == 0
    assert product_parts(*(drawn(32, np.diag(np.logspace(0, -3, 32)), seed) for seed in range(2))).lost > 0


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
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
