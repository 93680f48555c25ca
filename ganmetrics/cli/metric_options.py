"""Options of intervals and of single metrics."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import click

from ganmetrics.cli.options import gathered
from ganmetrics.core.memory import MEMORY

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def parse_memory(context: click.Context, parameter: click.Parameter, value: str) -> int:
    """Return a number of bytes, such as of 2GB, 500MB or 100000."""
    parts = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)B?", value.strip(), flags=re.IGNORECASE)
    if parts is None:
        raise click.BadParameter(f"{value!r} is no number of bytes such as 2GB or 500MB.", context, parameter)
    return int(float(parts[1]) * _UNITS[parts[2].upper()])


def check_confidence(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """Return a probability strictly between 0 and 1."""
    if not 0 < value < 1:
        raise click.BadParameter(f"{value:g} does not lie between 0 and 1.", context, parameter)
    return value


_INTERVAL = (
    click.option("--no-interval", is_flag=True, help="Leave out corrected values and intervals: less to compute."),
    click.option(
        "--confidence", type=float, callback=check_confidence, default=0.95, show_default=True, help="Of the intervals."
    ),
)

_METRIC = (
    click.option(
        "--floor",
        is_flag=True,
        help="Score one half of the real images against the other as well, for scale: <name>_floor.",
    ),
    click.option(
        "--k",
        type=click.IntRange(min=1),
        default=None,
        help="Neighbour whose distance is the radius of precision, recall, density, coverage.  [default: 3]",
    ),
    click.option(
        "--subsets", type=click.IntRange(min=1), default=None, help="Subsets that KID averages over.  [default: 100]"
    ),
    click.option(
        "--subset-size",
        type=click.IntRange(min=2),
        default=None,
        help="Images in each of them.  [default: 1000, or all where there are fewer]",
    ),
    click.option(
        "--splits", type=click.IntRange(min=1), default=None, help="Parts of the Inception Score.  [default: 10]"
    ),
    click.option(
        "--memory",
        callback=parse_memory,
        default="2GB",
        show_default=True,
        help="For all features and blocks of distances; past it features lie on the disk.",
    ),
)


@dataclass(frozen=True)
class IntervalOptions:
    """The values of the options of intervals."""

    no_interval: bool
    confidence: float


@dataclass(frozen=True)
class MetricOptions:
    """The values of the options of single metrics; None for the protocol's own."""

    floor: bool = False
    k: int | None = None
    subsets: int | None = None
    subset_size: int | None = None
    splits: int | None = None
    memory: int = MEMORY


def interval_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of intervals to a command, which receives them as one value called `intervals`."""
    return gathered(command, "intervals", IntervalOptions, _INTERVAL)


def metric_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of single metrics to a command, which receives them as one value called `choices`."""
    return gathered(command, "choices", MetricOptions, _METRIC)
