"""Images that weigh more than others: leverages, and what their spread beyond chance does to the law."""

from typing import NamedTuple

import torch
from torch import Tensor

from ganmetrics.core.random_matrix.joint.gaussian import GaussianLaw

NEWTON, EXACT = 60, 1e-15
"""Most steps to solve for the constant c, and when they end."""
LEAST_KEPT = 1e-4
"""1 - h of an image is held above this share of its mean: an image that alone spans a direction has h = 1."""


class Leverages(NamedTuple):
    """The images' odds of being explained, free of chance.

    Attributes:
        log_kept: what stands for log(1 - F/N) in y: minus the mean of log(1 + a), shape [m].
        log_widening: what stands for -log(1 - F/N) in log x: log mean a - log(F/N), shape [m].
        rows: what each image adds to y more than the mean image, times n, shape [n, m].
        odds: h / (1 - h) of each image as seen, over their mean, shape [n, m].
        chance: the variance that `odds` have by chance in a Gaussian sample, shape [m].
        effects: by how much each image raises N log_kept + F log_widening more than the mean image, shape [n, m]: of
            those that are known the mean is taken, and others would have had another one.
    """

    log_kept: Tensor
    log_widening: Tensor
    rows: Tensor
    odds: Tensor
    chance: Tensor
    effects: Tensor


def leverages(seen: Tensor, eigenvalues: Tensor, shares: Tensor, freedom: int, bulk: GaussianLaw) -> Leverages:
    """Return the leverages of a side's images at the points of a law.

    h_i = (n/N) sum_j U_ij^2 u_j is the share of image i that the others' ridge regression explains, g_i = h_i/(1 - h_i)
    its odds, which are in proportion to the square of the image's scale. In a Gaussian sample they vary by chance, with
    the relative variance 2 H / (F^2 (1 - H/N)), H = F - ch/(1 - ch/(N - F)). What they vary beyond that is a scale of
    the image. The odds are shrunk towards their mean by as much as chance explains, g~ = mean +
    (1 - chance/variance)^(1/2) (g - mean), and a = c g~ with c such that the mean of 1/(1 + a) is 1 - F/N. With all a
    equal this is the law of Gaussian features.

    Args:
        seen: left singular vectors of the centred features, shape [k, r]: of all images, or of some.
        eigenvalues: shape [r].
        shares: u = l / (l + t), shape [r, m].
        freedom: N = n - 1.
        bulk: of the Gaussian law at the same points.
    """
    rank, squared, ratio = len(eigenvalues), seen.square(), (freedom + 1) / freedom
    filled, left = bulk.filled / freedom, (1 - shares).sum(0)
    rest = (freedom - rank) + left
    kept = rest / freedom
    if rank < freedom:
        out = 1 - ratio * (squared @ shares)
    else:
        # With as many directions as degrees of freedom, 1 - h has its digits as a sum over 1 - u.
        out = ratio * (squared @ (1 - shares)) + (1 - ratio * squared.sum(1))[:, None]
    out = torch.minimum(torch.maximum(out, LEAST_KEPT * kept), torch.ones_like(out))
    odds = ratio * (squared @ shares) / out
    mean, relative = odds.mean(0), odds.var(0) / odds.mean(0).square()
    energy = bulk.filled - bulk.change / (1 - bulk.change / rest).clamp(min=1e-3)
    chance = 2 * energy / (bulk.filled.square() * (1 - energy / freedom)).clamp(min=1e-300)
    own = (1 - chance / relative.clamp(min=1e-300)).clamp(0, 1).sqrt()
    drawn = mean + own * (odds - mean)
    scaled = drawn * _matching(drawn, filled)
    average = scaled.mean(0)
    return Leverages(
        log_kept=-torch.log1p(scaled).mean(0),
        log_widening=average.log() - filled.log(),
        rows=freedom * filled / average * (scaled - average),
        odds=odds / mean,
        chance=chance,
        effects=_effects(odds * (average / mean), freedom, bulk.filled),
    )


def _effects(odds: Tensor, freedom: int, filled: Tensor) -> Tensor:
    """Return what each image adds to -N mean log(1 + a) + F log mean a, less the mean over images.

    To first order in a - mean a both terms cancel, and so does how c hangs on the images: what is left is the image's
    part of the variance of the squared scales.
    """
    each = filled * odds / odds.mean(0) - freedom * torch.log1p(odds)
    return each - each.mean(0)


def _matching(odds: Tensor, filled: Tensor) -> Tensor:
    """Return c for each point with mean c odds / (1 + c odds) = filled, by Newton's method.

    The mean is concave in c: from below the steps never pass the solution, from above they may, and are bounded.
    """
    factor = torch.ones_like(filled)
    for _ in range(NEWTON):
        scaled = factor * odds
        off = (scaled / (1 + scaled)).mean(0) - filled
        slope = (odds / (1 + scaled).square()).mean(0)
        last, factor = factor, torch.maximum(factor - off / slope, 0.2 * factor)
        if ((factor - last).abs() <= EXACT * factor).all():
            break
    return factor
