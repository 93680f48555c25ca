"""The facts of a metric, from the catalogue that the program uses, set into its page at `<!-- facts -->`."""

import math
from pathlib import PurePosixPath

from ganmetrics.metrics.catalogue import METRICS, Metric

MARK = "<!-- facts -->"
INTERVALS = {"populations": "of the populations' number", "counts": "at these counts of images", None: "none known"}


def with_facts(markdown: str, page: str) -> str:
    """Return a page of docs/metrics/ with the table of its metrics' facts at the mark."""
    path = PurePosixPath(page)
    if MARK not in markdown or path.parent.name != "metrics":
        return markdown
    return markdown.replace(MARK, facts_table([METRICS[name] for name in metrics_of(markdown)]))


def metrics_of(markdown: str) -> list[str]:
    """Return the metrics that a page is of: those that its title names.

    >>> metrics_of("# `density`, `coverage`: shares")
    ['density', 'coverage']
    """
    title = markdown.lstrip().split("\n", 1)[0]
    return [name for name in title.split("`")[1::2] if name in METRICS]


def facts_table(metrics: list[Metric]) -> str:
    """Return a table with a column for each metric."""
    rows = (
        ("range", [f"{bound(metric.low)} to {bound(metric.high)}" for metric in metrics]),
        ("better", ["lower" if metric.lower_is_better else "higher" for metric in metrics]),
        ("reads", [reads(metric) for metric in metrics]),
        ("images a side, at least", [str(metric.least) for metric in metrics]),
        ("interval", [INTERVALS[metric.interval] for metric in metrics]),
    )
    head = "| | " + " | ".join(f"`{metric.name}`" for metric in metrics) + " |"
    lines = [head, "|---|" + "---|" * len(metrics), *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows)]
    return "\n".join(lines)


def bound(value: float) -> str:
    """Return the end of a range in words where it has none."""
    if math.isinf(value):
        return "no end" if value > 0 else "below 0 by chance"
    return f"{value:g}"


def reads(metric: Metric) -> str:
    """Return what a metric reads, of which side."""
    needs = ", ".join(sorted(metric.fake))
    return needs if metric.real else f"{needs} of the fakes alone"
