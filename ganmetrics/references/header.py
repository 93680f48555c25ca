"""What the header of a stored reference must hold, checked before any of it is used.

The digest of a file shows that it is whole, not who wrote it: anybody can make one that fits.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any

from ganmetrics._text import shown
from ganmetrics.errors import StaleStatistics

TEXT, COUNT = str, int


@dataclass(frozen=True)
class _Table:
    """An object with keys of any name and values of one kind."""

    of: type


@dataclass(frozen=True)
class _Row:
    """A list whose parts are of these kinds, one each; or any number of parts of one kind."""

    of: tuple[type, ...]
    repeated: bool = False


_Kind = type | UnionType | _Table | _Row
Fields = Mapping[str, _Kind]

_HEADER: Fields = {
    "spec": dict | NoneType,
    "protocol": TEXT | NoneType,
    "source": TEXT,
    "contents": _Row((TEXT,), repeated=True),
    "audit": dict | NoneType,
    "made_by": dict,
    "feature_layer": dict,
}
_SPEC: Fields = {
    "name": TEXT,
    "dimension": COUNT,
    "classes": COUNT | NoneType,
    "layer": TEXT,
    "weights_sha256": TEXT | NoneType,
    "preprocessing": TEXT,
    "spatial": COUNT | NoneType,
    "canonical": bool,
}
_AUDIT: Fields = {"formats": _Table(COUNT), "modes": _Table(COUNT), "sizes": _Table(COUNT), "oddities": _Table(COUNT)}
_LATER: Fields = {"classes": _Table(COUNT), "classes_from": TEXT, "no_classes": TEXT, "ignored": COUNT, "hidden": COUNT}
_SHARD: Fields = {"number": COUNT, "parts": COUNT, "whole": TEXT, "settings": TEXT}
_LAYER: Fields = {"count": COUNT | NoneType}
_SIZE = re.compile(r"[1-9][0-9]{0,9}x[1-9][0-9]{0,9}")
"""Width and height of an image; without a pixel there is none."""


def check_header(header: Mapping[str, Any]) -> None:
    """Raise unless every part of a header is of the kind that this package writes.

    Raises:
        StaleStatistics: naming the first that is not, or is missing.

    >>> check_header({"spec": None, "protocol": None, "source": 3})
    Traceback (most recent call last):
        ...
    ganmetrics.errors.StaleStatistics: the header of a reference needs another source; it has 3: build it anew
    """
    _check(header, _HEADER)
    if header["spec"] is not None:
        _check(header["spec"], _SPEC)
    if header["audit"] is not None:
        _check(header["audit"], _AUDIT)
        _check(header["audit"], {name: kind for name, kind in _LATER.items() if name in header["audit"]})
        for size in header["audit"]["sizes"]:
            if not _SIZE.fullmatch(size):
                raise StaleStatistics(
                    f"the header of a reference needs sizes as 8x6; it has {shown(size)}: build it anew"
                )
        for bad in header["audit"].get("bad", ()):
            _check({"bad": bad}, {"bad": _Row((COUNT, TEXT, TEXT))})
    if "shard" in header:
        _check(header, {"shard": dict})
        _check(header["shard"], _SHARD)
    for name in ("feature_layer", "spatial_layer"):
        if header.get(name) is not None:
            _check(header, {name: dict})
            _check(header[name], _LAYER)


def _check(part: Mapping[str, Any], fields: Fields) -> None:
    for name, kind in fields.items():
        if name not in part:
            raise StaleStatistics(f"the header of a reference needs {name}; it has none: build it anew")
        if not _is(part[name], kind):
            raise StaleStatistics(
                f"the header of a reference needs another {name}; it has {shown(part[name])}: build it anew"
            )


def _is(value: object, kind: _Kind) -> bool:
    if isinstance(kind, _Table):
        # Nothing is listed that was not counted once: shares and means are over such counts.
        return isinstance(value, dict) and all(
            isinstance(one, kind.of) and _fits(one) and one for one in value.values()
        )
    if isinstance(kind, _Row):
        kinds = kind.of * len(value) if kind.repeated and isinstance(value, list) else kind.of
        return isinstance(value, list) and len(value) == len(kinds) and all(map(isinstance, value, kinds))
    return isinstance(value, kind) and _fits(value)


def _fits(value: object) -> bool:
    """Return whether a count is one: no negative number, and of 64 bits."""
    return not isinstance(value, int) or 0 <= value < 1 << 63
