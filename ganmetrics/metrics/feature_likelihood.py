"""FLD: how likely held-out images are under a mixture that stands on the fakes."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_rows, double_blocks
from ganmetrics.core.checks import seed_number, whole
from ganmetrics.core.memory import MEMORY
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError

MOST_FAKES = 10_000
MIDDLE = 0.81
"""Squared distances from the training images' mean are multiplied by it."""
_ROUNDS = 200
_ENOUGH = 1e-6
"""Change of the variances, as a share of their sum, at which the fit ends."""
_CANCELS = 1e-8
_COPIES = 4


@dataclass(frozen=True)
class FeatureLikelihood:
    """FLD and the gap that copying opens.

    Attributes:
        value: negative log-likelihood of the test images, a feature, less that under a mixture on real images, times
            100: about 0 for a generator as good as the training set; lower is better.
        gap: the same of the training images less that of the test images, times 100: far below 0 for copies, minus
            infinity for exact ones.
        baseline: the negative log-likelihood a feature that was taken off, of a mixture on half the training images.
    """

    value: float
    gap: float
    baseline: float


def feature_likelihood(
    train: ArrayLike, test: ArrayLike, fake: ArrayLike, *, seed: int = 0, memory: int = MEMORY
) -> FeatureLikelihood:
    """Return the feature likelihood divergence (Jiralerspong et al., NeurIPS 2023, arXiv 2302.04440).

    Features are standardised by the test images' mean and deviation. On each fake, 10,000 at most, stands a Gaussian
    with a variance of its own, the same in all directions, and one more on the training images' mean; all have one
    weight. The variances are those under which the training images are most likely. A fake that copies a training image
    gets a small variance, and then gives test images nothing: so copies count for less than absent ones.

    The variances are fitted by expectation and maximisation, each round of which makes the training images more
    likely; the authors' program stops Adam near the same place. A fake without a training image to itself keeps its
    variance. One that is an exact copy has variance 0 in the limit, where it gives nothing to other images.

    Args:
        train: features of the images that the generator was trained on, floating point, shape [n, d].
        test: of held-out images of the same distribution, shape [t, d], t at least 2.
        fake: of its images, shape [m, d].
        seed: of the choice of fakes and of the halves.
        memory: bytes for distances, beside the features in double precision.

    Raises:
        InputError: if the shapes do not fit.
        NotEnoughSamples: if there are fewer than 4 training or 2 test images.
        NumericsError: if a feature is not finite, naming the row, or does not vary over the test images.

    >>> draw = torch.Generator().manual_seed(0)
    >>> train, test, fake = (torch.randn(200, 3, generator=draw) for _ in range(3))
    >>> fresh, copied = (feature_likelihood(train, test, side) for side in (fake, train + 0.01 * fake))
    >>> copied.value > fresh.value, copied.gap < fresh.gap
    (True, True)
    """
    memory, seed = whole("memory", memory, least=1), seed_number("seed", seed)
    sides = _standardised(train, test, fake)
    rng = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(sides[2]), generator=rng)[:MOST_FAKES].sort().values
    of_fakes = Mixture.fitted(sides[2][chosen], sides[0], memory=memory)
    halves = torch.randperm(len(sides[0]), generator=rng)
    middle = len(halves) // 2
    of_reals = Mixture.fitted(
        sides[0][halves[:middle][:MOST_FAKES]], sides[0][halves[middle:]], memory=memory, middle=sides[0].mean(dim=0)
    )
    on_test, on_train, baseline = (
        -mixture.mean_log_likelihood(side, memory=memory) / side.shape[1]
        for mixture, side in ((of_fakes, sides[1]), (of_fakes, sides[0]), (of_reals, sides[1]))
    )
    return FeatureLikelihood(100 * (on_test - baseline), 100 * (on_train - on_test), baseline)


