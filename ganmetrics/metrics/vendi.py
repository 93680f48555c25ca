"""The Vendi score: how many different images there are, in effect."""

import math

import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_rows, double_blocks
from ganmetrics.core.checks import at_least
from ganmetrics.core.gaussian.roots import EPS
from ganmetrics.core.symmetric import symmetric_eigenvalues
from ganmetrics.errors import NumericsError

_CANCELLING = 2
"""The order from which on the sum of powers is not near 1, and nothing cancels."""


def vendi_score(features: ArrayLike, *, order: float = 1.0) -> float:
    """Return the Vendi score with the cosine kernel (Friedman and Dieng, 2022, arXiv 2210.02410, definition 3.1).

    The exponential of the entropy of the eigenvalues of K/n, K the images' cosine similarities. They are, but for
    zeros, those of X^T X / n with X the features divided by their lengths: so memory is that of a d x d matrix, however
    many images there are. Of order q the entropy is Rényi's, log(sum l^q) / (1 - q) (Pasarkar and Dieng, 2023, arXiv
    2310.12952): a smaller q counts rare kinds of images more, and infinity leaves 1 / the largest eigenvalue.
    Eigenvalues below d * eps * the largest are rounding, and count as 0.

    Args:
        features: floating point, shape [n, d], no row zero.
        order: q, at least 0; 0 counts the eigenvalues.

    Returns:
        From 1, for identical images, to min(n, d); k for k equally frequent kinds of images, orthogonal to each other.

    Raises:
        InputError: if `features` is not a floating-point array of that shape, or the order is negative.
        NumericsError: if a row is not finite or is zero, naming it.

    >>> round(vendi_score(torch.eye(4).repeat(5, 1)), 9)
    4.0
    >>> round(vendi_score(torch.ones(5, 4)), 9)
    1.0
    """
    order = at_least("order", order, 0.0, finite=False)
    order = float(order)
    eigenvalues = symmetric_eigenvalues(_similarity(features))
    eigenvalues = eigenvalues[eigenvalues > len(eigenvalues) * EPS * eigenvalues[-1]]
    shares = eigenvalues / eigenvalues.sum()
    logs = shares.log()
    if order == 1:
        return math.exp(-float(shares @ logs))
    if math.isinf(order):
        return 1 / float(shares[-1])
    if order > _CANCELLING:
        # By the largest share, to whose power the sum goes: taken from 1, it would vanish in the rounding.
        largest = float(logs[-1])
        rest = float(torch.exp(order * (logs - largest)).sum())
        return math.exp(order / (1 - order) * largest + math.log(rest) / (1 - order))
    # sum l^q = 1 + sum l (l^(q-1) - 1), without cancellation near order 1.
    return math.exp(math.log1p(float(shares @ torch.expm1((order - 1) * logs))) / (1 - order))


def _similarity(features: ArrayLike) -> Tensor:
    """Return X^T X / n, of the rows divided by their lengths."""
    check_rows(features, "features")
    count, dimension = features.shape
    total, start = torch.zeros(dimension, dimension, dtype=torch.float64), 0
    for block in double_blocks(features, "features"):
        # First by the largest entry, so that no square overflows or vanishes.
        largest = block.abs().amax(dim=1, keepdim=True)
        if not largest.all():
            row = start + int((largest[:, 0] == 0).nonzero()[0, 0])
            raise NumericsError(f"a cosine needs features that are not all 0, but row {row} is")
        rows = block / largest
        rows /= torch.linalg.vector_norm(rows, dim=1, keepdim=True)
        total += (rows.mT @ rows).cpu() / count
        start += len(block)
    return total
