"""Scores as a row of a table: LaTeX and Markdown."""

import math
import re
from collections.abc import Callable, Mapping, Sequence

from ganmetrics.report.score import Refusal, Score

Line = Score | Refusal
_FOUR = 4
_ESCAPED = re.compile(r"([&%$#_{}~^\\])")
_SPECIAL = {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}


def markdown_table(rows: Mapping[str, Sequence[Line]]) -> str:
    """Return a table of Markdown: a row for each generator, a column for each score, arrows to where it is better.

    Args:
        rows: the scores of each generator, by what it is called.

    >>> score = Score("fid", 12.5, corrected=12.3, low=12.1, high=12.52, confidence=0.95)
    >>> print(markdown_table({"mine": [score]}))
    | | fid ↓ |
    |---|---|
    | mine | 12.50 (12.30, 12.10 to 12.52) |
    """
    columns = _columns(rows)
    lines = [
        f"| | {' | '.join(f'{_plain(name)} {arrow}'.rstrip() for name, arrow in columns.items())} |",
        f"|---|{'---|' * len(columns)}",
    ]
    for name, scores in rows.items():
        cells = _cells(scores, columns, _text_cell, "-")
        lines.append(f"| {_plain(name)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def latex_table(rows: Mapping[str, Sequence[Line]]) -> str:
    r"""Return the same as a LaTeX tabular for the package booktabs; what it means stands above as a comment.

    >>> score = Score("fid", 12.5, corrected=12.3, low=12.1, high=12.52, confidence=0.95)
    >>> print(latex_table({"mine_2": [score]}).splitlines()[-3])
    mine\_2 & 12.50 {\scriptsize (12.30, 12.10 to 12.52)} \\
    """
    columns = _columns(rows)
    arrows = {"↓": r" $\downarrow$", "↑": r" $\uparrow$", "": ""}
    heads = " & ".join(f"{_escaped(name)}{arrows[arrow]}" for name, arrow in columns.items())
    comments = [f"% {line}" for line in meaning(next(iter(rows.values()), ()))]
    body = [
        f"{_escaped(name)} & {' & '.join(_cells(scores, columns, _latex_cell, '--'))} \\\\"
        for name, scores in rows.items()
    ]
    return "\n".join(
        [
            *comments,
            f"\\begin{{tabular}}{{l{'r' * len(columns)}}}",
            "\\toprule",
            f" & {heads} \\\\",
            "\\midrule",
            *body,
            "\\bottomrule",
            "\\end{tabular}",
        ]
    )


def meaning(lines: Sequence[Line]) -> list[str]:
    """Return what a reader of the row must know: counts, extractor, protocol, what is in brackets.

    >>> meaning([Score("fid", 12.5, real_count=50000, fake_count=10000, extractor="inception-v3", protocol="ttur")])
    ['inception-v3/ttur; real 50,000, fake 10,000']
    """
    scores = [line for line in lines if isinstance(line, Score)]
    found = []
    for score in scores:
        real, fake = (_counted(count) for count in (score.real_count, score.fake_count))
        side = f"fake {fake}" if score.one_sided else f"real {real}, fake {fake}"
        found.append(f"{score.extractor}/{score.protocol}; {side}")
    sure = sorted({score.confidence for score in scores if score.confidence is not None})
    if sure:
        share = ", ".join(f"{100 * one:g} %" for one in sure)
        found.append(
            f"in brackets: the value corrected for the counts, where there is one, and its {share} interval; "
            "else the interval at these counts"
        )
    return list(dict.fromkeys(found))


def rounded(value: float, half_width: float | None = None) -> str:
    """Return a number with as many decimals as its interval warrants: two figures of its half-width; else four figures.

    >>> rounded(12.3456), rounded(12.3456, 0.211), rounded(12345.6, 250.0), rounded(0.0)
    ('12.35', '12.35', '12346', '0.000')
    """
    if not math.isfinite(value):
        return f"{value}"
    scale, figures = (abs(value), _FOUR) if not half_width or not math.isfinite(half_width) else (half_width, 2)
    decimals = figures - 1 - (math.floor(math.log10(scale)) if scale > 0 else 0)
    return f"{value:.{min(max(decimals, 0), 12)}f}"


def _columns(rows: Mapping[str, Sequence[Line]]) -> dict[str, str]:
    """Return each score's name and an arrow to where it is better; none where no generator has one."""
    columns: dict[str, str] = {}
    for scores in rows.values():
        for line in scores:
            arrow = ("↓" if line.lower_is_better else "↑") if isinstance(line, Score) else ""
            columns[line.name] = columns.get(line.name) or arrow
    return columns


def _cells(scores: Sequence[Line], columns: Mapping[str, str], cell: Callable[[Score], str], missing: str) -> list[str]:
    found = {line.name: line for line in scores if isinstance(line, Score)}
    return [cell(found[name]) if name in found else missing for name in columns]


def _text_cell(score: Score) -> str:
    return " ".join(filter(None, _parts(score)))


def _latex_cell(score: Score) -> str:
    value, sure = _parts(score)
    return f"{value} {{\\scriptsize {_escaped(sure)}}}" if sure else value


def _parts(score: Score) -> tuple[str, str]:
    """Return the value and, in brackets, how sure it is."""
    if score.low is None or score.high is None:
        return rounded(score.value), "" if score.std is None else f"± {rounded(score.std)}"
    half = (score.high - score.low) / 2
    value, low, high = (rounded(number, half) for number in (score.value, score.low, score.high))
    corrected = "" if score.corrected is None or score.at_counts else f"{rounded(score.corrected, half)}, "
    return value, f"({corrected}{low} to {high})"


def _counted(count: int | None) -> str:
    return "of unknown count" if count is None else f"{count:,}"


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _SPECIAL.get(found[1], f"\\{found[1]}"), text).replace("±", "$\\pm$")
