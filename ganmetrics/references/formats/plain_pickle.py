"""Pickles of plain containers and NumPy arrays, read without Python's own unpickler.

A pickle is a program for a small stack machine, and may call any function that it can name. `load_plain_pickle` runs it
on a machine that knows only the instructions with which plain data is written, and calls nothing that the file names.
"""

from typing import Any

from ganmetrics.core.checks import of_type
from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.references.formats.pickle_instructions import run
from ganmetrics.references.formats.pickle_machine import Damaged


def load_plain_pickle(data: bytes, *, name: str) -> Any:  # noqa: ANN401 - whatever was pickled
    """Return the containers, numbers, strings and arrays in a pickle, whoever wrote it; no code of it is run.

    The result holds None, booleans, whole numbers of 64 bits, floats, text, bytes, lists, tuples, dictionaries with
    keys of text or bytes, and NumPy arrays and scalars of numbers, in the machine's byte order. Strings of Python 2 are
    bytes. Pickles of protocols 0 to 5, of NumPy 1 and 2, are read.

    Args:
        data: the pickle.
        name: what messages call it.

    Raises:
        InputError: the pickle needs anything else, uses a container or an array twice, or has more than 20 levels.
        StaleStatistics: the pickle is damaged.

    >>> import pickle, numpy as np
    >>> load_plain_pickle(pickle.dumps({"mu": np.zeros(2)}), name="file")
    {'mu': array([0., 0.])}
    >>> load_plain_pickle(pickle.dumps(print), name="file")
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: file: a pickle must hold numbers, arrays and containers only; it needs builtins.print
    """
    of_type("a pickle", data, bytes, "bytes")
    try:
        return run(data)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    except Damaged as error:
        raise StaleStatistics(f"{name} is damaged: {error}") from None
