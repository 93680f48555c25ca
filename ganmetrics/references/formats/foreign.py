"""What a statistics file of another library holds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import GanMetricsError, InputError

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Foreign:
    """The statistics in a file that does not say how they were made.

    Attributes:
        format: whose file it is; `mu-sigma` where several libraries write the same.
        moments: of the features; the count is None where neither file nor caller says it.
        spatial: of the spatial features behind sFID, where the file has them.
    """

    format: str
    moments: Moments
    spatial: Moments | None = None


def moments_of(mean: Array, covariance: Array, *, count: int | None, path: Path, names: tuple[str, str]) -> Moments:
    """Return the moments that two arrays of a file are, the covariance divided by n - 1.

    The covariance is factored at once, so that an indefinite one is told before any image is read.

    Args:
        mean: shape [d].
        covariance: shape [d, d].
        count: number of images; None where it is unknown.
        path: the file, for messages.
        names: what the file calls the two arrays, for messages.

    Raises:
        InputError: the arrays have no such shapes, or are not usable moments.
    """
    if mean.ndim != 1 or covariance.shape != (len(mean), len(mean)):
        raise InputError(
            f"statistics need {names[0]} [d] and {names[1]} [d, d]; {path} has {list(mean.shape)} and "
            f"{list(covariance.shape)}"
        )
    try:
        moments = Moments.gaussian(mean, covariance, count)
        _ = moments.factor
    except GanMetricsError as error:
        raise InputError(f"{names[0]} and {names[1]} must be moments of features; in {path} {error}") from None
    return moments


def moments_of_features(features: Array, *, path: Path) -> Moments:
    """Return the moments of the features [n, d] that a file holds.

    Raises:
        InputError: they are no such array, or not finite.
    """
    if features.ndim != 2 or features.dtype.kind != "f" or min(features.shape) < 1:  # noqa: PLR2004
        raise InputError(f"features must be floating point [n, d]; {path} has {features.dtype} {list(features.shape)}")
    try:
        return Moments.of(np.ascontiguousarray(features))
    except GanMetricsError as error:
        raise InputError(f"features must have moments; in {path} {error}") from None


def agreed_count(stored: int, asked: int | None, path: Path) -> int:
    """Return the count that a file states, which must be the one asked for where there is one.

    Raises:
        InputError: the two differ.
    """
    if asked is not None and asked != stored:
        raise InputError(f"a count must be that of the file; {path} is of {stored:,} images; got {asked:,}")
    return stored
