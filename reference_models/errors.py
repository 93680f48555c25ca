"""The exceptions that the reference models raise.

::

    GanMetricsError
    └── ReferenceModelsError
        ├── ConfigError      (ValueError)       a configuration that cannot work, or an unknown key
        ├── DataError        (ValueError)       a data set that is not what is needed
        ├── CheckpointError  (RuntimeError)     a checkpoint or run folder that is damaged, in use, or another run's
        └── TrainingError    (ArithmeticError)  losses or weights that are no longer finite

Files that cannot be written raise `ganmetrics.StorageError`. Every message is one line that says what is needed and
what came.
"""

from ganmetrics import GanMetricsError, clipped


class ReferenceModelsError(GanMetricsError):
    """Base of every error that the reference models raise on purpose."""


class ConfigError(ReferenceModelsError, ValueError):
    """A configuration cannot work, or has a key that does not exist."""


class DataError(ReferenceModelsError, ValueError):
    """A data set is not what is needed."""


class CheckpointError(ReferenceModelsError, RuntimeError):
    """A checkpoint or run folder is damaged, in use, or belongs to another run."""


class TrainingError(ReferenceModelsError, ArithmeticError):
    """Losses or weights are no longer finite."""


def one_line(error: BaseException) -> str:
    r"""Return what another library's error says in one printable line, cut.

    >>> one_line(ValueError("two\nlines\x1b[2J"))
    'two lines\\x1b[2J'
    """
    return clipped(" ".join(str(error).split()) or type(error).__name__)
