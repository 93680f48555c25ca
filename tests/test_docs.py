"""Pages: their links lead somewhere, and every command and metric has a line."""

import re
from pathlib import Path

import pytest

from ganmetrics.cli import command
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.protocols import PROTOCOLS

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def links(page):
    """Return the files that a page links to or shows."""
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    return [target.split("#")[0] for target in targets if "://" not in target and not target.startswith("#")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    """A page that was renamed or forgotten is noticed."""
    missing = [target for target in links(page) if not (page.parent / target).exists()]
    assert missing == []


def test_every_page_is_reached_from_the_readme():
    """No page that a reader cannot find."""
    reached, left = set(), [ROOT / "README.md"]
    while left:
        page = left.pop()
        if page not in reached:
            reached.add(page)
            left += [(page.parent / target).resolve() for target in links(page) if target.endswith(".md")]
    assert set(PAGES) <= reached


def test_every_metric_protocol_and_command_is_described():
    """In the page that is about it."""
    metrics, comparability = (
        (ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("metrics.md", "comparability.md")
    )
    assert [name for name in METRICS if f"`{name}`" not in metrics] == []
    assert [name for name in PROTOCOLS if f"`{name}`" not in comparability] == []
    everything = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in command.commands if f"ganmetrics {name}" not in everything] == []
