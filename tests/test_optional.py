"""Tests of `ganmetrics.optional`."""

import json
import sys

import pytest

from ganmetrics.errors import InputError
from ganmetrics.optional import check_installed, require


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
