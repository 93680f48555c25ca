"""The place of a benchmark's table on a page of the documentation: between two marks that carry a name."""

from pathlib import Path


def write_page(page: Path, text: str, *, mark: str) -> None:
    """Put the text between the two marks of a page that carry a name.

    Raises:
        ValueError: the page has no such marks.
    """
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    before, begun, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not begun or not ended:
        message = f"{page} needs the marks {begin} and {end}"
        raise ValueError(message)
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
