"""Tests of `ganmetrics.optional`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ganmetrics.errors import InputError
from ganmetrics.optional import check_installed, drawing, require


def test_an_installed_module_is_returned():
    """What is installed is imported."""
    assert require("json", extra="timm", user="extractor timm:NAME") is json


def test_a_missing_module_is_told_with_its_command(monkeypatch):
    """The message names extractor, package and the command that installs it."""
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(
        InputError, match=r'^extractor timm:NAME needs the package timm, .*: pip install "ganmetrics\[timm\]"$'
    ):
        require("timm", extra="timm", user="extractor timm:NAME")


def test_a_check_does_not_import(monkeypatch):
    """Whether a package is there can be known without waiting for its import."""
    monkeypatch.delitem(sys.modules, "timm", raising=False)
    check_installed("timm", extra="timm", user="extractor timm:NAME")
    assert "timm" not in sys.modules
    with pytest.raises(InputError, match=r'needs the package no_such_package, .*: pip install "ganmetrics\[timm\]"'):
        check_installed("no_such_package", extra="timm", user="extractor timm:NAME")


def test_a_module_that_cannot_be_imported_is_told(tmp_path, monkeypatch):
    """Whatever it raises, in one line."""
    (tmp_path / "broken_module.py").write_text("raise ValueError('its settings\\nare broken')")
    monkeypatch.syspath_prepend(tmp_path)
    told = "^a picture needs the package broken_module, which cannot be imported: its settings are broken$"
    with pytest.raises(InputError, match=told):
        require("broken_module", extra="plots", user="a picture")


CHECK = """
from ganmetrics.errors import InputError
from ganmetrics.optional import check_drawing
try:
    check_drawing("a picture")
except InputError as error:
    print(error)
"""


@pytest.mark.parametrize(("backend", "settings"), [("foo", b""), ("agg", b"\xff")])
def test_broken_settings_of_matplotlib_are_told_by_the_check(tmp_path, backend, settings):
    """Those of the environment and of the current folder, which matplotlib reads when it is imported."""
    pytest.importorskip("matplotlib")
    (tmp_path / "matplotlibrc").write_bytes(settings)
    path = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", CHECK],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": backend, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    )
    assert done.stdout.startswith("a picture needs the package matplotlib, which cannot be imported: ")
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_pictures_are_drawn_by_own_settings():
    """Those of the user hold again after the block."""
    matplotlib = pytest.importorskip("matplotlib")
    with matplotlib.rc_context({"text.usetex": True, "lines.linewidth": 7}):
        with drawing("a picture") as figures:
            assert not matplotlib.rcParams["text.usetex"]
            assert figures.Figure().add_subplot().plot([0, 1])[0].get_linewidth() < 7
        assert matplotlib.rcParams["text.usetex"]