@dataclass(frozen=True, eq=False)
class Mixture:
    """Gaussians of one weight, each with one variance for all directions.

    Attributes:
        means: float64 [m, d].
        variances: float64 [m]; 0 for a point.
        factors: what squared distances to each mean are multiplied by, float64 [m].
    """

    means: Tensor
    variances: Tensor
    factors: Tensor

    @classmethod
    def fitted(
        cls, means: Tensor, points: Tensor, *, memory: int = MEMORY, middle: Tensor | None = None, rounds: int = _ROUNDS
    ) -> "Mixture":
        """Return the mixture on `means`, and on the middle of the points, under which these are most likely.

        Args:
            means: float64 [m, d].
            points: float64 [n, d].
            memory: bytes for distances.
            middle: the last mean; None for the mean of the points.
            rounds: at most so many.
        """
        last = points.mean(dim=0) if middle is None else middle
        factors = torch.ones(len(means) + 1, dtype=torch.float64)
        factors[-1] = MIDDLE
        found = cls(torch.cat([means, last[None]]), torch.ones_like(factors), factors)
        # Distances do not change from round to round: kept where they fit, they are most of what a round costs.
        fit = 8 * len(points) * len(factors) <= memory // _COPIES
        kept = list(found._squared(points, memory)) if fit else None
        for _ in range(rounds):
            variances = found._refitted(points, memory, kept)
            changed = float((variances - found.variances).abs().sum() / found.variances.sum())
            found = cls(found.means, variances, factors)
            if changed < _ENOUGH:
                break
        return found

    def mean_log_likelihood(self, points: Tensor, *, memory: int = MEMORY) -> float:
        """Return the mean over points of the logarithm of the density; infinite where one is an exact copy."""
        logs = (self._logs(squared, points.shape[1]) for squared in self._squared(points, memory))
        return sum(float(block.logsumexp(dim=1).sum()) for block in logs) / len(points)

    def _refitted(self, points: Tensor, memory: int, kept: list[Tensor] | None) -> Tensor:
        """Return the variances that the points' shares in each Gaussian give."""
        shares, spread = torch.zeros_like(self.variances), torch.zeros_like(self.variances)
        for squared in self._squared(points, memory) if kept is None else kept:
            logs = self._logs(squared, points.shape[1])
            of_each = logs.logsumexp(dim=1)
            # A point that is an exact copy belongs to its copy, whose variance is 0 from then on.
            part = torch.where(of_each[:, None].isposinf(), logs.isposinf().double(), (logs - of_each[:, None]).exp())
            part = part.nan_to_num(nan=0.0)
            shares += part.sum(dim=0)
            spread += (part * squared).sum(dim=0)
        least = torch.finfo(torch.float64).tiny
        return torch.where(shares > least, spread / (points.shape[1] * shares.clamp(min=least)), self.variances)

    def _squared(self, points: Tensor, memory: int) -> Iterator[Tensor]:
        """Yield squared distances to all means times their factors, some points at a time."""
        height = max(1, memory // (_COPIES * 8 * len(self.means)))
        for start in range(0, len(points), height):
            yield _squared_distances(points[start : start + height], self.means) * self.factors

    def _logs(self, squared: Tensor, dimension: int) -> Tensor:
        """Return the logarithms of weighted densities at squared distances [b, m]."""
        constant = -math.log(len(self.means)) - dimension / 2 * (self.variances * 2 * math.pi).log()
        logs = constant - squared / (2 * self.variances)
        # Variance 0: no density but at the mean itself.
        point = (self.variances == 0).expand_as(squared)
        return torch.where(point, torch.where(squared == 0, math.inf, -math.inf), logs)


def _squared_distances(one: Tensor, other: Tensor) -> Tensor:
    """Return squared distances by a product; by differences where the product cancels, so that copies are at 0."""
    norms = one.square().sum(dim=1)[:, None] + other.square().sum(dim=1)
    squared = (norms - 2 * one @ other.mT).clamp_(min=0)
    near = (squared < _CANCELS * norms).nonzero()
    squared[near[:, 0], near[:, 1]] = (one[near[:, 0]] - other[near[:, 1]]).square().sum(dim=1)
    return squared


def _standardised(train: ArrayLike, test: ArrayLike, fake: ArrayLike) -> list[Tensor]:
    sides = []
    for name, side in (("train features", train), ("test features", test), ("fake features", fake)):
        check_rows(side, name)
        if side.shape[1] != train.shape[1]:
            raise InputError(f"all sides need one dimension; got train {train.shape[1]} and {name} {side.shape[1]}")
        sides.append(torch.cat([block.cpu() for block in double_blocks(side, name)]))
    if len(sides[0]) < 4 or len(sides[1]) < 2:  # noqa: PLR2004 - two for each half, two for a deviation
        raise NotEnoughSamples(f"FLD needs 4 training and 2 test images; got {len(sides[0])} and {len(sides[1])}")
    deviation = sides[1].std(dim=0)
    if not deviation.all():
        column = int((deviation == 0).nonzero()[0, 0])
        raise NumericsError(f"FLD needs features that vary over the test images, but feature {column} does not")
    mean = sides[1].mean(dim=0)
    return [(side - mean) / deviation for side in sides]
