"""The law and its bias, against draws from populations that are known."""

import math

import pytest
import torch

from ganmetrics.core.random_matrix.joint.law import law
from ganmetrics.core.random_matrix.joint.spectra import Part
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
