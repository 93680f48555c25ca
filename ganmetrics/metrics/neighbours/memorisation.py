"""Whether fake images repeat real ones: authenticity, memorisation distance and MiFID."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._text import shown
from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import at_least, one_of, positive
from ganmetrics.core.memory import MEMORY
from ganmetrics.core.neighbours.angular import nearest_angle
from ganmetrics.core.neighbours.between import BetweenSets, NearestReal, nearest_real, point_sets
from ganmetrics.core.neighbours.within import WithinSet, find_within
from ganmetrics.errors import InputError
from ganmetrics.metrics.neighbours.shares import ShareEstimate, share_estimate, variance_by_left_out

THRESHOLD = 0.1
"""Memorisation distances from here on are not penalised: Kaggle's and torchmetrics' value."""


@dataclass(frozen=True, eq=False)
class Authenticity:
    """How near fake images are to real ones, measured by how near these are to each other.

    Attributes:
        authenticity: share of the fake images that are farther from their nearest real image than that one is from its
            own nearest real image, 0 to 1: higher is better, about 1/2 for a fresh sample of the real distribution.
        nearest: each fake image's nearest real one, int64 [m].
        distance: its distance, in units of the features, float64 [m].
        ratio: that distance over the real image's distance to its own nearest real one, float64 [m]; 0 for a copy, at
            most 1 if the image is not authentic, infinite where the real image has a copy and the fake one is none.
    """

    authenticity: float
    nearest: Tensor
    distance: Tensor
    ratio: Tensor

    def suspects(self, number: int) -> Tensor:
        """Return the fake images with the smallest ratios, the most suspicious first, int64 [number]; ties by distance.

        >>> real = torch.tensor([[0.0], [1.0], [3.0]])
        >>> authenticity(real, torch.tensor([[9.0], [2.9], [0.1]])).suspects(2).tolist()
        [1, 2]
        """
        order = np.lexsort((self.distance.numpy(), self.ratio.numpy()))
        return torch.from_numpy(order[:number])


def authenticity(real: ArrayLike, fake: ArrayLike, *, memory: int = MEMORY) -> Authenticity:
    """Return the share of authentic fake images (Alaa et al., 2021, arXiv 2102.08921, section 3.3).

    A fake image is authentic if it is farther from its nearest real image than that one is from its own nearest real
    image; at equal distance it is not. Copies of an image count as others.

    Args:
        real: the training images' features, floating point, shape [n, d]; in memory, or a `numpy.memmap`.
        fake: features, floating point, shape [m, d].
        memory: budget in bytes for all that is allocated beside the features.

    Raises:
        InputError: if the shapes do not fit, or the budget is too small.
        NotEnoughSamples: if there is one real image only.
        NumericsError: if a feature is not finite, naming the row.

    >>> real = torch.tensor([[0.0], [1.0], [3.0]])
    >>> authenticity(real, torch.tensor([[0.5], [4.0], [6.0]])).authenticity
    0.3333333333333333
    """
    real_points, fake_points, height = point_sets(real, fake, memory)
    among = find_within(real_points, k=1, height=height)
    return authenticity_from(among, nearest_real(real_points, fake_points, height=height))


def authenticity_from(real: WithinSet, found: NearestReal) -> Authenticity:
    """Return the same from neighbours that other metrics share."""
    own = real.squared_nearest[found.nearest]
    squared = found.squared_nearest
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(squared == 0, 0.0, np.sqrt(squared / own))
    return Authenticity(
        authenticity=float(_authentic(real, found).mean()),
        nearest=torch.from_numpy(found.nearest),
        distance=torch.from_numpy(np.sqrt(squared)),
        ratio=torch.from_numpy(ratio),
    )


def authenticity_estimate(real: WithinSet, between: BetweenSets, confidence: float) -> ShareEstimate:
    """Return authenticity with an interval for its expectation at these numbers of images, both sides counted.

    Args:
        real: neighbours within the real set.
        between: what both sets are to each other, with `left_out`.
        confidence: probability to cover the expectation, between 0 and 1.

    Raises:
        InputError: if there is no `left_out`, or the confidence is not between 0 and 1.
    """
    if between.left_out is None:
        raise InputError("an interval needs neighbours that were found with growth=True")
    authentic = _authentic(real, between)
    other = variance_by_left_out(between.left_out.authenticity, len(authentic))
    return share_estimate(int(authentic.sum()), len(authentic), other, confidence)


def _authentic(real: WithinSet, found: NearestReal) -> npt.NDArray[np.bool_]:
    """Return which fake images are farther from their nearest real one than that is from its own."""
    return found.squared_nearest > real.squared_nearest[found.nearest]


def memorisation_distance(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    averaged_over: str = "fake",
    memory: int = MEMORY,
) -> float:
    """Return the mean over fake images of the least 1 - |cos(real, fake)| (Bai et al., 2021, arXiv 2106.03062).

    Args:
        real: features, floating point, shape [n, d]; in memory, or on disk as a `numpy.memmap`.
        fake: features, floating point, shape [m, d].
        averaged_over: ``fake`` as in the paper; ``real`` as in torchmetrics, which takes each real image's nearest fake
            one: a generator that repeats a few real images is then not noticed.
        memory: budget in bytes for all that is allocated beside the features.

    Returns:
        0, for copies up to a factor, to 1.

    Raises:
        InputError: if the shapes do not fit, an image has zero features only, `averaged_over` is unknown, or the
            budget is too small.
        NumericsError: if a feature is not finite, naming the row.

    >>> real, fake = torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([[3.0, 0.0]])
    >>> memorisation_distance(real, fake), memorisation_distance(real, fake, averaged_over="real")
    (0.0, 0.5)
    """
    one_of("averaged_over", averaged_over, ("fake", "real"))
    real_points, fake_points, height = point_sets(real, fake, memory)
    sides = (fake_points, real_points) if averaged_over == "fake" else (real_points, fake_points)
    return float(nearest_angle(*sides, height=height).mean())


def mifid(fid: float, distance: float, *, threshold: float = THRESHOLD) -> float:
    """Return FID divided by the memorisation distance where that is below a threshold, else FID (arXiv 2106.03062).

    Args:
        fid: a Fréchet distance of the same features, at least 0.
        distance: their `memorisation_distance`.
        threshold: where the penalty sets in, above 0 to 1.

    Returns:
        At least `fid`; infinite for copies throughout, unless `fid` is 0. (torchmetrics adds 1e-14 to the distance, and
        takes a FID of at most 1e-8 for 0.)

    Raises:
        InputError: if an argument is out of range.

    >>> mifid(12.0, 0.05), mifid(12.0, 0.2)
    (240.0, 12.0)
    """
    fid = at_least("fid", fid, 0.0, finite=False)
    distance = at_least("distance", distance, 0.0)
    threshold = positive("threshold", threshold)
    if not (distance <= 1 and threshold <= 1):
        raise InputError(f"distance and threshold must be at most 1; got {shown(distance)} and {shown(threshold)}")
    if distance >= threshold or fid == 0:
        return fid
    return fid / distance if distance > 0 else math.inf
