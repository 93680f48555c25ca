"""Settings of all tests: package doctests, tests/ and the examples in the Markdown pages."""

import os
import signal
import socket
from collections import Counter
from doctest import ELLIPSIS
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser

# On one thread, set before torch is imported, and so for what tests start: small tensors are faster, results do not
# depend on the machine, and a child that is forked does not wait for threads that it has not.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# While one of our modules is imported, the hook that checks shapes hides all that Python has compiled before, of other
# packages too. So what is large is imported before ours; that of training loops where the whole suite is run.
import jaxtyping
import torch

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
if "PYTEST_XDIST_WORKER" in os.environ:
    for package in sorted({*NEEDS.values()}):
        if find_spec(package) is not None:
            import_module(package)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put files with the most slow tests first, so that no process waits for a dear one at the end."""
    if hasattr(config, "workerinput"):
        slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
        items.sort(key=lambda item: -slow[item.path])


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Give every test the same random numbers, whichever ran before it."""
    # Not torch.manual_seed, which asks for every kind of device there is, and takes a thousand times as long.
    torch.default_generator.manual_seed(0)


@pytest.fixture(autouse=True)
def shapes_checked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check arrays' shapes at every call in fast tests: slow ones make the same calls too often for that."""
    if request.node.get_closest_marker("slow"):
        monkeypatch.setattr(jaxtyping.config, "jaxtyping_disable", True)


HOMES = count()
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep tests off the user's caches and off every network but the loopback."""
    # Made by whoever writes there: most tests do not.
    home: Path = tmp_path_factory.getbasetemp() / f"home-{next(HOMES)}"
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
