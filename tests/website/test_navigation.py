"""The website's navigation has every page of docs/, each once."""

import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def website():
    """The modules of website/ that need no mkdocs."""
    sys.path.insert(0, str(ROOT / "website"))
    try:
        yield {name: importlib.import_module(name) for name in ("navigation", "api", "commands", "facts")}
    finally:
        sys.path.remove(str(ROOT / "website"))


def pages_of(entries):
    """Return the pages of a navigation in order."""
    found = []
    for entry in entries:
        if isinstance(entry, str):
            found.append(entry)
        else:
            for inside in entry.values():
                found += [inside] if isinstance(inside, str) else pages_of(inside)
    return found


def test_every_page_is_placed_once(website):
    """Those of docs/, those that are made, and nothing that does not exist."""
    made = {**website["api"].api_pages(), **website["commands"].command_pages()}
    placed = pages_of(website["navigation"].navigation(ROOT / "docs", made))
    there = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert sorted(placed) == sorted(there | set(made))


def test_a_page_that_nobody_expected_is_placed(website, tmp_path):
    """A new page does not wait for the navigation."""
    (tmp_path / "quite-new.md").write_text("# New\n")
    (tmp_path / "index.md").write_text("# Start\n")
    placed = website["navigation"].navigation(tmp_path)
    assert pages_of(placed) == ["index.md", "quite-new.md"]


def test_every_public_name_is_on_one_page(website):
    """The Python reference is complete."""
    import ganmetrics

    grouped = website["api"].grouped_names()
    assert sorted(name for names in grouped.values() for name in names) == ganmetrics.__all__


def test_every_option_is_in_the_command_reference(website):
    """A control of the generated pages: what click has is there."""
    pages = website["commands"].command_pages()
    assert "`--bit-depth` `N`" in pages["commands/evaluate.md"]
    assert "## reference build" in pages["commands/reference.md"]
