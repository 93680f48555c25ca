"""Options that several commands share, and what they mean for the process."""

import functools
import json
import logging
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import click

from ganmetrics import _plugins
from ganmetrics._text import printable
from ganmetrics.cli.output import emit, say
from ganmetrics.features.names import (
    DEFAULT_EXTRACTOR,
    EXTRACTORS,
    FULL_PRECISION,
    PRECISIONS,
    TIMM_PREFIX,
    with_precision,
)
from ganmetrics.protocols import PROTOCOLS
from ganmetrics.timing import stage, timed, until_now

if TYPE_CHECKING:
    from ganmetrics.extraction.options import Extraction
    from ganmetrics.scoring.options import ScoringOptions

Command = Callable[..., None]


def check_extractor(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Return the name of an extractor, ours or ``timm:NAME``; anything else is wrong usage."""
    if (
        value is not None
        and value not in (*EXTRACTORS[:-1], *_plugins.names(_plugins.EXTRACTORS))
        and not (value.startswith(TIMM_PREFIX) and value != TIMM_PREFIX)
    ):
        raise click.BadParameter(f"{value!r} is not one of {', '.join(EXTRACTORS)}.", context, parameter)
    return value


def complete_extractor(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """Return the names that begin as typed."""
    known = (*EXTRACTORS[:-1], *_plugins.names(_plugins.EXTRACTORS), TIMM_PREFIX)
    return [name for name in known if name.startswith(incomplete)]


def parse_memory(context: click.Context, parameter: click.Parameter, value: str) -> int:
    """Return a number of bytes, such as of 2GB, 500MB or 100000."""
    parts = re.fullmatch(r"(\d{1,15}(?:\.\d+)?)\s*([KMGT]?)B?", value.strip(), flags=re.IGNORECASE)
    if parts is None:
        raise click.BadParameter(f"{value!r} is no number of bytes such as 2GB or 500MB.", context, parameter)
    return int(float(parts[1]) * _UNITS[parts[2].upper()])


def check_confidence(context: click.Context, parameter: click.Parameter, value: float) -> float:
    """Return a probability strictly between 0 and 1."""
    if not 0 < value < 1:
        raise click.BadParameter(f"{value:g} does not lie between 0 and 1.", context, parameter)
    return value


class PathType(click.Path):
    """A path, which click would look for before it has looked at the name."""

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:  # noqa: ANN401 - as click has it
        """Return the path; a null character or half a character in it, which no shell can pass, is wrong usage."""
        if "\0" in os.fsdecode(value):
            self.fail("a path cannot hold a null character.", parameter, context)
        try:
            return super().convert(value, parameter, context)
        except UnicodeError:
            self.fail("a path cannot hold half a character.", parameter, context)


def check_frames(context: click.Context, parameter: click.Parameter, value: str) -> str | int:
    """Return first, all or a positive number; anything else is wrong usage."""
    if value in {"first", "all"}:
        return value
    if not value.isdecimal() or not int(value[:9]) >= 1:
        raise click.BadParameter(f"{value!r} is not first, all or a positive number.", context, parameter)
    return int(value[:9])


SOURCE = PathType(path_type=Path)
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}

_EXTRACTION = (
    click.option(
        "--extractor",
        callback=check_extractor,
        shell_complete=complete_extractor,
        default=None,
        help="inception-v3, efficientnet-lite0 (offline) or timm:NAME.  [default: a stored side's, else inception-v3]",
    ),
    click.option(
        "--protocol",
        type=click.Choice(list(PROTOCOLS)),
        default=None,
        help="Conventions to follow.  [default: a stored side's, else ttur for inception-v3, native for others]",
    ),
    click.option(
        "--weights",
        type=SOURCE,
        default=None,
        help="A weights file of your own; the score is then called fd_<extractor>, not fid.",
    ),
    click.option(
        "--count",
        type=click.IntRange(min=1),
        default=None,
        help="Score a seeded choice of this many images a side.  [default: all]",
    ),
    click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of that choice."),
    click.option(
        "--alpha",
        type=click.Choice(["white", "black", "drop", "refuse"]),
        default="white",
        show_default=True,
        help="What transparent pixels are composited on; drop is what most libraries do.",
    ),
    click.option("--skip-bad", is_flag=True, help="Score the rest where images cannot be read, and say so."),
    click.option(
        "--precision",
        type=click.Choice(PRECISIONS),
        default=FULL_PRECISION,
        show_default=True,
        help="Less than fp32 is faster and another extractor: the score is called fd_inception-v3@bf16, not fid.",
    ),
    click.option("--device", default=None, help="cpu, cuda, cuda:1, mps.  [default: cuda where there is one]"),
    click.option(
        "--batch-size",
        type=click.IntRange(min=1),
        default=None,
        help="Images a pass of the network.  [default: 32; 8 on a CPU]",
    ),
    click.option(
        "--workers",
        type=click.IntRange(min=0),
        default=None,
        help="Decoding processes; 0 decodes in this one.  [default: one a core, up to 16]",
    ),
    click.option("--offline", is_flag=True, help="Never download weights."),
    click.option(
        "--crop",
        type=click.Choice(["none", "center"]),
        default="none",
        show_default=True,
        help="Cut the square in the middle out of each image; without, the whole image is squashed to a square.",
    ),
    click.option(
        "--resize-to", type=click.IntRange(min=1), default=None, help="Bring images to this size first, in pixels."
    ),
    click.option(
        "--resize-filter",
        type=click.Choice(["box", "bilinear", "hamming", "bicubic", "lanczos"]),
        default="bicubic",
        show_default=True,
        help="Pillow's filter for --resize-to.",
    ),
    click.option(
        "--bit-depth",
        type=click.IntRange(9, 16),
        default=16,
        show_default=True,
        help="Bits that the values of 16-bit images use: 12 for many cameras and microscopes.",
    ),
    click.option(
        "--frames",
        callback=check_frames,
        default="first",
        show_default=True,
        help="Frames of animations: first, all, or a number of evenly spaced ones.",
    ),
)


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
)

_MEMORY = click.option(
    "--memory",
    callback=parse_memory,
    default="2GB",
    show_default=True,
    help="For all features and blocks of distances; past it features lie on the disk.",
)


def extraction_options(command: Command) -> Command:
    """Add the options of how images become features to a command, which receives them as `how`, an `Extraction`."""
    return _gather_into("how", _extraction, command, _EXTRACTION)


def interval_options(command: Command) -> Command:
    """Add the options of intervals to a command, which receives them as `scoring`, the `ScoringOptions`."""
    return _gather_into("scoring", _scoring, command, _INTERVAL)


def scoring_options(command: Command) -> Command:
    """Add the options of all metrics to a command, which receives them as `scoring`, the `ScoringOptions`."""
    return _gather_into("scoring", _scoring, command, (*_INTERVAL, *_METRIC, _MEMORY))


def memory_option(command: Command) -> Command:
    """Add ``--memory`` to a command."""
    return _MEMORY(command)


def _extraction(values: dict[str, Any]) -> "Extraction":
    from ganmetrics.extraction.options import Extraction

    precision = values.pop("precision")
    if precision != FULL_PRECISION:
        values["extractor"] = with_precision(values["extractor"] or DEFAULT_EXTRACTOR, precision)
    return Extraction(**values)


def _scoring(values: dict[str, Any]) -> "ScoringOptions":
    from ganmetrics.scoring.options import ScoringOptions

    return ScoringOptions(interval=not values.pop("no_interval"), **values)


def _gather_into(
    name: str,
    build: Callable[[dict[str, Any]], object],
    command: Command,
    added: tuple[Callable[[Command], Command], ...],
) -> Command:
    """Add options to a command, which receives what is built of their values under one name."""

    def with_options(*arguments: object, **values: Any) -> None:  # noqa: ANN401 - whatever click parsed
        mine = {option: values.pop(option) for option in names}
        command(*arguments, **{name: build(mine)}, **values)

    before = len(getattr(command, "__click_params__", ()))
    extended: Command = functools.wraps(command)(with_options)
    for option in reversed(added):
        extended = option(extended)
    names = [parameter.name for parameter in extended.__click_params__[before:]]  # type: ignore[attr-defined]
    return extended


def timing_option(command: Command) -> Command:
    """Add ``--timing`` to a command: a table on stderr of where its time went, or a part of the JSON that it prints."""

    @functools.wraps(command)
    def timed_command(*arguments: object, timing: bool, **values: Any) -> None:  # noqa: ANN401 - whatever click parsed
        if not timing:
            command(*arguments, **values)
            return
        with timed() as stages:
            with stage("importing torch"):
                import torch  # noqa: F401 - what most of the start-up is
            command(*arguments, **values)
        if not values["as_json"]:
            say(stages.to_text())

    told = "Say where the time went: on stderr, or with --json under the key timing."
    return click.option("--timing", is_flag=True, help=told)(timed_command)


quiet_option = click.option("-q", "--quiet", is_flag=True, help="No progress and no audit; warnings and errors only.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with the provenance.")


def cache_options(command: Command) -> Command:
    """Add the options of what is kept between runs, which become `cache`, a folder or None, and `cache_features`."""

    @functools.wraps(command)
    def with_cache(*arguments: object, no_cache: bool, **values: Any) -> None:  # noqa: ANN401 - whatever click parsed
        from ganmetrics.references.cache import reference_directory

        command(*arguments, cache=None if no_cache else reference_directory(), **values)

    told = "Neither read nor keep statistics between runs."
    return click.option("--no-cache", is_flag=True, help=told)(with_cache)


cache_features_option = click.option(
    "--cache-features",
    is_flag=True,
    help="Keep the features of each image as well, so that a second metric extracts nothing anew.",
)


def start_logging(*, quiet: bool) -> None:
    """Send what the library has to say to stderr: warnings always, the audit unless `quiet`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Plain())
    logger = logging.getLogger("ganmetrics")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.WARNING if quiet else logging.INFO)


class _Plain(logging.Formatter):
    """One line a message; warnings say that they are."""

    def format(self, record: logging.LogRecord) -> str:
        prefix = "warning: " if record.levelno >= logging.WARNING else ""
        return prefix + printable(" ".join(record.getMessage().split()))


@runtime_checkable
class Printable(Protocol):
    """What a scoring command prints."""

    def to_json(self) -> str:
        """Return one JSON object."""
        ...

    def to_text(self) -> str:
        """Return lines for people."""
        ...


def emit_found(found: Printable, *, as_json: bool) -> None:
    """Print what a command found; its JSON gets the stages until now as ``timing``, where they are timed.

    Raises:
        StorageError: as `emit` does.
    """
    stages = until_now()
    if as_json and stages is not None:
        emit(json.dumps({**json.loads(found.to_json()), "timing": stages.to_json()}, indent=2, allow_nan=False))
    else:
        emit(found.to_json() if as_json else found.to_text())
