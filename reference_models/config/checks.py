"""Checks that several sections of a configuration share."""

import dataclasses
import math
import types
import typing
from numbers import Integral, Real

from ganmetrics import shown
from reference_models.errors import ConfigError

_WORDS = {str: "text", bool: "True or False", int: "a whole number", float: "a number"}


def check_kinds(section: object, prefix: str = "") -> None:
    """Refuse values of another kind than a section's attributes are, before anything is compared with them.

    Raises:
        ConfigError: naming the first.
    """
    for name, hint in typing.get_type_hints(type(section)).items():
        value = getattr(section, name)
        if not _is_of(value, hint):
            raise ConfigError(f"{prefix}{name} must be {_words(hint)}; got {shown(value)}")


def _is_of(value: object, hint: object) -> bool:
    if isinstance(hint, types.UnionType):
        return any(_is_of(value, choice) for choice in typing.get_args(hint))
    if typing.get_origin(hint) is tuple:
        item = typing.get_args(hint)[0]
        return isinstance(value, tuple) and all(_is_of(part, item) for part in value)
    if hint in (int, float):
        return isinstance(value, Integral if hint is int else Real) and not isinstance(value, bool)
    return isinstance(value, hint) if isinstance(hint, type) else False


def _words(hint: object) -> str:
    if isinstance(hint, types.UnionType):
        first, *_ = typing.get_args(hint)
        return f"{_words(first)} or None"
    if typing.get_origin(hint) is tuple:
        return f"a tuple, each {_words(typing.get_args(hint)[0])}"
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return f"a {hint.__name__}"
    return next(words for kind, words in _WORDS.items() if kind is hint)


def check_among(choices: tuple[str, ...], section: object, name: str, prefix: str = "") -> None:
    """Refuse a choice that does not exist."""
    value = getattr(section, name)
    if value not in choices:
        raise ConfigError(f"{prefix}{name} must be one of {', '.join(choices)}; got {shown(value)}")


def check_at_least(least: float, section: object, *names: str, prefix: str = "") -> None:
    """Refuse a number that is too small, or is none."""
    for name in names:
        value = getattr(section, name)
        if not (value >= least and value < math.inf):
            raise ConfigError(f"{prefix}{name} must be at least {least:g}; got {shown(value)}")
