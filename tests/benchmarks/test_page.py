"""Tests of `benchmarks/page.py`: a table goes between its marks, and nowhere else."""

import runpy
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "page.py"
PAGE = "before\n<!-- scale: begin -->\nold\n<!-- scale: end -->\nafter\n"


def test_a_table_goes_between_its_marks(tmp_path):
    """What is before and after stays, and so do the marks, for the next time."""
    write_page = runpy.run_path(str(SCRIPT))["write_page"]
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    write_page(page, "new", mark="scale")
    assert page.read_text(encoding="utf-8") == PAGE.replace("old", "new")


def test_a_page_without_the_marks_is_refused_and_stays(tmp_path):
    """A table that has no place must not be lost at the end of a long run without a word."""
    write_page = runpy.run_path(str(SCRIPT))["write_page"]
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    with pytest.raises(ValueError, match="needs the marks <!-- another: begin"):
        write_page(page, "new", mark="another")
    assert page.read_text(encoding="utf-8") == PAGE
