"""From a page to its HTML, by templates that escape all they are given."""

import json
import re
from functools import cache
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from ganmetrics._text import printable
from ganmetrics.errors import InputError
from ganmetrics.pages.bars import BarChart
from ganmetrics.pages.document import Page
from ganmetrics.pages.drawing import WIDTH, colour_class
from ganmetrics.pages.grid import Grid
from ganmetrics.pages.lines import LineChart
from ganmetrics.pages.pictures import encode_all
from ganmetrics.pages.scatter import ScatterChart

LARGEST_PAGE = 5_000_000
"""Bytes of a page: what a mail still carries."""
TEMPLATES = ("page.html", "blocks.html", "figure.html", "style.css")


def render_page(page: Page) -> str:
    """Return a page as HTML.

    Raises:
        InputError: it would be larger than `LARGEST_PAGE`.
    """
    pictures = list(page.pictures())
    encoded = {id(picture): one for picture, one in zip(pictures, encode_all(pictures), strict=True)}
    style = Markup(_source("style.css"))  # our own file  # nosec B704
    html = (
        _environment()
        .get_template("page.html")
        .render(
            page=page,
            style=style,
            anchors=[anchor(section.title) for section in page.sections],
            data=_as_script(page.data),
            encoded=lambda picture: encoded[id(picture)],
        )
    )
    if len(html) > LARGEST_PAGE:
        raise InputError(
            f"a page may have {LARGEST_PAGE:,} bytes; this one has {len(html):,}: give it fewer pictures or rows"
        )
    return html


def render_grid(grid: Grid) -> str:
    """Return a table as HTML with its style, for a notebook."""
    return _environment().get_template("notebook.html").render(grid=grid)


def anchor(title: str) -> str:
    """Return what a link to a section is called.

    >>> anchor("Scores, corrected")
    'scores-corrected'
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "section"


def kind_of(block: object) -> str:
    """Return what the template calls a block."""
    return "chart" if isinstance(block, LineChart | BarChart | ScatterChart) else type(block).__name__.lower()


@cache
def _environment() -> Environment:
    names = (*TEMPLATES, "notebook.html")
    environment = Environment(
        loader=DictLoader({name: _source(name) for name in names}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_safe,
    )
    environment.globals.update(kind_of=kind_of, colour_class=colour_class, width=WIDTH, numbers=_Counter)
    return environment


def _safe(value: object) -> object:
    """Return text without characters that command a terminal or turn the direction of writing; lines stay."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return "\n".join(printable(line) for line in value.split("\n"))


class _Counter:
    """Gives each figure of a page a number, for the names that HTML needs."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        """Return the next number."""
        self._last += 1
        return self._last


def _source(name: str) -> str:
    return files("ganmetrics.pages").joinpath("templates", name).read_text(encoding="utf-8")


def _as_script(data: str) -> Markup:
    r"""Return JSON that no HTML parser takes for the end of its element, or a comment.

    >>> _as_script('{"file": "</script><!--"}')
    Markup('{"file": "\\u003c/script\\u003e\\u003c!--"}')
    """
    if data:
        json.loads(data)
    escaped = data.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return Markup(escaped)  # nosec B704
