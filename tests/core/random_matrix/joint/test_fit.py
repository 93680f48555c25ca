"""The fit alone: from what the law says of known spectra, without any sampling."""

import pytest
import torch

from ganmetrics.core.random_matrix.joint.fit import MODE, Data, _whitening, fit
from ganmetrics.core.random_matrix.joint.profile import profile

SIZE = 40
X = torch.logspace(-3, 2, 14, dtype=torch.float64)


def spectrum(power, bump=0.0):
    """Eigenvalues that fall as a power, with a bend where the bump is."""
    ranks = torch.arange(1, SIZE + 1, dtype=torch.float64)
    return ranks**-power * (1 + bump * (ranks <= 3))


def data(first, second, product):
    """The three laws of known spectra: y = log det(1 + C/x)."""
    y = tuple(torch.log1p(one / X[:, None]).sum(1) for one in (first, second, product))
    return Data((X, X, X), y)


def solved(first, second, product, error=1e-3):
    known = data(first, second, product)
    y = torch.cat(known.y)
    return fit(SIZE, known, torch.diag((error * y).square()), (first, second), None), y


@pytest.mark.parametrize(("powers", "bump"), [((0.5, 0.5), 0.0), ((1.0, 0.4), 0.0), ((0.8, 0.8), 1.0)])
def test_known_spectra_are_found(powers, bump):
    """The trace of the root and all y, within a percent, of spectra that no two straight lines follow."""
    first, second = spectrum(powers[0], bump), spectrum(powers[1])
    product = first * second
    found, y = solved(first, second, product)
    assert float(found.product.sqrt().sum()) == pytest.approx(float(product.sqrt().sum()), rel=0.01)
    assert float((found.predicted / y - 1).abs().max()) < 0.01


def test_jacobian_is_the_derivative():
    """Of the predicted y by each value, against differences of the formula written out anew."""
    found, _ = solved(spectrum(1.0), spectrum(0.5), spectrum(1.5))
    step = 1e-6

    def predicted(values):
        weights = profile(SIZE).weights
        one, other, both = (weights @ part for part in values.chunk(3))
        spectra = (one.exp(), other.exp(), (one + other + both).exp())
        return torch.cat([torch.log1p(eigenvalues / X[:, None]).sum(1) for eigenvalues in spectra])

    for column in range(0, len(found.values), 5):
        moved = torch.zeros_like(found.values)
        moved[column] = step
        slope = (predicted(found.values + moved) - predicted(found.values - moved)) / (2 * step)
        assert torch.allclose(found.jacobian[:, column], slope, atol=1e-6)


def test_gain_says_how_the_solution_follows():
    """A change of one y by its error moves the trace as the gain says: the fit's errors are carried through it."""
    first, second = spectrum(0.7), spectrum(0.7)
    known = data(first, second, first * second)
    y = torch.cat(known.y)
    covariance = torch.diag((0.01 * y).square())
    base = fit(SIZE, known, covariance, (first, second), None)
    at, change = 2 * len(X) + 6, 0.01 * float(known.y[2][6])
    moved = known.y[2].clone()
    moved[6] += change
    other = fit(SIZE, Data(known.x, (*known.y[:2], moved)), covariance, (first, second), None)
    expected = base.jacobian @ base.gain[:, at] * change
    # In standard errors of each y: steps end where what they gain is small beside these.
    off = (other.predicted - base.predicted - expected) / (0.01 * y)
    assert float(off.abs().max()) < 0.1 * float((expected / (0.01 * y)).abs().max())


def test_priors_decide_where_nothing_is_known():
    """With errors beyond measure the product's determinant is that of both: log s stays 0."""
    first, second = spectrum(0.6), spectrum(0.6)
    found, _ = solved(first, second, 100 * first * second, error=1e6)
    assert float(found.spectra[2].abs().mean()) < 0.05


def test_a_direction_of_no_covariance_is_not_taken_as_known():
    """Errors of three points that cannot go together: no combination of them is known to less than a share `MODE`.

    Taken as known exactly, such a direction spoiled a fit in some hundreds. Of a covariance it is the inverse.
    """
    sd, floor = torch.tensor([1e-3, 1.0, 50.0], dtype=torch.float64), torch.zeros(3, dtype=torch.float64)
    signs = torch.tensor([[1.0, 1, -1], [1, 1, 1], [-1, 1, 1]], dtype=torch.float64)
    possible, impossible = (sd[:, None] * (torch.eye(3) * (1 - r) + r * signs) * sd for r in (0.4, 0.9))
    assert float(torch.linalg.eigvalsh(impossible / (sd[:, None] * sd))[0]) < -0.5
    for covariance, largest in ((possible, 3), (impossible, 1 / MODE)):
        weights = _whitening(covariance, floor, MODE)
        assert float(torch.linalg.matrix_norm(weights * sd, 2)) <= largest
    inverse = torch.linalg.inv(possible + torch.diag((MODE * sd).square()))
    found = _whitening(possible, floor, MODE)
    assert torch.allclose(found.mT @ found, inverse, rtol=1e-9)
