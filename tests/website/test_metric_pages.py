"""Each metric has a page: formula, what moves it with a figure, what it cannot see, how it is asked for."""

import re
from pathlib import Path

import pytest

from ganmetrics.metrics.catalogue import METRICS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {path: path.read_text(encoding="utf-8") for path in sorted((DOCS / "metrics").glob("*.md"))}
OF = {path: text for path, text in PAGES.items() if path.stem != "index"}
DRAWN_AS = {"cmmd": "mmd"}
"""`cmmd` needs CLIP's network, and is the discrepancy of `mmd` of its embeddings."""


def metrics_of(text):
    """Return the metrics that the title names."""
    return re.findall(r"`(\w+)`", text.split("\n", 1)[0])


def test_every_metric_has_a_page_and_no_page_is_of_nothing():
    """As the catalogue has them, each once."""
    named = [name for text in OF.values() for name in metrics_of(text)]
    own = [name for name, metric in METRICS.items() if metric.family != "added"]
    assert sorted(named) == sorted(own)


@pytest.mark.parametrize("path", OF, ids=lambda path: path.stem)
def test_a_page_is_whole(path):
    """The same parts on each, in the same order, a formula that is displayed, and the figure of each of its metrics."""
    text = OF[path]
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Formula", "What moves it", "What it cannot see", "Use"]
    assert "<!-- facts -->" in text
    assert "$$" in text or path.stem == "copied_share"  # which is a procedure, told in words
    assert "arXiv" in text or "et al." in text or path.stem in ("duplicates", "class_agreement", "copied_share")
    for name in {DRAWN_AS.get(name, name) for name in metrics_of(text)}:
        assert f"../images/metrics/{name}.png" in text
        assert (DOCS / "images" / "metrics" / f"{name}.png").is_file()


def test_the_list_has_every_page():
    """In the order in which they are read."""
    (listed,) = [PAGES[path] for path in PAGES if path.stem == "index"]
    assert all(f"({path.name})" in listed for path in OF)
