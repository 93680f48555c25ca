"""The page in a real browser: at two widths, light and dark, by keyboard, in print, to a screen reader."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganmetrics import report_page
from ganmetrics.testing import ChannelMeans, write_images
from tests.browser import DESKTOP, PHONE, check_page, start_browser

pytestmark = pytest.mark.slow
HOSTILE = "<img src=x onerror=alert(1)>.png"


@pytest.fixture(scope="module")
def browser():
    """A browser for all tests of this file."""
    started = start_browser()
    yield started
    started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A page of one generator with classes, and one of three."""
    folder = tmp_path_factory.mktemp("pages")
    for place, side in enumerate(("real", "one", "two", "three")):
        for name in ("cats", "a class with a very long name indeed " * 3):
            write_images(folder / side / name.strip(), 40, seed=place, size=24, shift=8 * place)
        Image.fromarray(np.full((24, 24, 3), 40 * place, np.uint8)).save(folder / side / "cats" / HOSTILE)
    how = {"extractor": ChannelMeans(), "workers": 0}
    report_page(folder / "real", {"one": folder / "one"}, **how).save(folder / "one.html")
    several = {name: folder / name for name in ("one", "two", "three")}
    report_page(folder / "real", several, metrics=("fid", "kid", "precision"), **how).save(folder / "three.html")
    return folder


@pytest.mark.parametrize("name", ["one", "three"])
def test_it_fits_asks_for_nothing_and_can_be_read(browser, pages, name):
    """At both widths and in both schemes. GANMETRICS_PICTURES names a folder for the pictures."""
    folder = os.environ.get("GANMETRICS_PICTURES")
    check_page(browser, pages / f"{name}.html", folder=None if folder is None else Path(folder), name=f"report-{name}")


def test_the_contrast_check_sees_what_is_faint(browser, pages):
    """A control: grey on white is found, and so is text in a drawing."""
    html = (pages / "one.html").read_text(encoding="utf-8").replace("--soft:#525a65", "--soft:#bbbbbb")
    (pages / "faint.html").write_text(html, encoding="utf-8")
    with pytest.raises(AssertionError, match="light"):
        check_page(browser, pages / "faint.html")


def test_the_width_check_sees_what_overflows(browser, pages):
    """A control: a wide element is found."""
    html = (pages / "one.html").read_text(encoding="utf-8").replace("<h1>", '<h1 style="width:2000px">')
    (pages / "wide.html").write_text(html, encoding="utf-8")
    with pytest.raises(AssertionError, match="pixels too wide"):
        check_page(browser, pages / "wide.html")


def test_names_run_no_script(browser, pages):
    """A file that is called as markup makes no element."""
    browser.open(pages / "one.html", DESKTOP)
    assert browser.run("document.querySelectorAll('img[onerror], script:not([type=\"application/json\"])').length") == 0
    assert HOSTILE in browser.run("document.body.textContent")


def test_the_keyboard_reaches_everything(browser, pages):
    """First the link past the contents; tables that scroll and lines that open can be reached, and Enter opens."""
    browser.open(pages / "one.html", PHONE)
    browser.press("Tab")
    assert browser.run("document.activeElement.className") == "skip"
    seen = set()
    for _ in range(120):
        browser.press("Tab")
        tag = browser.run("document.activeElement.tagName")
        if tag == "SUMMARY" and "SUMMARY" not in seen:
            browser.press("Enter")
            assert browser.run("document.activeElement.parentElement.open")
        seen.add(tag)
    assert {"A", "DIV", "SUMMARY", "PRE"} <= seen


def test_a_screen_reader_is_told_what_is_there(browser, pages):
    """Landmarks, headings, tables, and a sentence for each drawing."""
    browser.open(pages / "one.html", DESKTOP)
    told = browser.accessibility()
    roles = [role for role, _ in told]
    assert {"main", "navigation", "table", "columnheader", "rowheader"} <= set(roles)
    assert ("heading", "Verdict") in told
    drawings = [name for role, name in told if role in ("image", "graphics-document") and "images" in name]
    assert any("plain distance falls" in name for name in drawings)
    assert all(name for role, name in told if role == "image")


def test_it_prints(browser, pages):
    """As a PDF of some pages."""
    browser.open(pages / "one.html", DESKTOP, scheme="dark")
    printed = browser.pdf()
    assert printed.startswith(b"%PDF")
    assert 1 <= printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") + printed.count(b"/Type/Page") <= 20
