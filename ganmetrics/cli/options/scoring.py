"""The options of metrics and of their intervals."""

from typing import TYPE_CHECKING, Any

import click

from ganmetrics.cli.options.gathering import CommandFunction, gather_into
from ganmetrics.cli.options.parsing import check_confidence, parse_memory

if TYPE_CHECKING:
    from ganmetrics.scoring.options import ScoringOptions

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
        "--vendi-order",
        type=click.FloatRange(min=0),
        default=1.0,
        show_default=True,
        help="Of the Vendi scores' entropy, inf allowed: a smaller one counts rare kinds of images more.",
    ),
    click.option(
        "--bandwidth",
        type=click.FloatRange(min=0, min_open=True),
        default=None,
        help="Of the kernel of rke, in units of the features; rke needs it.",
    ),
    click.option(
        "--wavelet-level",
        type=click.IntRange(min=1),
        default=4,
        show_default=True,
        help="Halvings of each side for fwd: 4 to this power bands.",
    ),
)

_MEMORY = click.option(
    "--memory",
    callback=parse_memory,
    default="2GB",
    show_default=True,
    help="For all features and blocks of distances; past it features lie on the disk.",
)


def interval_options(command: CommandFunction) -> CommandFunction:
    """Add the options of intervals to a command, which receives them as `scoring`, the `ScoringOptions`."""
    return gather_into("scoring", _scoring, command, _INTERVAL)


def scoring_options(command: CommandFunction) -> CommandFunction:
    """Add the options of all metrics to a command, which receives them as `scoring`, the `ScoringOptions`."""
    return gather_into("scoring", _scoring, command, (*_INTERVAL, *_METRIC, _MEMORY))


def memory_option(command: CommandFunction) -> CommandFunction:
    """Add ``--memory`` to a command."""
    return _MEMORY(command)


def _scoring(values: dict[str, Any]) -> "ScoringOptions":
    from ganmetrics.scoring.options import ScoringOptions

    return ScoringOptions(interval=not values.pop("no_interval"), **values)
