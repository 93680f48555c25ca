"""Scores as other tools read them: Markdown, LaTeX, pandas."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ganmetrics._text import printable
from ganmetrics.optional import require
from ganmetrics.pages.grid import Grid
from ganmetrics.pages.numbers import MINUS, NOTHING, decimals_for, shown_number
from ganmetrics.report.score import JSON_FIELDS, Refusal, Score

if TYPE_CHECKING:
    from ganmetrics.report.report import Report

_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "&%$#_{}"},
}


def to_grid(report: "Report", caption: str = "Scores") -> Grid:
    """Return the scores as a table of a page."""
    columns = ("metric", "value", "corrected", "interval", "real", "fake", "extractor", "better")
    numeric = (False, True, True, True, True, True, False, False)
    return Grid(caption, columns, tuple(_row(line) for line in report.lines), numeric=numeric)


def to_markdown(report: "Report") -> str:
    r"""Return the scores as a Markdown table.

    >>> from ganmetrics.report import Report
    >>> print(to_markdown(Report({"a|b": Score("a|b", 1.5, real_count=4, fake_count=4)})))
    | metric | value | corrected | interval | real | fake | extractor | better |
    |---|---:|---:|---:|---:|---:|---|---|
    | a\|b | 1.500 | – | – | 4 | 4 | – | lower |
    """
    grid = to_grid(report)
    rule = "|".join("---:" if grid.is_numeric(place) else "---" for place in range(len(grid.columns)))
    lines = [_markdown(grid.columns), f"|{rule}|", *(_markdown(row) for row in grid.rows)]
    return "\n".join(lines)


def to_latex(reports: Mapping[str, "Report"]) -> str:
    r"""Return a table for LaTeX with booktabs: a row for each generator, a column for each score and its correction.

    >>> from ganmetrics.report import Report
    >>> fid = Score("fid", 12.34, corrected=10.2, low=9.9, high=10.5, confidence=0.95)
    >>> print(to_latex({"DCGAN": Report({"fid": fid})}))
    \begin{tabular}{lrr}
    \toprule
     & fid $\downarrow$ & fid, corrected $\downarrow$ \\
    \midrule
    DCGAN & $12.34$ & $10.20$ [$9.90$, $10.50$] \\
    \bottomrule
    \end{tabular}
    """
    names = list(dict.fromkeys(name for report in reports.values() for name in report))
    freed = [name for name in names if any(_corrected(report, name) is not None for report in reports.values())]
    heads = [""]
    for name in names:
        arrow = rf"$\{'downarrow' if _lower(reports, name) else 'uparrow'}$"
        heads.append(f"{_latex(name)} {arrow}")
        if name in freed:
            heads.append(f"{_latex(name)}, corrected {arrow}")
    lines = [_latex_row(label, report, names, freed) for label, report in reports.items()]
    return "\n".join(
        [
            rf"\begin{{tabular}}{{l{'r' * (len(heads) - 1)}}}",
            r"\toprule",
            rf"{' & '.join(heads)} \\",
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def to_pandas(report: "Report") -> Any:  # noqa: ANN401 - pandas is optional, and so are its types
    """Return a data frame with a row for each score.

    Raises:
        InputError: pandas is not installed.
    """
    pandas = require("pandas", extra="notebook", user="Report.to_pandas")
    rows = [{**line.to_json(), "reason": getattr(line, "reason", None)} for line in report.lines]
    return pandas.DataFrame(rows, columns=[*JSON_FIELDS, "reason"]).set_index("name")


def _row(line: Score | Refusal) -> tuple[str, ...]:
    if isinstance(line, Refusal):
        return (line.name, "not scored", *[NOTHING] * 6)
    decimals = decimals_for([line.value])
    ends = NOTHING
    if line.low is not None and line.high is not None:
        ends = f"{shown_number(line.low, decimals)} to {shown_number(line.high, decimals)}"
    counts = (NOTHING if count is None else f"{count:,}" for count in (line.real_count, line.fake_count))
    made = f"{line.extractor}/{line.protocol}" if line.extractor else NOTHING
    numbers = (shown_number(number, decimals) for number in (line.value, line.corrected))
    return (line.name, *numbers, ends, *counts, made, "lower" if line.lower_is_better else "higher")


def _markdown(cells: tuple[str, ...]) -> str:
    escaped = (printable(cell).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _latex(text: str) -> str:
    return "".join(_LATEX.get(char, char) for char in printable(text))


def _lower(reports: Mapping[str, "Report"], name: str) -> bool:
    return next(report[name].lower_is_better for report in reports.values() if name in report)


def _corrected(report: "Report", name: str) -> float | None:
    return report[name].corrected if name in report else None


def _latex_row(label: str, report: "Report", names: list[str], freed: list[str]) -> str:
    cells = [_latex(label)]
    for name in names:
        score = report.get(name)
        decimals = 0 if score is None else decimals_for([score.value])
        interval = "" if score is None else _latex_interval(score, decimals)
        value = "--" if score is None else _latex_number(score.value, decimals)
        if name not in freed:
            cells.append(f"{value}{interval}")
            continue
        corrected = "--" if score is None or score.corrected is None else _latex_number(score.corrected, decimals)
        cells += [value, f"{corrected}{interval if corrected != '--' else ''}"]
    return rf"{' & '.join(cells)} \\"


def _latex_interval(score: Score, decimals: int) -> str:
    if score.low is None or score.high is None:
        return ""
    return f" [{_latex_number(score.low, decimals)}, {_latex_number(score.high, decimals)}]"


def _latex_number(value: float, decimals: int) -> str:
    shown = shown_number(value, decimals).replace(MINUS, "-").replace(",", "{,}").replace("infinite", r"\infty")
    return "--" if shown == NOTHING else f"${shown}$"
