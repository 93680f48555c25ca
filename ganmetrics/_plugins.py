"""What other packages add to this one, found by the entry points that they declare.

Listing names reads metadata only; a package's code runs when one of its names is used, and that of metrics when the
catalogue is read, since their ranges and directions are there.
"""

from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NamedTuple

from ganmetrics.errors import InputError

EXTRACTOR_GROUP = "ganmetrics.extractors"
METRIC_GROUP = "ganmetrics.metrics"
SOURCE_GROUP = "ganmetrics.sources"


class Added(NamedTuple):
    """What an entry point leads to, and the package that it is of."""

    thing: Any
    package: str


def names(group: str) -> tuple[str, ...]:
    """Return the names that installed packages declare in a group, sorted.

    >>> names("ganmetrics.nothing")
    ()
    """
    return tuple(_points(group))


def load(group: str, name: str) -> Added:
    """Return what a name stands for.

    Raises:
        InputError: no package declares it, two do, or its code cannot be imported; the package is named.

    >>> load("ganmetrics.extractors", "nobody's")
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: no installed package adds "nobody's" to ganmetrics.extractors
    """
    points = _points(group).get(name, ())
    if not points:
        raise InputError(f"no installed package adds {name!r} to {group}")
    packages = [_package(point) for point in points]
    if len(points) > 1:
        raise InputError(f"{name!r} in {group} must be of one package; got {' and '.join(packages)}")
    try:
        return Added(points[0].load(), packages[0])
    except Exception as error:  # another package's import may fail in any way
        reason = (str(error).splitlines() or [""])[0] or type(error).__name__
        raise InputError(f"{name!r} of {packages[0]} cannot be loaded: {reason}") from None


@lru_cache
def _points(group: str) -> dict[str, tuple[EntryPoint, ...]]:
    """Return the entry points of a group by name; one found twice on the path is one."""
    found: dict[str, dict[tuple[str, str], EntryPoint]] = {}
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        found.setdefault(point.name, {})[point.value, _package(point)] = point
    return {name: tuple(points.values()) for name, points in found.items()}


def _package(point: EntryPoint) -> str:
    return "an unknown package" if point.dist is None else f"{point.dist.name} {point.dist.version}"
