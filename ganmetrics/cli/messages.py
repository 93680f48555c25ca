"""What the library has to say while a command runs: one line each, on stderr."""

import logging
import sys

from ganmetrics._text import printable


def start_logging(*, quiet: bool) -> None:
    """Send what the library has to say to stderr: warnings always, the audit unless `quiet`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Plain())
    logger = logging.getLogger("ganmetrics")
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.WARNING if quiet else logging.INFO)


class _Plain(logging.Formatter):
    """One line a message; warnings say that they are."""

    def format(self, record: logging.LogRecord) -> str:
        prefix = "warning: " if record.levelno >= logging.WARNING else ""
        return prefix + printable(" ".join(record.getMessage().split()))
