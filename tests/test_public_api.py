"""The public names: listed, true, and light to import."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import ganmetrics

ROOT = Path(ganmetrics.__file__).parent


def test_names_are_sorted_and_real():
    """`__all__` is sorted, and each name leads to an object of that name."""
    assert ganmetrics.__all__ == sorted(ganmetrics.__all__)
    for name in ganmetrics.__all__:
        assert getattr(ganmetrics, name).__name__ == name


def test_type_checkers_see_the_same_names():
    """The imports for type checkers are those of the lazy table."""
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    imported = {
        alias.asname: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert imported == {name: f"ganmetrics.{home}" for name, home in ganmetrics._HOMES.items()}


def test_unknown_name_is_an_attribute_error():
    """A misspelt name fails as for any module."""
    with pytest.raises(AttributeError, match="no attribute 'fdi'"):
        _ = ganmetrics.fdi  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("statement", ["import ganmetrics", "import ganmetrics.cli"])
def test_importing_is_light(statement):
    """Neither the package nor its command line waits for torch or an image library."""
    code = f"import sys; {statement}; print(*{{'torch', 'torchvision', 'numpy', 'PIL', 'timm'}} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""


@pytest.mark.slow
def test_library_use_does_not_load_click():
    """Click and tqdm serve the command line only."""
    code = (
        "import sys, ganmetrics; [getattr(ganmetrics, name) for name in ganmetrics.__all__];"
        "print(*{'click', 'timm', 'torchvision'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""


def test_the_version_is_said_once():
    """The module says it, the package is built from that, and the changelog opens with it."""
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "ganmetrics/__init__.py"
    (first,) = re.findall(r"^## (\S+)", (ROOT.parent / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[:1]
    assert ganmetrics.__version__.split(".dev")[0] == first


def test_every_error_is_one_family():
    """Each exception can be caught as GanMetricsError and as the built-in that it resembles."""
    names = [name for name in ganmetrics.__all__ if isinstance(getattr(ganmetrics, name), type)]
    errors = [getattr(ganmetrics, name) for name in names if issubclass(getattr(ganmetrics, name), Exception)]
    assert len(errors) == 7
    assert all(issubclass(error, ganmetrics.GanMetricsError) for error in errors)
