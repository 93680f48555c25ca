"""What the library says while a command runs: one printable line each."""

import logging

import pytest

from ganmetrics.cli.messages import start_logging


@pytest.fixture
def logger():
    """The package's logger, as it was before."""
    one = logging.getLogger("ganmetrics")
    before = one.handlers, one.propagate, one.level
    yield one
    one.handlers, one.propagate = before[:2]
    one.setLevel(before[2])


@pytest.mark.parametrize(
    ("quiet", "expected"), [(False, "audit\nwarning: careful now\n"), (True, "warning: careful now\n")]
)
def test_warnings_always_and_the_audit_unless_quiet(logger, capsys, quiet, expected):
    """On stderr, on one line."""
    start_logging(quiet=quiet)
    logger.info("audit")
    logger.warning("careful\n   now")
    assert capsys.readouterr().err == expected


def test_a_name_cannot_write_to_the_terminal(logger, capsys):
    """Escape sequences are spelled."""
    start_logging(quiet=False)
    logger.info("file %s", "\x1b[31mred")
    assert "\x1b" not in capsys.readouterr().err
