"""What the arguments of other libraries come to here."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from ganmetrics import InputError, Moments
from ganmetrics._files import as_path
from ganmetrics._text import shown

_LARGEST_SEED = 2**32 - 1


def check_none_given(library: str, given: dict[str, object], remedy: str) -> None:
    """Refuse arguments that would change the number in a way that this library does not offer.

    Args:
        library: whose function was called.
        given: arguments by name, None where the caller left them out.
        remedy: what to do instead.

    Raises:
        InputError: one of them was given.

    >>> check_none_given("clean-fid", {"custom_fn_resize": None}, "use a protocol")
    >>> check_none_given("clean-fid", {"custom_fn_resize": print}, "use a protocol")
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: custom_fn_resize of clean-fid is not offered here: use a protocol
    """
    names = [name for name, value in given.items() if value is not None]
    if names:
        raise InputError(
            f"{', '.join(names)} of {library} {'is' if len(names) == 1 else 'are'} not offered here: {remedy}"
        )


def text(name: str, value: object, allowed: Sequence[str]) -> str:
    """Return a word that is allowed.

    Raises:
        InputError: it is another, or no text.

    >>> text("mode", "clean", ["clean"])
    'clean'
    """
    if not isinstance(value, str) or value not in allowed:
        raise InputError(f"{name} must be {' or '.join(allowed)}; got {shown(value)}")
    return value


def switch(name: str, value: object) -> bool:
    """Return whether something is asked for: peers take 0 and 1, too, and None for no.

    Raises:
        InputError: it is none of these.

    >>> switch("kid", 1)
    True
    """
    if value is not None and (not isinstance(value, bool | int | np.bool_) or int(value) not in (0, 1)):
        raise InputError(f"{name} must be True or False; got {shown(value)}")
    return bool(value)


def numpy_seed(name: str, value: object) -> int:
    """Return the seed of NumPy's older generator, a whole number from 0 to 2^32 - 1.

    Raises:
        InputError: it is none.
    """
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or not 0 <= value <= _LARGEST_SEED:
        raise InputError(f"{name} must be a whole number from 0 to {_LARGEST_SEED}; got {shown(value)}")
    return int(value)


def moments(mean: object, covariance: object) -> Moments:
    """Return the moments of arrays, or of numbers where there is one feature.

    Raises:
        InputError: they are no real numbers, or their shapes do not fit.
        NumericsError: an entry is not finite, or the covariance is not positive semidefinite.

    >>> moments(0, 1).dimension
    1
    """
    return Moments.gaussian(
        np.atleast_1d(_numbers("a mean", mean)), np.atleast_2d(_numbers("a covariance", covariance))
    )


def paths(name: str, given: object) -> list[Path]:
    """Return several paths.

    Raises:
        InputError: it is one path, or no sequence, or no file can have one of the names.

    >>> paths("files", "real")
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: files must be several paths in a list; got 'real'
    """
    several = isinstance(given, Sequence | np.ndarray) and not isinstance(given, str | bytes)
    if not several or not isinstance(given, Sequence | np.ndarray) or getattr(given, "ndim", 1) != 1:
        raise InputError(f"{name} must be several paths in a list; got {shown(given)}")
    return [as_path(path) for path in given]


def _numbers(name: str, value: object) -> npt.NDArray[np.float64]:
    if isinstance(value, np.ma.MaskedArray):
        raise InputError(f"{name} must not be a masked array: leave out or fill what its mask hides")
    try:
        array = value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
    # Sequences of unequal lengths, sparse and quantized tensors, and objects whose own conversion fails.
    except Exception:
        raise InputError(f"{name} must be real numbers; got {shown(value)}") from None
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name} must be real numbers; got {array.dtype}")
    return array.astype(np.float64)
