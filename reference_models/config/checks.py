"""Checks that several sections of a configuration share."""

import math

from ganmetrics import shown
from reference_models.errors import ConfigError


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
