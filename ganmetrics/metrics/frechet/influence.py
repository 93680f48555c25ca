"""How much each image moves the Fréchet distance."""

from typing import NamedTuple

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics._types import ArrayLike, Factor, Mean
from ganmetrics.core.arrays import check_finite_rows, double_blocks
from ganmetrics.core.checks import same_width
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.gaussian.roots import EPS
from ganmetrics.errors import NotEnoughSamples

RealInfluence = Float64[Tensor, " n"]
FakeInfluence = Float64[Tensor, " m"]


class Influence(NamedTuple):
    """What each image contributes to the Fréchet distance, in its units; each side adds up to 0.

    Attributes:
        real: of the real images, shape [n].
        fake: of the fake images, shape [m].
    """

    real: RealInfluence
    fake: FakeInfluence


def frechet_influence(real: ArrayLike, fake: ArrayLike) -> Influence:
    """Return to first order by how much each image raises the Fréchet distance of two sets.

    Positive: the image makes the distance larger, and leaving it out makes it smaller by about that much. Influences
    add: those of a class, or of any few images, sum to the effect of all of them. (Leaving out k of n images moves the
    mean by n / (n - k) times their sum; the factor is close to 1 while they are few.)

    Of n fake images with mean m2 and covariance C2 let each have the weight 1/n. The derivative of the distance
    |m1 - m2|^2 + tr C1 + tr C2 - 2 tr (C1 C2)^(1/2) by the weight of the image x, of which 1/n is returned, is

        2 (x - m2).(m2 - m1) + n/(n - 1) (x - m2)' (I - T) (x - m2)     less its mean over the images,

    where T is the optimal transport map from the fake Gaussian to the real one: the distance is the minimum over
    couplings of a mean of |x - y|^2, so that its gradient is the dual potential |x|^2 - x'Tx (Villani, Topics in
    Optimal Transportation, 2003, section 2.1). Real images likewise, with the map back. With C = F'F on each side and
    the singular value decomposition F1 F2' = U S V', T = F1' U S^-1 U' F1: then F2 T F2' = V S V' = (F2 C1 F2')^(1/2).

    Fewer images than features leave C2 singular, and a map defined on the span of the images only. It is all that is
    needed: weights of images that are there do not change the span, nor the rank of F1 F2', and while that rank stays
    the trace is a smooth function of the weights, whose derivative has S^-1 over the nonzero singular values. What
    does suffer is the step from the derivative to leaving out a whole image, which then takes a direction of its own
    with it: (1/n)^(1/2) falls to 0, by twice what its slope at 1/n says. Below about two images for each feature read
    influences as a ranking.

    Args:
        real: features, floating point, shape [n, d].
        fake: features, floating point, shape [m, d].

    Raises:
        InputError: if an argument is not a floating-point array of that shape, or the widths differ.
        NotEnoughSamples: if a side has one image only.
        NumericsError: if a feature is not finite, naming the row.

    >>> real = torch.tensor([[-1.0], [0.0], [1.0]])
    >>> frechet_influence(real, torch.tensor([[-1.0], [0.0], [1.0], [8.0]])).fake.round(decimals=3)
    tensor([-3.8810, -4.1390, -3.8940, 11.9150], dtype=torch.float64)
    """
    for name, features in (("real", real), ("fake", fake)):
        check_finite_rows(features, f"{name} features")
        if len(features) <= 1:
            raise NotEnoughSamples(f"influence needs at least 2 {name} images; got {len(features)}")
    same_width(real.shape[1], fake.shape[1])
    real_side, fake_side = Moments.of(real), Moments.of(fake)
    to_real, to_fake = _maps(real_side.factor, fake_side.factor)
    return Influence(
        real=_contributions(real, real_side.mean, fake_side.mean, to_fake),
        fake=_contributions(fake, fake_side.mean, real_side.mean, to_real),
    )


def _maps(real: Factor, fake: Factor) -> tuple[Tensor, Tensor]:
    """Return roots W of the transport maps to the real side and to the fake side: T = W'W."""
    left, singular, right = torch.linalg.svd(real @ fake.mT, full_matrices=False)
    # The factor of a covariance that is zero has no rows, and the map from it none either.
    kept = singular > len(singular) * EPS * singular[:1].sum()
    scale = singular[kept].rsqrt()[:, None]
    return scale * (left[:, kept].mT @ real), scale * (right[kept] @ fake)


def _contributions(features: ArrayLike, mean: Mean, other: Mean, transport_root: Tensor) -> Tensor:
    count = len(features)
    terms = []
    for block in double_blocks(features, "features"):
        centred = block.cpu() - mean
        transported = (centred @ transport_root.mT).square().sum(dim=1)
        unexplained = (centred.square().sum(dim=1) - transported) * (count / (count - 1))
        terms.append(2 * centred @ (mean - other) + unexplained)
    derivative = torch.cat(terms)
    return (derivative - derivative.mean()) / count
