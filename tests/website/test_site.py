"""The built website: no warning, no lost link, nothing from elsewhere, and a search that works from the disk."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.browser import DESKTOP, PHONE, start_browser

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
SEARCH = """new Promise(done => {
    document.querySelector('label[for=__search]').click();
    const field = document.querySelector('input.md-search__input');
    field.focus();
    field.value = 'duplicates';
    field.dispatchEvent(new Event('keyup', {bubbles: true}));
    const look = left => {
        const found = document.querySelectorAll('.md-search-result__item').length;
        found || !left ? done(found) : setTimeout(look, 100, left - 1) };
    look(300) })"""
"""Types a word into the search and returns how many pages it found, within half a minute."""


class Page(HTMLParser):
    """What a page links to, loads, and can be jumped to."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loads, self.anchors = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Collect."""
        given = dict(attributes)
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag in LOADS and given.get(LOADS[tag]) and given.get("rel") not in ("canonical", "next", "prev"):
            self.loads.append(given[LOADS[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built as `make docs` builds it."""
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        [*command, "--config-file", str(ROOT / "website" / "mkdocs.yml")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site):
    """Every page, read."""
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def test_every_link_leads_somewhere(site, pages):
    """To a file of the site, and to a place on it."""
    lost = []
    for path, page in pages.items():
        for link in [*page.links, *page.loads]:
            parts = urlsplit(link)
            if parts.scheme or path.name == "404.html":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            known = target in pages and (not parts.fragment or unquote(parts.fragment) in pages[target].anchors)
            if not (known or (target.is_file() and target not in pages)):
                lost.append((path.relative_to(site).as_posix(), link))
    assert lost == []


def test_nothing_is_loaded_from_elsewhere(site, pages):
    """No script, style, font or picture of another machine, in pages or in styles."""
    assert [load for page in pages.values() for load in page.loads if urlsplit(load).netloc] == []
    styles = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"url\(['\"]?(?:https?:)?//", styles) == []
    assert "@import" not in styles


def test_formulas_and_facts_are_drawn(site):
    """A page of a metric has its formula as MathML and its row of the catalogue."""
    text = (site / "metrics" / "fid.html").read_text(encoding="utf-8")
    assert "<math" in text
    assert "<!-- facts -->" not in text
    assert "arithmatex" not in "".join(path.read_text(encoding="utf-8") for path in (site / "metrics").glob("*.html"))


def test_examples_of_docstrings_are_code(site):
    """Prompts are no quotations."""
    text = (site / "api" / "metrics.html").read_text(encoding="utf-8")
    assert "<blockquote>" not in text
    assert "frechet_distance" in text


def test_a_reader_sees_it_whole(site):
    """In a browser three pages fit two widths and ask for the site's own files only; the search finds a page.

    Light or dark is as the system has it, also at the second visit.
    """
    browser = start_browser()
    try:
        for name in ("index.html", "metrics/precision.html", "commands/evaluate.html"):
            for size in (PHONE, DESKTOP):
                browser.open(site / name, size)
                asked = {urlsplit(url).scheme for url in browser.requests}
                assert asked <= {"file", "data", "blob", "about"}
                wide = browser.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert wide <= 0, (name, size)
        assert browser.run(SEARCH) > 0
        for scheme, shown in (("dark", "slate"), ("light", "default")):
            browser.open(site / "index.html", DESKTOP, scheme=scheme)
            assert browser.run("document.body.dataset.mdColorScheme") == shown
    finally:
        browser.close()
