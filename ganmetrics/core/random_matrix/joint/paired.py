"""How two estimates err together that share their real side."""

import torch
from torch import Tensor

from ganmetrics.core.random_matrix.joint.covariance import cross
from ganmetrics.core.random_matrix.joint.trace import Known


def shared_covariance(first: Known, second: Known) -> float | None:
    """Return the covariance of tr S1 - 2 R of two distances, by the sampling of Gaussian images of the side they share.

    Each estimate hangs on the side's own y, on its product's y and on the side's trace, and all of these have
    covariances by the same rule (`errors`): also those of two products, whose hat matrices act on the same real images.

    Returns:
        None if the two do not have the same real side in the same coordinates, or one is by a fit and the other not.
    """
    part, other = first.real, second.real
    if part.freedom is None or other.freedom is None:
        return 0.0
    if part.factor.shape != other.factor.shape or bool(first.sizes[0]) != bool(second.sizes[0]):
        return None
    own = first.sizes[0]
    overlap = (first.product.spectrum.vectors[0].mT @ second.product.spectrum.vectors[0]).square()
    products = cross(part.freedom, (first.product.law, 0), (second.product.law, 0), overlap)
    one, two = _on_real(first), _on_real(second)
    joint = torch.zeros(len(one), len(two), dtype=torch.float64)
    joint[own:-1, own:-1] = products
    real, later = _covariances(first), _covariances(second)
    # The side's own law is the same in both, so each fit has its covariances with the other's product too.
    joint[:own], joint[own:-1, :own] = later[:own], real[own:-1, :own]
    joint[-1], joint[:, -1] = later[-1], real[:, -1]
    return float(one @ joint @ two)


def _places(known: Known) -> Tensor:
    first, second, last = known.sizes
    total = first + second + last
    return torch.cat([torch.arange(first), torch.arange(first + second, total + 1)])


def _on_real(known: Known) -> Tensor:
    return known.weights[_places(known)]


def _covariances(known: Known) -> Tensor:
    at = _places(known)
    return known.errors.gaussian[at[:, None], at]
