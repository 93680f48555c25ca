"""The navigation: every page of docs/ in one of five parts, in the order in which a newcomer needs them."""

from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

Entry: TypeAlias = "str | dict[str, str] | dict[str, list[Entry]]"

PARTS: dict[str, tuple[str, ...]] = {
    "Start": (
        "index.md",
        "quickstart.md",
        "choosing.md",
        "faq.md",
        "gallery/index.md",
    ),
    "How-to": (
        "inputs.md",
        "any-features.md",
        "comparing.md",
        "how-many-images.md",
        "training-loops.md",
        "report.md",
        "gate.md",
        "reconstruct.md",
        "publishing.md",
        "influence.md",
        "sanity.md",
        "scale.md",
        "formats.md",
        "extending.md",
        "reference-models.md",
        "coming-from/index.md",
        "coming-from/*.md",
    ),
    "Explain": (
        "uncertainty.md",
        "reliability.md",
        "comparability.md",
        "parity.md",
        "numerics.md",
        "paper.md",
        "benchmarks.md",
        "uncertainty-tables.md",
        "architecture.md",
    ),
    "Metrics": (
        "metrics/index.md",
        "metrics.md",
        "metrics/fid.md",
        "metrics/sfid.md",
        "metrics/kid.md",
        "metrics/mmd.md",
        "metrics/is.md",
        "metrics/precision.md",
        "metrics/density.md",
        "metrics/clipped_density.md",
        "metrics/symmetric_precision.md",
        "metrics/p_precision.md",
        "metrics/mind.md",
        "metrics/fwd.md",
        "metrics/realism.md",
        "metrics/authenticity.md",
        "metrics/mifid.md",
        "metrics/vendi.md",
        "metrics/duplicates.md",
        "metrics/intra_fid.md",
        "metrics/class_agreement.md",
        "metrics/curve_precision.md",
        "metrics/fld.md",
        "metrics/data_copying.md",
        "metrics/copied_share.md",
        "metrics/*.md",
    ),
    "Reference": (
        "commands/*.md",
        "api/*.md",
        "extractors.md",
        "cite.md",
        "changelog.md",
        "contributing.md",
        "security.md",
        "releasing.md",
    ),
}
"""Pages by part, in order. What is not there yet is left out; a pattern stands for what no other entry names."""
ELSEWHERE = "Explain"
"""The part that takes pages which nobody has placed."""
FOLDERS = {"coming-from": "Coming from", "commands": "Commands", "api": "Python"}
"""Folders that are parts of a part, and their titles."""


def navigation(docs: Path, made: Iterable[str] = ()) -> list[Entry]:
    """Return the navigation of all pages in a folder and of those that are made while the site is built."""
    pages = sorted({path.relative_to(docs).as_posix() for path in docs.rglob("*.md")} | set(made))
    placed = {title: placed_pages(patterns, pages) for title, patterns in PARTS.items()}
    known = {page for inside in placed.values() for page in inside}
    placed[ELSEWHERE] += [page for page in pages if page not in known]
    return [{title: by_folder(inside, docs)} for title, inside in placed.items() if inside]


def placed_pages(patterns: tuple[str, ...], pages: list[str]) -> list[str]:
    """Return the pages that a part names, in its order."""
    named = {pattern for inside in PARTS.values() for pattern in inside if "*" not in pattern}
    found: list[str] = []
    for pattern in patterns:
        if "*" in pattern:
            folder = pattern.removesuffix("*.md")
            found += [page for page in pages if page.startswith(folder) and page not in named]
        elif pattern in pages:
            found.append(pattern)
    return found


def by_folder(pages: list[str], docs: Path) -> list[Entry]:
    """Return the pages with those of one folder under its title, and those of metrics under the metrics' names."""
    entries: list[Entry] = []
    inside: dict[str, list[Entry]] = {}
    for page in pages:
        folder = page.split("/")[0]
        if folder not in FOLDERS:
            name = metric_names(docs / page) if folder == "metrics" else None
            entries.append({name: page} if name else page)
        elif folder in inside:
            inside[folder].append(page)
        else:
            inside[folder] = [page]
            entries.append({FOLDERS[folder]: inside[folder]})
    return entries


def metric_names(page: Path) -> str | None:
    """Return the metrics that the title of a page names, such as ``precision, recall``; None where it names none."""
    title = page.read_text(encoding="utf-8").lstrip().split("\n", 1)[0]
    return ", ".join(title.split("`")[1::2]) or None
