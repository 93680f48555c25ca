"""Configurations as flat keys: from presets, TOML files and ``key=value``, and back."""

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from ganmetrics import clipped, shown
from reference_models.config import TrainConfig
from reference_models.errors import ConfigError, one_line
from reference_models.files import check_regular

_LARGEST = 2**24
"""Bytes of a configuration; ours have some hundreds."""

WHOLE_BITS = 62
"""Of a whole number: what torch takes as a seed, with room for the ranks' own."""

Value = str | bool | int | float | tuple[Any, ...] | None
"""What a key can hold."""


def _sections() -> dict[str, Any]:
    hints = typing.get_type_hints(TrainConfig)
    return {name: hint for name, hint in hints.items() if dataclasses.is_dataclass(hint)}


def known_keys() -> dict[str, Any]:
    """Return every key, such as ``net.width``, to its type."""
    known: dict[str, Any] = {}
    sections = _sections()
    for name, hint in typing.get_type_hints(TrainConfig).items():
        if name in sections:
            inner = typing.get_type_hints(sections[name])
            known |= {f"{name}.{key}": kind for key, kind in inner.items()}
        else:
            known[name] = hint
    return known


def flatten(config: TrainConfig) -> dict[str, Value]:
    """Return every key of a configuration to its value.

    >>> flatten(TrainConfig())["net.width"]
    64
    """
    flat: dict[str, Value] = {}
    for name, value in dataclasses.asdict(config).items():
        if isinstance(value, dict):
            flat |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            flat[name] = value
    return flat


def from_flat(flat: Mapping[str, object]) -> TrainConfig:
    """Return the configuration with these keys, and defaults elsewhere.

    Raises:
        ConfigError: a key is unknown, a value is of another kind, or the combination cannot work.

    >>> from_flat({"net.width": "8", "net.attention": "16"}).net.attention
    (16,)
    >>> from_flat({"net.widht": 8})
    Traceback (most recent call last):
        ...
    reference_models.errors.ConfigError: there is no key net.widht; did you mean net.width?
    """
    known = known_keys()
    nested: dict[str, Any] = {}
    for key, value in flat.items():
        if not isinstance(key, str) or key not in known:
            raise ConfigError(f"there is no key {clipped(key)}{_guess(key, known)}")
        section, _, name = key.rpartition(".")
        target = nested.setdefault(section, {}) if section else nested
        target[name] = _coerce(key, value, known[key])
    sections = _sections()
    built = {name: sections[name](**value) if name in sections else value for name, value in nested.items()}
    return TrainConfig(**built)


def merged(config: TrainConfig, changes: Mapping[str, object]) -> TrainConfig:
    """Return a configuration with some keys changed.

    Raises:
        ConfigError: a key is unknown, a value is of another kind, or the combination cannot work.
    """
    return from_flat({**flatten(config), **changes})


def parse_assignments(assignments: typing.Iterable[str]) -> dict[str, str]:
    """Return ``key=value`` strings as a mapping.

    Raises:
        ConfigError: one has no equals sign.

    >>> parse_assignments(["net.width=8"])
    {'net.width': '8'}
    """
    parsed = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals or not key:
            raise ConfigError(f"--set needs key=value; got {shown(assignment)}")
        parsed[key.strip()] = value.strip()
    return parsed


def read_toml(path: Path, *, piped: bool = False) -> dict[str, object]:
    """Return the keys of a TOML file.

    Args:
        path: of the file.
        piped: it may be a pipe, as a shell gives for ``<(command)``; those of a run's folder are regular files.

    Raises:
        ConfigError: the file cannot be read, or is no TOML.
    """
    try:
        if not piped:
            check_regular(path, _LARGEST)
        return parse_toml(_read_some(path).decode(), str(path))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is no TOML file: {one_line(error)}") from None


