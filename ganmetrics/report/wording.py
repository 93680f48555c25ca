"""Numbers and what belongs to them, in words: rounding, counts, what is in brackets."""

import math
from collections.abc import Sequence

from ganmetrics.report.score import Refusal, Score

_Line = Score | Refusal
_FOUR = 4


def meaning(lines: Sequence[_Line]) -> list[str]:
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


def _counted(count: int | None) -> str:
    return "of unknown count" if count is None else f"{count:,}"
