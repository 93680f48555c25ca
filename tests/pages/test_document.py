"""Pages: text stays text wherever it stands, and one file has everything."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from ganmetrics import InputError
from ganmetrics.pages import (
    Axis,
    Bar,
    BarChart,
    Cloud,
    Code,
    Gallery,
    Grid,
    Hidden,
    Line,
    LineChart,
    Notes,
    Page,
    Picture,
    PictureTile,
    Prose,
    ScatterChart,
    Section,
    SideBySide,
)

HOSTILE = "<img src=x onerror=alert(1)>.png"
OTHERS = ('"><script>alert(1)</script>', "</style><b>", "' onload='alert(1)", "{{ 7*7 }}", "--><!--", "&lt;x&gt;")
GREY = Picture(np.full((8, 8, 3), 90, np.uint8), "grey")


def page_of(text):
    """A page that has a text everywhere a page can have one."""
    picture = Picture(np.zeros((4, 4, 3), np.uint8), text)
    line = Line(text, [1, 2], [1.0, 2.0], 1, low=[0.5, 1.0], high=[2.0, 3.0])
    blocks = (
        Prose((text,)),
        Notes((text,), warning=True),
        Grid(text, (text, text), ((text, text),), note=text),
        Code(text, text),
        Gallery(text, (PictureTile((picture,), (text, text)),), note=text),
        SideBySide((LineChart(text, text, Axis(text), Axis(text), (line, line), note=text),)),
        Hidden(text, (BarChart(text, text, Axis(text), (text, text), [Bar(text, (1.0, 2.0))], note=text),)),
        ScatterChart(
            text, text, Axis(text), Axis(text), (Cloud(text, [(1, 2)], 0), Cloud(text, [(2, 1)], 1)), note=text
        ),
    )
    return Page(text, text, (Section(text, blocks), Section("b", ()), Section("c", ())), data='{"a": "</script>"}')


class Tags(HTMLParser):
    """Collects elements, their attributes and their text."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text.append(data)


def parsed(html):
    """The parsed page."""
    parser = Tags()
    parser.feed(html)
    return parser


@pytest.mark.parametrize("text", [HOSTILE, *OTHERS])
def test_text_is_never_markup(text):
    """The elements of a page do not depend on what its text says, and the text arrives as it was."""
    hostile, plain = parsed(page_of(text).to_html()), parsed(page_of("plain").to_html())
    assert hostile.tags == plain.tags
    assert [name for name, _ in hostile.attributes] == [name for name, _ in plain.attributes]
    assert "".join(hostile.text).count(text) > 10


def test_a_page_asks_for_nothing():
    """No address, no script that runs, and a policy that forbids both."""
    found = parsed(page_of("x").to_html())
    addresses = [value for name, value in found.attributes if name in ("src", "href", "srcset", "action")]
    assert all(value.startswith(("data:", "#")) for value in addresses)
    assert found.tags.count("script") == 1
    assert ("type", "application/json") in found.attributes
    assert "default-src 'none'" in page_of("x").to_html()


def test_control_characters_are_shown_as_escapes():
    """A name that turns the direction of writing, or half a character, cannot disguise itself."""
    html = page_of("a\u202eb\x1b\udce9").to_html()
    assert "\\u202e" in html
    assert not re.search("[\u202e\x1b\udce9]", html)


def test_lines_of_code_stay_lines():
    """A bibliography entry keeps its lines."""
    assert "one\ntwo" in Page("t", "", (Section("s", (Code("c", "one\ntwo"),)),)).to_html()


@pytest.mark.slow
def test_pictures_fit_the_page(tmp_path):
    """Noise compresses badly: a thousand large ones are made smaller until the page stays below 5 MB."""
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    tiles = tuple(PictureTile((Picture(noise, "noise"),)) for _ in range(400))
    path = tmp_path / "page.html"
    Page("t", "", (Section("s", (Gallery("many", tiles),)),)).save(path)
    assert path.stat().st_size < 5_000_000
    with pytest.raises(InputError, match="show fewer"):
        Page("t", "", (Section("s", (Gallery("many", tiles * 20),)),)).to_html()


def test_a_page_of_too_much_text_is_refused(tmp_path):
    """Nothing is written then."""
    path = tmp_path / "page.html"
    with pytest.raises(InputError, match="a page may have 5,000,000 bytes"):
        Page("t", "x" * 6_000_000, ()).save(path)
    assert not path.exists()


def test_a_table_needs_its_cells():
    """A short row would shift its neighbours."""
    with pytest.raises(InputError, match="a cell for each of 2 columns"):
        Grid("t", ("a", "b"), (("1",),))
