"""The exceptions that the library raises.

::

    GanMetricsError
    ├── InputError         (ValueError)       a wrong tensor, path, image or option
    ├── NotEnoughSamples   (ValueError)       the estimator is undefined for so few images
    ├── NumericsError      (ArithmeticError)  non-finite features, or an indefinite covariance
    ├── WeightsError       (OSError)          weights are missing, or are not the ones asked for
    ├── StaleStatistics    (RuntimeError)     a reference file does not match what was asked
    └── StorageError       (OSError)          a result or cache entry cannot be written

Every message is one line that says what is needed and what came.
"""

from ganmetrics._text import clipped

MESSAGE_LIMIT = 2000
"""The longest that a message becomes, in characters."""


class GanMetricsError(Exception):
    """Base of every error that this library raises on purpose.

    Its text is printable, one line and at most `MESSAGE_LIMIT` long, whatever names and values it tells.
    """

    def __str__(self) -> str:
        """Return the message."""
        return clipped(super().__str__(), MESSAGE_LIMIT)


class InputError(GanMetricsError, ValueError):
    """A tensor, path, image or option is not what is needed."""


class NotEnoughSamples(GanMetricsError, ValueError):
    """The estimator is undefined for so few images."""


class NumericsError(GanMetricsError, ArithmeticError):
    """Features are not finite, or a covariance is indefinite."""


class WeightsError(GanMetricsError, OSError):
    """The weights of an extractor are missing, or differ from those asked for."""


class StaleStatistics(GanMetricsError, RuntimeError):
    """Stored statistics do not match what was asked, or are damaged."""


class StorageError(GanMetricsError, OSError):
    """A file cannot be written: no permission, or no space."""
