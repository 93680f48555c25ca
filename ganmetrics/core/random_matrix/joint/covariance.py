"""How well the law's estimates are known together: covariances for Gaussian features, and what images' scales add."""

from itertools import accumulate, pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics.core.random_matrix.joint.law import Law
from ganmetrics.core.random_matrix.joint.leverages import Leverages
from ganmetrics.core.random_matrix.joint.spectra import Part, SingularParts

Matrix = Float64[Tensor, "m m"]


class ImageTerms(NamedTuple):
    """What each known image of a side adds to some of the estimates, times n.

    Attributes:
        at: which estimates.
        drawn: by its scale alone, what leverages vary by chance taken off at every point, shape [images, estimates].
        raw: by its leverage as it is.
        chance: the covariance of `raw` by chance, over n.
    """

    at: Tensor
    drawn: Tensor
    raw: Tensor
    chance: Tensor


class Errors(NamedTuple):
    """Covariances of all estimates y, one law after another, and of tr S1 and tr S2, which come last.

    Attributes:
        gaussian: for Gaussian features, shape [m + 2, m + 2].
        scales: what the images' scales add, likewise.
        rows: what that is made of, for each side; None where images are not known.
    """

    gaussian: Matrix
    scales: Matrix
    rows: tuple[ImageTerms | None, ImageTerms | None]

    @property
    def total(self) -> Matrix:
        """Both."""
        return self.gaussian + self.scales


class Evidence(NamedTuple):
    """What is known of one side, or of the product."""

    spectrum: SingularParts
    law: Law


def errors(parts: tuple[Part, Part], sides: tuple[Evidence, Evidence], product: Evidence) -> Errors:
    """Return the covariances of the estimates of C1, of C2 and of C1 C2.

    For one sampled side and two estimates at x1, x2 the covariance is -2 log(1 - (1/N) tr A (A + x1)^-1 B (B + x2)^-1),
    A and B what the side's white features are multiplied by: C1 for its own y, C1^(1/2) C2 C1^(1/2) for the product's.
    With A = B it is Bai and Silverstein's, 2 log((x1 - x2)/(t1 - t2)). Else the trace is not to be had from two
    spectra; but by the same deterministic equivalents that give the law, with P the images' hat matrices and k = 1 -
    F/N,

        (1/N) tr (I - P1)(I - P2) = k1 k2 / (1 - (1/N) tr ...),   tr P1 P2 = sum u1_j u2_k <U1_j, U2_k>^2.

    So how a side's estimate errs together with the product's is seen in the images themselves. Where both sides are
    alike they err alike, and it cancels in the distance.
    """
    ends = [0, *accumulate(len(one.law.t) for one in (*sides, product))]
    first, second, last = (torch.arange(start, stop) for start, stop in pairwise(ends))
    gaussian = _with_traces(parts, product, last)
    for number, (part, side, block) in enumerate(zip(parts, sides, (first, second), strict=True)):
        gaussian[block[:, None], block] = _own(side.law)
        if part.freedom is None:
            continue
        overlap = (side.spectrum.vectors[0].mT @ product.spectrum.vectors[number]).square()
        both = cross(part.freedom, (side.law, 0), (product.law, number), overlap)
        gaussian[block[:, None], last], gaussian[last[:, None], block] = both, both.mT
        at = len(gaussian) - 2 + number
        gaussian[at, block] = gaussian[block, at] = _trace_with(part.freedom, side.law, 0, side.spectrum.eigenvalues)
    rows = [_rows(part, product, last, number, gaussian[number - 2]) for number, part in enumerate(parts)]
    for number, (side, block) in enumerate(zip(sides, (first, second), strict=True)):
        found, own = rows[number], side.law.leverages[0]
        if found is not None and own is not None:
            rows[number] = _joined(found, block, own, side.law, gaussian)
    return Errors(gaussian, _scales(parts, rows, len(gaussian)), (rows[0], rows[1]))


def product_errors(parts: tuple[Part, Part], product: Evidence) -> Errors:
    """Return the covariances of the estimates of C1 C2 alone."""
    last = torch.arange(len(product.law.t))
    gaussian = _with_traces(parts, product, last)
    rows = [_rows(part, product, last, number, gaussian[number - 2]) for number, part in enumerate(parts)]
    return Errors(gaussian, _scales(parts, rows, len(gaussian)), (rows[0], rows[1]))


def _with_traces(parts: tuple[Part, Part], product: Evidence, last: Tensor) -> Matrix:
    """Return the matrix with the product's block and what the traces have with it and with themselves."""
    gaussian = torch.zeros(int(last[-1]) + 3, int(last[-1]) + 3, dtype=torch.float64)
    gaussian[last[:, None], last] = _own(product.law)
    for number, part in enumerate(parts):
        if part.freedom is not None:
            at = len(gaussian) - 2 + number
            along = product.spectrum.along[number]
            gaussian[at, last] = gaussian[last, at] = _trace_with(part.freedom, product.law, number, along, part.trace)
            gaussian[at, at] = part.trace_variance
    return gaussian


