"""What options accept: each reads one text from the command line; anything else is wrong usage, told in one line."""

import os
import re
from pathlib import Path
from typing import Any

import click

from ganmetrics import _plugins
from ganmetrics._files import in_home
from ganmetrics.cli.hints import meant
from ganmetrics.features.names import EXTRACTOR_NAMES, TIMM_PREFIX

_ELSEWHERE = re.compile(r"ref:|[A-Za-z][A-Za-z0-9+.-]+://")
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def parse_extractor_option(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Return the name of an extractor, ours or ``timm:NAME``; anything else is wrong usage."""
    if (
        value is not None
        and value not in (*EXTRACTOR_NAMES[:-1], *_plugins.names(_plugins.EXTRACTOR_GROUP))
        and not (value.startswith(TIMM_PREFIX) and value != TIMM_PREFIX)
    ):
        known = ", ".join(EXTRACTOR_NAMES)
        raise click.BadParameter(f"{value!r} is not one of {known}{meant(value, EXTRACTOR_NAMES)}", context, parameter)
    return value


def parse_extractors_option(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> str | tuple[str, ...] | None:
    """Return the name of an extractor, or of several that are separated by commas."""
    if value is None or "," not in value:
        return parse_extractor_option(context, parameter, value)
    names = tuple(name.strip() for name in value.split(","))
    for name in names:
        parse_extractor_option(context, parameter, name)
        if names.count(name) > 1:
            raise click.BadParameter(f"{name!r} came twice.", context, parameter)
    return names


def complete_extractor(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """Return the names that begin as typed."""
    known = (*EXTRACTOR_NAMES[:-1], *_plugins.names(_plugins.EXTRACTOR_GROUP), TIMM_PREFIX)
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

    elsewhere = False

    def convert(self, value: Any, parameter: click.Parameter | None, context: click.Context | None) -> Any:  # noqa: ANN401 - as click has it
        """Return the path; an empty one, as of a variable that is not set, or a null character is wrong usage."""
        if not os.fsdecode(value):
            # Python would take it for the current folder.
            self.fail("a path cannot be empty.", parameter, context)
        if "\0" in os.fsdecode(value):
            self.fail("a path cannot hold a null character.", parameter, context)
        if self.elsewhere and _ELSEWHERE.match(os.fsdecode(value)):
            return value
        try:
            if os.fsdecode(value).startswith("~"):
                value = in_home(Path(os.fsdecode(value)))
            return super().convert(value, parameter, context)
        except UnicodeError:
            self.fail("a path cannot hold half a character.", parameter, context)


def parse_frames_option(context: click.Context, parameter: click.Parameter, value: str) -> str | int:
    """Return first, all or a positive number; anything else is wrong usage."""
    if value in {"first", "all"}:
        return value
    if not value.isdecimal() or not int(value[:9]) >= 1:
        raise click.BadParameter(f"{value!r} is not first, all or a positive number.", context, parameter)
    return int(value[:9])


class SourceType(PathType):
    """A path, or the name of published statistics, or an address, which stays the text that it is."""

    elsewhere = True


SOURCE = SourceType(path_type=Path)

Source = Path | str
"""What `SOURCE` gives: a path, or a name or an address as text."""
