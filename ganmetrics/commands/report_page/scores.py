"""The scores: one generator's in full, several side by side, and what differs beyond chance."""

from ganmetrics.commands.report_page.material import Material, ReportedGenerator
from ganmetrics.pages import Grid, Hidden, Section
from ganmetrics.pages.document import PageBlock
from ganmetrics.pages.numbers import NOTHING, decimals_for, shown_alike, shown_number
from ganmetrics.report import Refusal, Score
from ganmetrics.scoring.floor import FLOOR_SUFFIX

REFUSED = "not scored"


def scores_section(material: Material) -> Section:
    """Return the tables."""
    if len(material.generators) == 1:
        return Section("Scores", (_in_full(material, material.generators[0]),))
    blocks: list[PageBlock] = [_side_by_side(material)]
    if material.ranking.contrasts:
        blocks.append(Hidden("Every difference, with interval and p-value", (_contrasts(material),)))
    blocks.append(Hidden("Each generator in full", tuple(_in_full(material, one) for one in material.generators)))
    return Section("Scores", tuple(blocks))


def floor_of(generator: ReportedGenerator, name: str) -> Score | None:
    """Return the score of one half of the real images against the other."""
    return generator.report.get(f"{name}{FLOOR_SUFFIX}")


def interval_text(score: Score, decimals: int) -> str:
    """Return both ends of an interval; a dash without one.

    >>> interval_text(Score("fid", 1.0, low=-0.5, high=2.0), 2)
    '−0.50 to 2.00'
    """
    if score.low is None or score.high is None:
        return NOTHING
    return f"{shown_number(score.low, decimals)} to {shown_number(score.high, decimals)}"


def _lines(material: Material, generator: ReportedGenerator) -> list[Score | Refusal]:
    """Return what the generator was asked for; what real images get stands beside it."""
    shared = set(material.ranking.shared)
    return [line for line in generator.report.lines if line.name not in shared and not line.name.endswith(FLOOR_SUFFIX)]


def _in_full(material: Material, generator: ReportedGenerator) -> Grid:
    rows = [_row(generator, line) for line in _lines(material, generator)]
    first = next(iter(generator.report.values()))
    confidence = next((score.confidence for score in generator.report.values() if score.confidence is not None), None)
    level = "interval" if confidence is None else f"{100 * confidence:.6g} % interval"
    columns = ("metric", "better", "value", "corrected", level, "floor", "ratio")
    counts = f"{first.real_count or 0:,} real and {first.fake_count or 0:,} generated images"
    note = (
        "Value is the number that papers print; corrected does not depend on the number of images. Floor is the value "
        "of one half of the real images against the other, at half their number; ratio is value over floor."
    )
    numeric = (False, False, True, True, True, True, True)
    return Grid(f"{generator.name}: {counts}", columns, tuple(rows), note, numeric)


def _row(generator: ReportedGenerator, line: Score | Refusal) -> tuple[str, ...]:
    if isinstance(line, Refusal):
        return (line.name, NOTHING, REFUSED, NOTHING, NOTHING, NOTHING, NOTHING)
    floor = floor_of(generator, line.name)
    decimals = decimals_for([line.value])
    interval = interval_text(line, decimals)
    ratio = NOTHING if floor is None or floor.value <= 0 else shown_alike([line.value / floor.value], significant=3)[0]
    value = shown_number(line.value, decimals)
    # All subsets are one where there are as many images in each as there are.
    spread = f" ± {shown_number(line.std, decimals)}" if line.std is not None and line.std > 0 else ""
    return (
        line.name,
        "lower" if line.lower_is_better else "higher",
        value + spread,
        shown_number(line.corrected, decimals),
        interval,
        NOTHING if floor is None else shown_number(floor.value, decimals),
        ratio,
    )


def _side_by_side(material: Material) -> Grid:
    names = [generator.name for generator in material.generators]
    floor = any(floor_of(material.generators[0], name) is not None for name in material.ranking.metrics)
    columns = ("metric", *names, *(("floor",) if floor else ()), "better beyond chance")
    rows = tuple(_compared(material, metric, floor=floor) for metric in material.ranking.metrics)
    note = (
        "Corrected values where there are any, plain ones elsewhere, with their intervals. The last column names the "
        "best generator and those that it beats; p-values have Holm's correction for the number of pairs."
    )
    numeric = (False, *(True for _ in columns[1:-1]), False)
    return Grid("All generators against the same real images", columns, rows, note, numeric)


def _compared(material: Material, metric: str, *, floor: bool) -> tuple[str, ...]:
    cells = [f"{metric} {_direction(material, metric)}"]
    for generator in material.generators:
        score = generator.report.get(metric)
        if score is None:
            cells.append(REFUSED)
            continue
        number = score.value if score.corrected is None else score.corrected
        decimals = decimals_for([number])
        interval = f" ({interval_text(score, decimals)})" if score.low is not None else ""
        cells.append(f"{shown_number(number, decimals)}{interval}")
    if floor:
        of_real = floor_of(material.generators[0], metric)
        cells.append(NOTHING if of_real is None else shown_alike([of_real.value])[0])
    order = material.ranking.order(metric)
    beaten = material.ranking.beaten_by(metric, order[0]) if order else []
    tested = any(one.metric == metric for one in material.ranking.contrasts)
    verdict = f"{order[0]} than {', '.join(beaten)}" if beaten else "undecided" if tested else "not tested"
    return (*cells, verdict)


def _direction(material: Material, metric: str) -> str:
    for generator in material.generators:
        if metric in generator.report:
            return "↓" if generator.report[metric].lower_is_better else "↑"
    return ""


def _contrasts(material: Material) -> Grid:
    columns = ("metric", "first", "second", "first less second", "interval", "p-value", "p, Holm", "better")
    rows = []
    for one in material.ranking.contrasts:
        decimals = decimals_for([one.value, one.low, one.high])
        ends = NOTHING
        if one.low is not None and one.high is not None:
            ends = f"{shown_number(one.low, decimals)} to {shown_number(one.high, decimals)}"
        values = (shown_number(one.value, decimals), ends, f"{one.p_value:.3g}", f"{one.adjusted:.3g}")
        rows.append((one.metric, one.first, one.second, *values, one.better or "undecided"))
    numeric = (False, False, False, True, True, True, True, False)
    return Grid("Differences of every pair", columns, tuple(rows), numeric=numeric)
