"""The table of a parity run, printed after its tests."""

import pytest

ROWS = pytest.StashKey[list]()
HEADER = ("peer", "size", "features, relative error", "ours", "theirs", "relative difference")


@pytest.fixture(scope="session")
def table(pytestconfig):
    """Collect rows of the table."""
    return pytestconfig.stash.setdefault(ROWS, [])


def pytest_terminal_summary(terminalreporter, config):
    """Print the table, as Markdown."""
    rows = config.stash.get(ROWS, [])
    for row in [HEADER, ("---",) * len(HEADER), *rows] if rows else []:
        terminalreporter.write_line(f"| {' | '.join(row)} |")
