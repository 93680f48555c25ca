"""Settings of all tests: package doctests, tests/ and the examples in the Markdown pages."""

import os
import signal
import socket
from doctest import ELLIPSIS
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

# How long drawing takes says how busy the machine is, which fails no test.
settings.register_profile("default", deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

pytest_collect_file = Sybil(
    parsers=[DocTestParser(optionflags=ELLIPSIS), PythonCodeBlockParser(), SkipParser()],
    patterns=["*.md"],
).pytest()

# A shell that starts the tests in the background has SIGINT ignored, which children would inherit. What has a handler
# goes back to its default in a child: so tests of interrupts are the same wherever they are run.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Modules whose package is not installed cannot be imported for their docstrings' examples.
NEEDS = {
    "ganmetrics/compat/torchmetrics": "torchmetrics",
    "ganmetrics/compat/ignite.py": "ignite",
    "ganmetrics/integrations/ignite.py": "ignite",
    "ganmetrics/integrations/lightning.py": "lightning",
}
collect_ignore = [path for path, package in NEEDS.items() if find_spec(package) is None]

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep tests off the user's caches and off every network but the loopback."""
    home: Path = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("TORCH_HOME", str(home / "torch"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.delenv("GANMETRICS_WEIGHTS", raising=False)
    connect = socket.socket.connect

    def loopback_only(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise OSError(f"tests use no network; tried {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", loopback_only)
