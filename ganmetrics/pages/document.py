"""`Page` and what it is made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganmetrics._files import as_path, atomic_write
from ganmetrics.pages.bars import BarChart
from ganmetrics.pages.grid import Grid
from ganmetrics.pages.lines import LineChart
from ganmetrics.pages.pictures import Picture, PictureTile
from ganmetrics.pages.scatter import ScatterChart


@dataclass(frozen=True)
class Prose:
    """Paragraphs of text; `lead` for the sentences that matter most."""

    paragraphs: tuple[str, ...]
    lead: bool = False


@dataclass(frozen=True)
class Notes:
    """A list of what must be known; `warning` where it may change what a reader concludes."""

    items: tuple[str, ...]
    warning: bool = False


@dataclass(frozen=True)
class Code:
    """Text that is to be copied: a command, an entry of a bibliography, JSON."""

    label: str
    text: str


@dataclass(frozen=True, eq=False)
class Gallery:
    """Pictures side by side under a title; `large` where each is to be looked at by itself."""

    title: str
    tiles: tuple[PictureTile, ...]
    note: str = ""
    large: bool = False


@dataclass(frozen=True)
class SideBySide:
    """Blocks beside each other where the page is wide enough."""

    blocks: tuple["PageBlock", ...]


@dataclass(frozen=True)
class Hidden:
    """Blocks behind a line that opens them."""

    summary: str
    blocks: tuple["PageBlock", ...]


PageBlock = Prose | Notes | Grid | Code | Gallery | SideBySide | Hidden | LineChart | BarChart | ScatterChart
"""What a section is made of."""


@dataclass(frozen=True)
class Section:
    """A part of a page under a heading, which the page's contents name."""

    title: str
    blocks: tuple[PageBlock, ...]


@dataclass(frozen=True)
class Page:
    """One self-contained page.

    Attributes:
        title: of the page.
        subtitle: below it.
        sections: in order.
        data: JSON that stands in the page for programs (a script element of type
            ``application/json`` and id ``data``); empty for none.

    >>> page = Page("A & B", "two sets", (Section("Verdict", (Prose(("1 < 2",)),)),))
    >>> "<h1>A &amp; B</h1>" in page.to_html(), "1 &lt; 2" in page.to_html()
    (True, True)
    """

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    data: str = ""

    def to_html(self) -> str:
        """Return the page as HTML, complete in itself.

        Raises:
            InputError: it would be larger than 5 MB.
        """
        from ganmetrics.pages.render import render_page  # noqa: PLC0415 - which knows the blocks of this file

        return render_page(self)

    def save(self, path: str | Path) -> None:
        """Write the page, whole or not at all.

        Raises:
            InputError: it would be larger than 5 MB.
            StorageError: it cannot be written.
        """
        content = self.to_html().encode("utf-8", "backslashreplace")
        with atomic_write(as_path(path)) as file:
            file.write(content)

    def pictures(self) -> Iterator[Picture]:
        """Yield every picture, in order."""
        for section in self.sections:
            yield from _pictures(section.blocks)


def _pictures(blocks: Sequence[PageBlock]) -> Iterator[Picture]:
    for block in blocks:
        if isinstance(block, Gallery):
            for tile in block.tiles:
                yield from tile.pictures
        elif isinstance(block, SideBySide | Hidden):
            yield from _pictures(block.blocks)
