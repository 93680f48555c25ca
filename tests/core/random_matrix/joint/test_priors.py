"""Priors: what costs nothing, and what costs its deviation."""

import torch

from ganmetrics.core.random_matrix.joint.priors import Weights, block_diagonal, priors
from ganmetrics.core.random_matrix.joint.profile import profile

BASIS = profile(100)
COUNT = len(BASIS.knots)


def values(first, second=None, third=None):
    """All values: log a1, log a2 and log s at the knots."""
    zero = torch.zeros(COUNT, dtype=torch.float64)
    return torch.cat([first, zero if second is None else second, zero if third is None else third])


def test_straight_falling_spectra_cost_nothing():
    """Spectra with log a linear in the logit of the rank, falling, and s = 1."""
    found, line = priors(BASIS, Weights()), values(-2 * BASIS.knots, -0.5 * BASIS.knots)
    assert float((found.smooth @ line).abs().max()) < 1e-10
    assert float((found.order @ line).clamp(min=0).max()) == 0


def test_rising_spectra_are_punished():
    """Each of the three spectra, and the product's own, by slope over the weight."""
    weights = Weights(order=0.25)
    slopes = priors(BASIS, weights).order @ values(0.5 * BASIS.knots)
    gaps = COUNT - 1
    assert torch.allclose(slopes[:gaps], torch.full((gaps,), 0.5 / 0.25, dtype=torch.float64))
    assert float(slopes[gaps : 2 * gaps].abs().max()) == 0
    # The product's logs are the sum of the three, so that a rise of one is a rise of it.
    assert torch.allclose(slopes[2 * gaps :], torch.full((gaps,), 0.5 / 0.25, dtype=torch.float64))


def test_one_kink_costs_its_bend():
    """A change of slope b costs about (b / weight)^2 / 2, however near the knots are."""
    weights, knot = Weights(bend=0.3), COUNT // 2
    kinked = values((BASIS.knots - BASIS.knots[knot]).clamp(min=0))
    cost = (priors(BASIS, weights).smooth @ kinked).square().sum()
    assert torch.allclose(cost, torch.tensor(1 / 0.3**2, dtype=torch.float64))


def test_determinants_go_together():
    """A constant log s is no drift, and costs its size over the weight of the determinant."""
    shifted = values(torch.zeros(COUNT, dtype=torch.float64), None, torch.full((COUNT,), 0.2, dtype=torch.float64))
    residuals = priors(BASIS, Weights(determinant=0.05)).smooth @ shifted
    assert torch.allclose(residuals[-1], torch.tensor(4.0, dtype=torch.float64))
    assert float(residuals[:-1].abs().max()) < 1e-10


def test_blocks_lie_along_the_diagonal():
    """As torch has it for two dimensions."""
    blocks = [torch.rand(2, 3), torch.rand(1, 2), torch.rand(3, 1)]
    assert torch.equal(block_diagonal(*blocks), torch.block_diag(*blocks))