def _own(law: Law) -> Matrix:
    """Return 2 log((x1 - x2)/(t1 - t2)), on the diagonal 2 log dx/dt, for the x of Gaussian features."""
    log_ratio = -law.gaussian.log_kept.sum(0)
    # (x1 - x2)/(t1 - t2) = 1 + the quotient of what is added to each t, which has its digits where x is near t.
    added = law.t * torch.expm1(log_ratio)
    gaps = (law.t[:, None] - law.t).fill_diagonal_(1.0)
    values: Tensor = 2 * torch.log1p(((added[:, None] - added) / gaps).clamp(min=0.0))
    values.diagonal().copy_(2 * (log_ratio + law.gaussian.slope.clamp(min=1e-6).log()).clamp(min=0.0))
    return values


def cross(freedom: int, one: tuple[Law, int], other: tuple[Law, int], overlap: Tensor) -> Float64[Tensor, "m k"]:
    """Return the covariance of two laws' estimates by the sampling of a side they share; see `errors`.

    Args:
        freedom: N of that side.
        one: a law, and which of its sides it is.
        other: another.
        overlap: squared inner products of their vectors on that side, shape [r, s].
    """
    (first, at), (second, there) = one, other
    kept, others = first.kept(at), second.kept(there)
    both = kept[:, None] + others - 1 + first.shares.mT @ overlap @ second.shares / freedom
    return 2 * (both / (kept[:, None] * others)).clamp(min=1.0).log()


def _trace_with(freedom: int, law: Law, number: int, seen: Tensor, trace: float | None = None) -> Tensor:
    """Return the limit of x1 times the covariance at x1 -> infinity: that of the trace with y.

    `seen` is how much of the trace lies along each of the law's vectors.
    """
    total = float(seen.sum()) if trace is None else trace
    return 2 / freedom * (total - (total - seen @ law.shares) / law.kept(number))


def _rows(part: Part, product: Evidence, last: Tensor, number: int, with_trace: Tensor) -> ImageTerms | None:
    """Return what each image adds to the product's y and to its side's trace."""
    law = product.law
    shared = law.leverages[number]
    if part.images is None or part.freedom is None or shared is None:
        return None
    lengths = part.images.square().sum(1)
    relative = lengths / lengths.mean() - 1
    chance = part.trace_variance * part.freedom / part.trace**2
    drawn = (1 - chance / relative.var().clamp(min=1e-300)).clamp(0, 1).sqrt() * relative
    expected = torch.zeros(len(last) + 1, len(last) + 1, dtype=torch.float64)
    expected[:-1, :-1] = 2 * _stage(part.freedom, law, number)
    expected[-1, :-1] = expected[:-1, -1] = with_trace[last]
    expected[-1, -1] = part.trace_variance
    return ImageTerms(
        at=torch.cat([last, torch.tensor([len(with_trace) - 2 + number])]),
        drawn=torch.cat([shared.rows, part.trace * drawn[:, None]], dim=1),
        raw=torch.cat([law.gaussian.filled * (shared.odds - 1), part.trace * relative[:, None]], dim=1),
        chance=expected,
    )


def _stage(freedom: int, law: Law, number: int) -> Matrix:
    """Return phi/(1 - phi) for one side's sampling given the other, phi = (1/N) tr B (B + x1)^-1 B (B + x2)^-1.

    It is (1/N) tr (I - P1)(I - P2) over k1 k2, less 1; and with I - P = t Q, Q a resolvent, Q1 Q2 is
    (Q1 - Q2)/(t2 - t1). Twice this is the covariance by chance of N times two leverages over their means, per image.
    """
    kept, t = law.kept(number), law.t
    ratio = kept / t
    both = -(t[:, None] * t) * (ratio[:, None] - ratio) / (t[:, None] - t).fill_diagonal_(1.0)
    both.diagonal().copy_(1 - (2 * law.gaussian.filled - law.shares.square().sum(0)) / freedom)
    return (both / (kept[:, None] * kept) - 1).clamp(min=0)


def _joined(shared: ImageTerms, block: Tensor, own: Leverages, law: Law, gaussian: Matrix) -> ImageTerms:
    """Return the rows of a side's own y and of the product's and the trace together."""
    at = torch.cat([block, shared.at])
    chance = 2 * torch.expm1(gaussian[at[:, None], at] / 2)
    chance[-1], chance[:, -1] = gaussian[at[-1], at], gaussian[at, at[-1]]
    chance[len(block) :, len(block) :] = shared.chance
    return ImageTerms(
        at=at,
        drawn=torch.cat([own.rows, shared.drawn], dim=1),
        raw=torch.cat([law.gaussian.filled * (own.odds - 1), shared.raw], dim=1),
        chance=chance,
    )


def _scales(parts: tuple[Part, Part], rows: list[ImageTerms | None], size: int) -> Matrix:
    scales = torch.zeros(size, size, dtype=torch.float64)
    for part, one in zip(parts, rows, strict=True):
        if one is not None and part.freedom is not None:
            squares = one.drawn.mT @ one.drawn / ((len(one.drawn) - 1) * (part.freedom + 1))
            scales[one.at[:, None], one.at] += squares
    return scales
