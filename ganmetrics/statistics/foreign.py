"""Statistics files of other libraries, read as references."""

from pathlib import Path

import torch

from ganmetrics.core.moments import Moments
from ganmetrics.errors import GanMetricsError, InputError
from ganmetrics.statistics.store import member_names, read_npz

EXCHANGED = ("mu", "sigma")


def is_foreign(path: Path) -> bool:
    """Tell whether `path` is an npz with `mu` and `sigma` that another library wrote."""
    names = member_names(path)
    return names.issuperset(EXCHANGED) and "header" not in names


def is_statistics(path: Path) -> bool:
    """Tell whether `path` is an npz of statistics rather than of images."""
    names = member_names(path)
    return "header" in names or names.issuperset(EXCHANGED)


def read_foreign(path: Path) -> Moments:
    """Return the moments in a file of TTUR, pytorch-fid, ADM and kin: `mu` [d] and `sigma` [d, d], without a count.

    Whatever else the file holds, such as ADM's images, is not read. The covariance is factored at once, so that an
    indefinite one is told before any image is.

    Raises:
        InputError: the members have no such shapes, or are not usable moments.
        StaleStatistics: the file is damaged.
    """
    members = read_npz(path, EXCHANGED)
    mean, covariance = (torch.from_numpy(members[name]) for name in EXCHANGED)
    if mean.ndim != 1 or covariance.shape != (len(mean), len(mean)):
        raise InputError(
            f"statistics need mu [d] and sigma [d, d]; {path} has {list(mean.shape)} and {list(covariance.shape)}"
        )
    try:
        moments = Moments.gaussian(mean, covariance)
        _ = moments.factor
    except GanMetricsError as error:
        raise InputError(f"mu and sigma must be moments of features; in {path} {error}") from None
    return moments
