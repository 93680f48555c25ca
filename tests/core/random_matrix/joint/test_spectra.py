"""Spectra of sides and of their product, against NumPy's."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.core.random_matrix.joint.spectra import Part, product_parts
from ganmetrics.errors import NumericsError

WIDTH = 12


def rows(count, seed, scale=1.0):
    """Centred rows of a sample over the root of its degrees of freedom."""
    features = torch.from_numpy(np.random.default_rng(seed).standard_normal((count, WIDTH)) * scale)
    return (features - features.mean(0)) / math.sqrt(count - 1)


def side(count, seed):
    """A side whose images are all known."""
    images = rows(count, seed)
    if count <= WIDTH:
        return Part(images, count - 1, images)
    eigenvalues, vectors = torch.linalg.eigh(images.mT @ images)
    return Part((vectors * eigenvalues.clamp(min=0).sqrt()).mT, count - 1, images)


@pytest.mark.parametrize("count", [5, 12, 40])
def test_eigenvalues_of_a_side(count):
    """The nonzero ones, as many as the sample has directions."""
    part = side(count, 1)
    known = np.sort(np.linalg.eigvalsh((part.factor.mT @ part.factor).numpy()))[::-1][: min(count - 1, WIDTH)]
    assert np.allclose(part.spectrum.eigenvalues, known)
    assert part.rank == min(count, WIDTH, count - 1)


@pytest.mark.parametrize("counts", [(5, 40), (40, 5), (30, 50)])
def test_eigenvalues_of_the_product(counts):
    """Those of C1 C2; the vectors are singular vectors of the factors' product."""
    parts = side(counts[0], 1), side(counts[1], 2)
    found = product_parts(*parts)
    covariances = [part.factor.mT @ part.factor for part in parts]
    known = np.sort(np.linalg.eigvals((covariances[0] @ covariances[1]).numpy()).real)[::-1]
    assert np.allclose(found.eigenvalues, known[: len(found.eigenvalues)])
    singular = found.vectors[0].mT @ parts[0].factor @ parts[1].factor.mT @ found.vectors[1]
    assert torch.allclose(singular, torch.diag(found.eigenvalues.sqrt()), atol=1e-9)


def test_images_share_as_the_factor_does():
    """What is seen of the images is orthonormal, and a chosen part of them sees its own rows of it."""
    whole = side(40, 3)
    seen = whole.spectrum.seen[0]
    assert torch.allclose(seen.mT @ seen, torch.eye(WIDTH, dtype=torch.float64), atol=1e-9)
    chosen = Part(whole.factor, 39, whole.images[:7])
    assert torch.allclose(chosen.spectrum.seen[0], seen[:7], atol=1e-9)


def test_orthogonal_rows_take_the_short_way():
    """A factor made of eigenvectors gives the same as its rotation, which has to be decomposed."""
    part = side(40, 4)
    turned = Part(
        torch.linalg.qr(torch.from_numpy(np.random.default_rng(0).standard_normal((12, 12)))).Q @ part.factor, 39
    )
    assert torch.allclose(part.spectrum.eigenvalues, turned.spectrum.eigenvalues)


@pytest.mark.usefixtures("unchecked")
def test_square_is_freed_of_the_sample():
    """Over Gaussian draws of an identity the mean is d (1 + 1/N - 2/N^2); the sample's own has d^2/N beside."""
    found = [Part(rows(10, seed), 9) for seed in range(400)]
    mean = np.mean([part.squared for part in found])
    raw = np.mean([float((part.factor @ part.factor.mT).square().sum()) for part in found])
    assert mean == pytest.approx(WIDTH * (1 + 1 / 9 - 2 / 81), rel=0.05)
    assert raw == pytest.approx(WIDTH * (1 + 1 / 9) + WIDTH**2 / 9, rel=0.05)
    assert Part(rows(10, 0), None).trace_variance == 0


def test_nothing_that_varies_is_refused():
    """Two constant sides have no direction."""
    still = Part(torch.zeros(4, WIDTH, dtype=torch.float64), 3)
    with pytest.raises(NumericsError, match="needs? a direction"):
        product_parts(still, still)
