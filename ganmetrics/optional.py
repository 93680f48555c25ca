"""Packages that only some extractors, sources of images or plots need."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from ganmetrics.errors import InputError


def require(module: str, *, extra: str, user: str) -> ModuleType:
    """Return an optional module, imported.

    Raises:
        InputError: it is not installed; the message has the command that installs it.

    >>> require("json", extra="timm", user="extractor timm:NAME").__name__
    'json'
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise _missing(str(error.name), extra, user) from None


def check_installed(module: str, *, extra: str, user: str) -> None:
    """Raise InputError, as `require` does, unless a module is installed; it is not imported.

    >>> check_installed("json", extra="timm", user="extractor timm:NAME")
    """
    if find_spec(module) is None:
        raise _missing(module, extra, user)


def _missing(package: str, extra: str, user: str) -> InputError:
    return InputError(f'{user} needs the package {package}, which is not installed: pip install "ganmetrics[{extra}]"')
