"""Every module of the package has a test file at its own place."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WITHOUT_TESTS = {"_types", "errors", "core/memory", "references/formats/names", "references/keywords"}
"""Types, names and numbers: nothing in them could fail."""
AS_A_WHOLE = ("compat", "ranks", "pages", "commands/gate", "commands/report_page", "commands/sanity/synthetic")
"""Rooms whose tests go by what they do together: a drop-in by its peer, a page by its parts."""
WITH_OTHERS = {"cli/completion"}
"""Tested in real shells, with the package."""
MODULES = sorted((ROOT / "ganmetrics").rglob("[!_]*.py")) + sorted((ROOT / "ganmetrics").rglob("_[!_]*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_has_a_test_file(path):
    """``ganmetrics/a/b.py`` is tested in ``tests/a/test_b.py``: whoever changes the one finds the other."""
    place = path.relative_to(ROOT / "ganmetrics").with_suffix("")
    tested = (ROOT / "tests" / place.parent / f"test_{place.name.lstrip('_')}.py").is_file()
    whole = [room for room in AS_A_WHOLE if place.is_relative_to(room)]
    together = any(list((ROOT / "tests" / room).glob("test_*.py")) for room in whole)
    assert tested or together or str(place) in WITHOUT_TESTS | WITH_OTHERS
