"""How well the law's estimates are known together: covariances for Gaussian features, and what images' scales add."""

from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics.core.random_matrix.joint.law import Law
from ganmetrics.core.random_matrix.joint.spectra import Part, Spectrum

Matrix = Float64[Tensor, "m m"]


class Errors(NamedTuple):
    """Covariances of all estimates y (of C1, of C2, of C1 C2, one after another) and of both traces.

    Attributes:
        gaussian: for Gaussian features, y and then tr S1, tr S2, shape [m + 2, m + 2].
        scales: what the images' scales add, likewise.
    """

    gaussian: Matrix
    scales: Matrix


class Evidence(NamedTuple):
    """What is known of one side, or of the product."""

    spectrum: Spectrum
    law: Law


def errors(parts: tuple[Part, Part], sides: tuple[Evidence, Evidence], product: Evidence) -> Errors:
    """Return the covariances.

    For one sampled side and two estimates at x1, x2 the covariance is -2 log(1 - (1/N) tr A (A + x1)^-1 B (B + x2)^-1),
    A and B what the white features of the side are multiplied by: C1 for y1, C1^(1/2) C2 C1^(1/2) for the product. With A = B
    it is Bai and Silverstein's, 2 log((x1 - x2)/(t1 - t2)). Else the trace is not to be had from two spectra; but by the
    same deterministic equivalents that give the law, with P the images' hat matrices,

        (1/N) tr (I - P1)(I - P2) = k1 k2 / (1 - (1/N) tr ...),   k = 1 - F/N,

    and tr P1 P2 = sum u1_j u2_k <U1_j, U2_k>^2. So how the real side's estimate errs with the product's is seen in the
    images themselves. Where both sides are alike the errors go together, and cancel in the distance.
    """
    sizes = [len(one.law.t) for one in (*sides, product)]
    starts = [0, sizes[0], sizes[0] + sizes[1]]
    blocks = [slice(start, start + size) for start, size in zip(starts, sizes, strict=True)]
    total = sum(sizes)
    gaussian = torch.zeros(total + 2, total + 2, dtype=torch.float64)
    scales = torch.zeros_like(gaussian)
    for block, one in zip(blocks, (*sides, product), strict=True):
        gaussian[block, block] = _own(one.law)
    for number, (part, side) in enumerate(zip(parts, sides, strict=True)):
        if part.freedom is None:
            continue
        overlap = (side.spectrum.vectors[0].mT @ product.spectrum.vectors[number]).square()
        cross = _cross(side.law, product.law, number, overlap)
        gaussian[blocks[number], blocks[2]], gaussian[blocks[2], blocks[number]] = cross, cross.mT
        at = total + number
        trace = torch.zeros(total + 2, dtype=torch.float64)
        trace[blocks[number]] = _with_trace(side.law, side.law, 0, None)
        trace[blocks[2]] = _with_trace(side.law, product.law, number, overlap)
        trace[at] = _of_trace(side.law)
        gaussian[at], gaussian[:, at] = trace, trace
        rows = _rows(part, side.law, product.law, number)
        if rows is not None:
            chosen = torch.cat([torch.arange(total + 2)[blocks[number]], torch.arange(total + 2)[blocks[2]], torch.tensor([at])])
            scales[chosen[:, None], chosen] += rows.mT @ rows / ((len(rows) - 1) * len(rows))
    return Errors(gaussian, scales)


def _own(law: Law) -> Matrix:
    """Return 2 log((x1 - x2)/(t1 - t2)), on the diagonal 2 log dx/dt, for the x of Gaussian features."""
    log_ratio = -law.gaussian.log_kept.sum(0)
    x = law.t * log_ratio.exp()
    gaps = (law.t[:, None] - law.t).fill_diagonal_(1.0)
    ratio = ((x[:, None] - x) / gaps).clamp(min=1.0)
    values = 2 * ratio.log()
    diagonal = 2 * (log_ratio + law.gaussian.slope.clamp(min=1e-6).log())
    values.diagonal().copy_(diagonal.clamp(min=0.0))
    return values


def _kept(law: Law, number: int) -> Tensor:
    """Return 1 - F/N of a side; the exact ones before it have no row."""
    row = sum(freedom is not None for freedom in law.freedoms[:number])
    return law.gaussian.log_kept[row].exp()


def _cross(side: Law, product: Law, number: int, overlap: Tensor) -> Tensor:
    freedom = _freedom(side)
    one, other = _kept(side, 0), _kept(product, number)
    both = one[:, None] + other - 1 + side.shares.mT @ overlap @ product.shares / freedom
    return 2 * (both / (one[:, None] * other)).clamp(min=1e-12).log()


def _with_trace(side: Law, law: Law, number: int, overlap: Tensor | None) -> Tensor:
    """Return the limit of x1 times the covariance at x1 -> infinity: that of the trace with y."""
    trace = side.eigenvalues.sum()
    seen = side.eigenvalues if overlap is None else side.eigenvalues @ overlap
    return 2 / _freedom(side) * (trace - (trace - seen @ law.shares) / _kept(law, number))


def _of_trace(side: Law) -> float:
    freedom, eigenvalues = _freedom(side), side.eigenvalues
    return max(2 / freedom * float(eigenvalues.square().sum() - eigenvalues.sum() ** 2 / freedom), 0.0)


def _rows(part: Part, side: Law, product: Law, number: int) -> Tensor | None:
    """Return what each image adds to the side's y, to the product's and to its trace."""
    own, shared = side.leverages[0], product.leverages[number]
    if own is None or shared is None:
        return None
    lengths = part.factor.square().sum(1)
    relative, trace = lengths / lengths.mean(), float(lengths.sum())
    chance = _of_trace(side) * _freedom(side) / trace**2
    drawn = (1 - chance / relative.var().clamp(min=1e-300)).clamp(0, 1).sqrt() * (relative - 1)
    return torch.cat([own.rows, shared.rows, trace * drawn[:, None]], dim=1)


def _freedom(side: Law) -> int:
    freedom = side.freedoms[0]
    assert freedom is not None  # noqa: S101 - exact sides are left out by `errors`
    return freedom