def _read_some(path: Path) -> bytes:
    """Return a file's bytes; of a device that never ends more than a configuration has, and no TOML."""
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ConfigError(f"{path} is no TOML file: it has more than {_LARGEST:,} bytes")
    return data


def parse_toml(text: str, name: str) -> dict[str, object]:
    """Return the keys of a TOML text.

    Raises:
        ConfigError: it is none; `name` says what messages call it.
    """
    try:
        document = tomllib.loads(text)
    except RecursionError:
        raise ConfigError(f"{name} is no TOML file of keys: it is nested too deeply") from None
    except ValueError as error:  # of the syntax, or a number with too many digits
        raise ConfigError(f"{name} is no TOML file: {one_line(error)}") from None
    flat: dict[str, object] = {}
    for key, value in document.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": part for inner, part in value.items()}
        else:
            flat[key] = value
    return flat


def to_toml(config: TrainConfig) -> str:
    """Return a configuration as TOML that `read_toml` and `from_flat` make the same one from.

    >>> print(to_toml(TrainConfig()).splitlines()[0])
    preset = "dcgan"
    """
    document: dict[str, Any] = {}
    sections: dict[str, dict[str, Any]] = {}
    for key, value in flatten(config).items():
        section, _, name = key.rpartition(".")
        if value is not None:
            (sections.setdefault(section, {}) if section else document)[name] = value
    return tomli_w.dumps(document | sections)


def difference(old: TrainConfig, new: TrainConfig) -> dict[str, tuple[Value, Value]]:
    """Return the keys in which two configurations differ, each with its old and new value.

    >>> difference(TrainConfig(), merged(TrainConfig(), {"net.width": 8}))
    {'net.width': (64, 8)}
    """
    before, after = flatten(old), flatten(new)
    return {key: (before[key], after[key]) for key in before if before[key] != after[key]}


def _guess(key: object, known: Mapping[str, object]) -> str:
    import difflib  # noqa: PLC0415 - needed for a wrong key only

    close = difflib.get_close_matches(str(key)[:80], known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; the keys are {', '.join(known)}"


def _coerce(key: str, value: object, kind: Any) -> Value:  # noqa: ANN401 - a type, however it is spelled
    """Return a value of the key's type, from itself or from the text of a ``--set``."""
    if isinstance(kind, types.UnionType):
        kind = next(choice for choice in typing.get_args(kind) if choice is not types.NoneType)
        if value is None or (isinstance(value, str) and value == "none"):
            return None
    if typing.get_origin(kind) is tuple:
        items = [item for item in value.split(",") if item.strip()] if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            items = [items]
        return tuple(_coerce(key, item, typing.get_args(kind)[0]) for item in items)
    if kind is bool:
        plain = value.lower() if isinstance(value, str) else value
        parsed = _BOOLEANS.get(plain) if isinstance(plain, str | int) else None
        if parsed is None:
            raise ConfigError(f"{key} must be true or false; got {shown(value)}")
        return parsed
    if kind is str:
        if not isinstance(value, str) or "\0" in value:
            raise ConfigError(f"{key} must be text; got {shown(value)}")
        return value
    return _number(key, value, kind)


_BOOLEANS: dict[str | int, bool] = {"true": True, "false": False, "1": True, "0": False, 1: True, 0: False}


def _number(key: str, value: object, kind: type) -> int | float:
    wanted = "a whole number" if kind is int else "a number"
    if (
        isinstance(value, bool)
        or not isinstance(value, str | int | float)
        or (kind is int and isinstance(value, float))
    ):
        raise ConfigError(f"{key} must be {wanted}; got {shown(value)}")
    try:
        number = int(value) if kind is int else float(value)
    except (ValueError, OverflowError):
        raise ConfigError(f"{key} must be {wanted}; got {shown(value)}") from None
    if isinstance(number, int) and number.bit_length() > WHOLE_BITS:
        raise ConfigError(f"{key} must be a whole number of at most {WHOLE_BITS} bits; got {shown(number)}")
    return number
