"""Pages: one self-contained HTML file of text, tables, figures and pictures.

The kit behind ``ganmetrics report``, open to others: a `Page` has sections, a section has blocks, and `Page.to_html`
writes all of it as one file without scripts, which asks for nothing from any network. Text is always text: whatever
stands in it, markup included, is shown and never read as HTML.
"""

from ganmetrics.pages.axes import Axis
from ganmetrics.pages.bars import Bar, BarChart
from ganmetrics.pages.document import Code, Gallery, Hidden, Notes, Page, PageBlock, Prose, Section, SideBySide
from ganmetrics.pages.grid import Grid
from ganmetrics.pages.lines import Line, LineChart
from ganmetrics.pages.pictures import Picture, PictureTile
from ganmetrics.pages.scatter import Cloud, ScatterChart

__all__ = [
    "Axis",
    "Bar",
    "BarChart",
    "Cloud",
    "Code",
    "Gallery",
    "Grid",
    "Hidden",
    "Line",
    "LineChart",
    "Notes",
    "Page",
    "PageBlock",
    "Picture",
    "PictureTile",
    "Prose",
    "ScatterChart",
    "Section",
    "SideBySide",
]
