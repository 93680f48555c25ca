"""Sides of known populations, drawn."""

import math

import numpy as np
import torch

from ganmetrics.core.random_matrix.joint.spectra import Part

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
