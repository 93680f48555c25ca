"""Formulas as MathML: browsers draw it themselves, without a script or a font from elsewhere."""

import html
import re

from latex2mathml.converter import convert

FORMULA = re.compile(r'<(span|div) class="arithmatex">(.*?)</\1>', re.DOTALL)
"""What pymdownx.arithmatex leaves of a formula."""


def with_mathml(page: str) -> str:
    r"""Return a page with each formula as MathML.

    >>> with_mathml('<span class="arithmatex">\\(x\\)</span>').count("<math")
    1
    """

    def draw(found: re.Match[str]) -> str:
        text = html.unescape(found[2]).strip()[2:-2].strip()
        return convert(text, display="block" if found[1] == "div" else "inline")

    return FORMULA.sub(draw, page)
