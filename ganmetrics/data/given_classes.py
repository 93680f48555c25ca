"""Classes that are given beside a set: one for each image or row of it."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from torch import Tensor

from ganmetrics._text import shown
from ganmetrics.core.arrays import check_array
from ganmetrics.core.checks import of_type
from ganmetrics.errors import InputError


def classes_as_given(
    classes: Any,  # noqa: ANN401 - what users give
    count: int,
    *,
    of: str,
    label: Callable[[int], str],
    given_as: str = "labels",
) -> list[str]:
    """Return the text of each class, by which it is called.

    Args:
        classes: of each thing.
        count: of the things.
        of: what they are, and of what, such as ``images of real``.
        label: what messages call each.
        given_as: what messages call the classes.

    Raises:
        InputError: there are not as many classes as things, or one is None, no number, or several.

    >>> classes_as_given([3, "cat"], 2, of="rows of real", label=str)
    ['3', 'cat']
    """
    of_type(given_as, classes, Iterable, "a sequence of one class for each")
    if isinstance(classes, Tensor | np.ndarray):
        check_array(classes, given_as)
    try:
        found = len(classes)
    except TypeError:
        raise InputError(f"{given_as} must be a sequence, whose length is known; got {shown(classes)}") from None
    if found != count:
        raise InputError(f"{given_as} must have one class for each of the {count:,} {of}; got {found:,}")
    given = [_plain(one, given_as) for one in classes]
    missing = next((place for place, one in enumerate(given) if not _is_class(one)), None)
    if missing is not None:
        raise InputError(f"{given_as} must be a class for each; got {shown(given[missing])} for {label(missing)}")
    return [str(one) for one in given]


def _plain(given: object, name: str) -> object:
    """Return the number in a tensor that is one: its own text would be ``tensor(3)``."""
    if not isinstance(given, Tensor) or given.ndim > 0:
        return given
    check_array(given, name)
    return given.item()


def _is_class(given: object) -> bool:
    """Return whether something is one class: no missing value, which as a text would be one, and not several."""
    if given is None or getattr(given, "ndim", 0) > 0:
        return False
    # A number that is not one differs from itself.
    return bool(given == given)  # noqa: PLR0124
