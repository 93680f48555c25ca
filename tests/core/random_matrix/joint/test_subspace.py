"""Directions that a population varies in: found from its images, and only where they show all of them."""

import math

import numpy as np
import torch

from ganmetrics.core.random_matrix.joint.spectra import Part
from ganmetrics.core.random_matrix.joint.subspace import in_basis, known_span, without_constants

WIDTH, RANK = 16, 5


def side(count, seed, root):
    """A side whose features are `root` times white ones."""
    features = torch.from_numpy(np.random.default_rng(seed).standard_normal((count, len(root))) @ root)
    images = (features - features.mean(0)) / math.sqrt(count - 1)
    if count <= WIDTH:
        return Part(images, count - 1, images)
    eigenvalues, vectors = torch.linalg.eigh(images.mT @ images)
    return Part((vectors * eigenvalues.clamp(min=0).sqrt()).mT, count - 1, images)


FLAT = np.random.default_rng(7).standard_normal((RANK, WIDTH))


def test_a_population_of_low_rank_is_seen():
    """Ten images of rank five: the projector on what they span is the population's."""
    span = known_span(side(10, 0, FLAT), 9)
    assert span.shape == (WIDTH, RANK)
    known = FLAT.T @ np.linalg.pinv(FLAT.T)
    assert np.allclose(span @ span.mT, known, atol=1e-9)


def test_nothing_is_known_where_one_more_image_could_show_more():
    """Rank N from N + 1 images, full rank, and equal images that only seem to have shown all."""
    assert known_span(side(6, 0, FLAT), 5) is None
    assert known_span(side(10, 0, np.eye(WIDTH)), 9) is None
    doubled = side(3, 1, np.eye(WIDTH)).images.repeat(4, 1)
    part = Part(doubled, 11, doubled)
    assert known_span(part, 11) is not None
    assert known_span(part, 2) is None


def test_constant_features_go():
    """A feature that varies on neither side is left out of both; one that varies on one side stays."""
    first, second = np.eye(WIDTH), np.eye(WIDTH)
    first[0, 0] = second[0, 0] = second[1, 1] = 0
    parts = without_constants(side(10, 0, first), side(40, 1, second))
    assert [part.factor.shape[1] for part in parts] == [WIDTH - 1, WIDTH - 1]
    assert parts[0].images.shape == (10, WIDTH - 1)
    whole = side(10, 0, np.eye(WIDTH)), side(40, 1, np.eye(WIDTH))
    assert without_constants(*whole)[0] is whole[0]


def test_coordinates_of_a_basis_keep_the_covariance():
    """Within its own span a side has the eigenvalues that it had."""
    part = side(40, 2, FLAT)
    inside = in_basis(part, known_span(Part(part.images, 39, part.images), 39))
    assert inside.factor.shape == (RANK, RANK)
    assert torch.allclose(inside.spectrum.eigenvalues, part.spectrum.eigenvalues[:RANK])
