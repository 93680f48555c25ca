"""Progress goes to a terminal's stderr, and nowhere else."""

import contextlib
import os
import pty
import re
import subprocess
import sys

import pytest

from ganmetrics.cli.progress import bar

PROGRAM = """
import time
from ganmetrics.cli.progress import bar
with bar(total=200, stage="extracting real") as advance:
    for _ in range(4):
        advance(50)
        time.sleep(0.2)
"""


@pytest.mark.slow
def test_a_terminal_sees_rate_and_time_left():
    """The stage, how far it is, how fast, and how long it will take; it is gone at the end."""
    leader, follower = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stderr=follower)
    os.close(follower)
    shown = b""
    with contextlib.suppress(OSError):  # how Linux ends the reading of a terminal that no process has open
        while chunk := os.read(leader, 4096):
            shown += chunk
    process.wait(timeout=120)
    os.close(leader)
    text = shown.decode()
    assert "extracting real" in text
    assert "100 of 200 images" in text
    assert "images/s" in text
    assert re.search(r"00:0\d left", text)
    assert not text.rstrip("\r").split("\r")[-1].strip()


def test_a_pipe_sees_nothing(capfd):
    """Logs of batch jobs are not filled with bars."""
    with bar(total=3, stage="extracting real") as advance:
        advance(3)
    assert capfd.readouterr() == ("", "")
