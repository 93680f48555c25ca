"""What each metric makes of faults that are known: the table of docs/choosing.md, by `ganmetrics sanity --synthetic`.

python benchmarks/trust.py [--page docs/choosing.md]
"""

import argparse
import logging
from pathlib import Path

from page import write_page

from ganmetrics import synthetic_sanity


def main() -> None:
    """Print the table as Markdown, or put it onto a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, help="the page whose table is replaced")
    page = parser.parse_args().page
    logging.getLogger("ganmetrics").setLevel(logging.ERROR)
    text = synthetic_sanity().to_markdown()
    if page is None:
        print(text)
    else:
        write_page(page, text, mark="trust")


if __name__ == "__main__":
    main()
