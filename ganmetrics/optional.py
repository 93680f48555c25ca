"""Packages that only some extractors, sources of images or plots need."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from ganmetrics._text import one_line
from ganmetrics.errors import InputError


def require(module: str, *, extra: str, user: str) -> ModuleType:
    """Return an optional module, imported.

    Raises:
        InputError: it is not installed, for which the message has the command; or it is, and cannot be imported.

    >>> require("json", extra="timm", user="extractor timm:NAME").__name__
    'json'
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise _missing(str(error.name), extra, user) from None
    except Exception as error:  # what a package raises whose libraries or settings are broken
        raise InputError(f"{user} needs the package {module}, which cannot be imported: {one_line(error)}") from None


def check_installed(module: str, *, extra: str, user: str) -> None:
    """Raise InputError, as `require` does, unless a module is installed; it is not imported.

    >>> check_installed("json", extra="timm", user="extractor timm:NAME")
    """
    if find_spec(module) is None:
        raise _missing(module, extra, user)


def check_drawing(user: str) -> None:
    """Raise InputError unless pictures can be drawn; unlike `check_installed` this imports what draws them.

    Matplotlib reads the user's settings when it is imported, and fails where they are broken.
    """
    check_installed("matplotlib", extra="plots", user=user)
    log = logging.getLogger("matplotlib")
    before, log.disabled = log.disabled, True  # it would speak of settings that have no part in our pictures
    try:
        for module in ("matplotlib", "matplotlib.figure", "matplotlib.backends.backend_agg"):
            require(module, extra="plots", user=user)
    finally:
        log.disabled = before


@contextmanager
def drawing(user: str) -> Iterator[ModuleType]:
    """Give `matplotlib.figure`, under matplotlib's own settings for as long as the block lasts.

    Those of the user, or of the folder that a command runs in, could run other programs for each text.

    Raises:
        InputError: as `check_drawing`.
    """
    check_drawing(user)
    matplotlib = import_module("matplotlib")
    with warnings.catch_warnings(), matplotlib.rc_context():
        # Of letters that the font lacks, which are drawn as boxes, and of names that leave the curves little room.
        warnings.simplefilter("ignore")
        matplotlib.rcdefaults()
        yield import_module("matplotlib.figure")


def _missing(package: str, extra: str, user: str) -> InputError:
    return InputError(f'{user} needs the package {package}, which is not installed: pip install "ganmetrics[{extra}]"')
