"""Covariances of all estimates, over draws and in limits that are known."""

import pytest
import torch

from ganmetrics.core.random_matrix.joint.covariance import Evidence, errors
from ganmetrics.core.random_matrix.joint.law import law
from ganmetrics.core.random_matrix.joint.spectra import Part, product_parts
from tests.core.random_matrix.joint.draws import DRAWS, FAKE, REAL, WIDTH, drawn, off, population


@pytest.mark.slow
@pytest.mark.parametrize("counts", [(20, 20), (200, 16)])
def test_covariances_over_draws(counts):
    """Covariances of all estimates and traces are those over draws; a side's with the product's are far from 0."""
    values, expected, sizes = [], [], None
    for seed in range(DRAWS):
        sides = tuple(
            Part(side.factor, side.freedom)
            for side in (drawn(counts[0], REAL, seed), drawn(counts[1], FAKE, seed + 1000))
        )
        spectrum = product_parts(*sides)
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
    spectrum = product_parts(plain, exact)
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
