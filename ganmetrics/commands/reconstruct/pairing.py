"""Which reconstruction is of which original."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from ganmetrics._text import clipped
from ganmetrics.data.image_source import ImageSource
from ganmetrics.errors import InputError

_NUMBERED = re.compile(r"\[\d+\]$")
_NAMED = 3
"""How many unpaired names a message has."""


@dataclass(frozen=True)
class Pair:
    """One image on both sides.

    Attributes:
        name: what it is called: its path without the extension, or its number.
        original: its index among the originals.
        reconstruction: its index among the reconstructions.
    """

    name: str
    original: int
    reconstruction: int


def paired(originals: ImageSource, reconstructions: ImageSource) -> list[Pair]:
    """Return the pairs, in the order of the originals.

    Files are paired by their paths below the folder or within the archive, without the extension, since a decoder may
    write PNG where a camera wrote JPEG. Images without files, such as those of a tensor, are paired by their numbers.

    Raises:
        InputError: an image has no counterpart, two of a side have one name, or only one side has names.
    """
    names = [_names(side) for side in (originals, reconstructions)]
    if (names[0] is None) != (names[1] is None):
        nameless = originals if names[0] is None else reconstructions
        raise InputError(f"pairs need names on both sides or on none; {nameless.name} has none")
    if names[0] is None or names[1] is None:
        if len(originals) != len(reconstructions):
            raise InputError(
                f"pairs need one reconstruction for each original; {originals.name} has {len(originals):,} and "
                f"{reconstructions.name} has {len(reconstructions):,}"
            )
        return [Pair(str(index), index, index) for index in range(len(originals))]
    _check_paired(originals, reconstructions, names[0], names[1])
    return [Pair(name, index, names[1][name]) for name, index in names[0].items()]


def _names(source: ImageSource) -> dict[str, int] | None:
    """Return the index of each name; None where the images are numbered only."""
    labels = [source.label(index) for index in range(len(source))]
    if all(_NUMBERED.search(label) for label in labels):
        return None
    found: dict[str, int] = {}
    for index, label in enumerate(labels):
        path = PurePosixPath(label.removeprefix(source.name).lstrip(":/"))
        name = str(path.with_suffix(""))
        if name in found:
            raise InputError(f"pairs need one image of each name; {source.name} has two of {clipped(name)}")
        found[name] = index
    return found


def _check_paired(
    originals: ImageSource, reconstructions: ImageSource, first: dict[str, int], second: dict[str, int]
) -> None:
    for side, other, missing in (
        (originals, reconstructions, sorted(first.keys() - second.keys())),
        (reconstructions, originals, sorted(second.keys() - first.keys())),
    ):
        if missing:
            named = ", ".join(clipped(name) for name in missing[:_NAMED])
            more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
            raise InputError(f"every image needs its pair; {side.name} has {named}{more}, {other.name} has not")
