"""The exceptions that the reference models raise.

::

    GanMetricsError
    └── ReferenceModelsError
        ├── ConfigError      (ValueError)       a configuration that cannot work, or an unknown key
        ├── DataError        (ValueError)       a data set that is not what is needed
        ├── CheckpointError  (RuntimeError)     a checkpoint or run folder that is damaged, or is another run's
        └── TrainingError    (ArithmeticError)  losses or weights that are no longer finite

Files that cannot be written raise `ganmetrics.StorageError`. Every message is one line that says what is needed and
what came.
"""

import reprlib

from ganmetrics import GanMetricsError

MESSAGE = 600
"""Characters of the longest message that is printed."""


class ReferenceModelsError(GanMetricsError):
    """Base of every error that the reference models raise on purpose."""


class ConfigError(ReferenceModelsError, ValueError):
    """A configuration cannot work, or has a key that does not exist."""


class DataError(ReferenceModelsError, ValueError):
    """A data set is not what is needed."""


class CheckpointError(ReferenceModelsError, RuntimeError):
    """A checkpoint or run folder is damaged, or belongs to another run."""


class TrainingError(ReferenceModelsError, ArithmeticError):
    """Losses or weights are no longer finite."""


def shown(value: object) -> str:
    r"""Return a value as a message shows it: cut, however long or deep it is, and printable.

    >>> shown("a\x1b[2J"), shown([[[[[[[[]]]]]]]]), shown(10**5000)
    ("'a\\x1b[2J'", '[[[[[[...]]]]]]', 'a number of 16610 bits')
    """
    if isinstance(value, int) and value.bit_length() > 128:  # noqa: PLR2004 - Python refuses to print very long ones
        return f"a number of {value.bit_length()} bits"
    return _CUT.repr(value)


def one_line(error: BaseException) -> str:
    r"""Return the message of an error in one printable line, cut.

    >>> one_line(ValueError("two\nlines\x1b[2J"))
    'two lines\\x1b[2J'
    """
    text = " ".join(str(error).split()) or type(error).__name__
    printable = "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape", "surrogatepass").decode() for mark in text
    )
    return printable if len(printable) <= MESSAGE else f"{printable[:MESSAGE]}..."


_CUT = reprlib.Repr()
_CUT.maxstring = _CUT.maxother = 80
