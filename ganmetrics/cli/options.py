"""Options that several commands share, and what they mean for the process."""

import functools
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import click

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


def check_extractor(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Return the name of an extractor, ours or ``timm:NAME``; anything else is wrong usage."""
    if value not in EXTRACTORS[:-1] and not (value.startswith(TIMM_PREFIX) and value != TIMM_PREFIX):
        raise click.BadParameter(f"{value!r} is not one of {', '.join(EXTRACTORS)}.", context, parameter)
    return value


def complete_extractor(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """Return the names that begin as typed."""
    return [name for name in (*EXTRACTORS[:-1], TIMM_PREFIX) if name.startswith(incomplete)]


SOURCE = click.Path(path_type=Path)

_EXTRACTION = (
    click.option(
        "--extractor",
        callback=check_extractor,
        shell_complete=complete_extractor,
        default=DEFAULT_EXTRACTOR,
        show_default=True,
        help="inception-v3, efficientnet-lite0 (offline) or timm:NAME.",
    ),
    click.option(
        "--protocol",
        type=click.Choice(list(PROTOCOLS)),
        default=None,
        help="Conventions to follow.  [default: ttur for inception-v3, native for others]",
    ),
    click.option(
        "--weights",
        type=click.Path(path_type=Path),
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
    click.option(
        "--compile", is_flag=True, help="Compile the network, where there are images enough to repay it; same scores."
    ),
    click.option("--offline", is_flag=True, help="Never download weights."),
)


@dataclass(frozen=True)
class ExtractionOptions:
    """The values of the options that say how images become features."""

    extractor: str
    protocol: str | None
    weights: Path | None
    count: int | None
    seed: int
    alpha: str
    skip_bad: bool
    precision: str
    device: str | None
    batch_size: int | None
    workers: int | None
    compile: bool
    offline: bool

    @property
    def precise_extractor(self) -> str:
        """The name of the extractor, its precision included."""
        return with_precision(self.extractor, self.precision)


def extraction_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add those options to a command, which receives them as one value called `options`."""
    return gathered(command, "options", ExtractionOptions, _EXTRACTION)


def gathered(
    command: Callable[..., None],
    name: str,
    group: type,
    added: tuple[Callable[[Callable[..., None]], Callable[..., None]], ...],
) -> Callable[..., None]:
    """Add options to a command, which receives their values as one `group`, a dataclass, under one name."""
    names = [field.name for field in fields(group)]

    @functools.wraps(command)
    def collected(*arguments: object, **values: Any) -> None:  # noqa: ANN401 - whatever click parsed
        command(*arguments, **{name: group(**{field: values.pop(field) for field in names})}, **values)

    for option in reversed(added):
        collected = option(collected)
    return collected


def timing_option(command: Callable[..., None]) -> Callable[..., None]:
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
cache_option = click.option("--no-cache", is_flag=True, help="Neither read nor keep statistics between runs.")


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
        return prefix + " ".join(record.getMessage().split())


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
