"""Numbers as a page shows them: few digits, and those of one row alike."""

import math
from collections.abc import Sequence

Number = float | int
SIGNIFICANT = 4
"""Digits of a score: what four-digit intervals can tell apart."""
MOST_DECIMALS = 6
MINUS = "−"
HUGE = 1e7
"""From here on digits are not counted by eye, and a power of ten is given."""
NOTHING = "–"
"""Shown where there is no number."""


def decimals_for(values: Sequence[Number | None], *, significant: int = SIGNIFICANT) -> int:
    """Return how many decimals give the largest of some numbers so many digits; below 1 one fewer.

    >>> decimals_for([12.3456, 0.01]), decimals_for([0.00123]), decimals_for([0.512]), decimals_for([1234.5])
    (2, 5, 3, 0)
    """
    sizes = [abs(value) for value in values if value is not None and math.isfinite(value) and value != 0]
    if not sizes:
        return 0
    digits = significant if max(sizes) >= 1 else significant - 1
    return min(max(digits - 1 - math.floor(math.log10(max(sizes))), 0), MOST_DECIMALS)


def shown_number(value: Number | None, decimals: int) -> str:
    """Return a number with thousands apart and a true minus.

    >>> shown_number(-1234.5678, 1), shown_number(None, 1), shown_number(math.inf, 1), shown_number(-0.04, 1)
    ('−1,234.6', '–', 'infinite', '0.0')
    """
    if value is None or math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return "infinite" if value > 0 else f"{MINUS}infinite"
    if abs(value) >= HUGE:
        return f"{value:.3e}".replace("e+", "e").replace("-", MINUS)
    text = f"{value:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")
    return text.replace("-", MINUS)


def shown_alike(values: Sequence[Number | None], *, significant: int = SIGNIFICANT) -> list[str]:
    """Return numbers with one number of decimals.

    >>> shown_alike([12.3456, None, 0.5])
    ['12.35', '–', '0.50']
    """
    decimals = decimals_for(values, significant=significant)
    return [shown_number(value, decimals) for value in values]


def shown_tick(value: Number) -> str:
    """Return what stands at a tick of an axis.

    >>> shown_tick(2000), shown_tick(0.25), shown_tick(-5), shown_tick(1.5e-5)
    ('2,000', '0.25', '−5', '1.5e−5')
    >>> shown_tick(math.inf), shown_tick(math.nan)
    ('infinite', '–')
    """
    if not math.isfinite(value):
        return shown_number(value, 0)
    size = abs(value)
    if size and not 1e-3 <= size < 1e7:  # noqa: PLR2004 - beyond, a row of zeros is not read
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{float(mantissa):g}e{int(exponent)}".replace("-", MINUS)
    return f"{value:,.10g}".replace("-", MINUS)
