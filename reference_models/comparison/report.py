"""``comparison.md``: the runs' distances at the scored epochs, and where each run overtakes the first."""

from reference_models.comparison.curves import Curve, overtakes


def markdown(curves: list[Curve]) -> str:
    """Return both tables, with what the scores were made of below."""
    parts = [_distances(curves)]
    if len(curves) > 1:
        parts.append(_overtaking(curves))
    row = curves[0].rows[0]
    notes = (
        f"`{row['metric']}`, lower is better: {row['count']:,} generated against {row['real_count'] or 0:,} real "
        "images, "
        f"seed{'s' if len({_seed(curve) for curve in curves}) > 1 else ''} "
        f"{', '.join(map(str, sorted({_seed(curve) for curve in curves})))}. Minutes are of training, scoring left out."
    )
    return "\n\n".join([*parts, notes]) + "\n"


def _seed(curve: Curve) -> int:
    return int(curve.rows[0]["seed"])


def _distances(curves: list[Curve]) -> str:
    epochs = sorted({row["epoch"] for curve in curves for row in curve.rows})
    head = ("run", *(f"epoch {epoch}" for epoch in epochs), "best", "minutes an epoch")
    lines = [_line(head), "|" + "---|" * len(head)]
    for curve in curves:
        found = {row["epoch"]: f"{row['value']:.1f}" for row in curve.rows}
        last = curve.rows[-1]["epoch"]
        pace = f"{curve.places('minute')[-1] / last:.2f}" if last else "-"
        best = f"{curve.best['value']:.1f} at {curve.best['epoch']}"
        lines.append(_line((f"`{curve.name}`", *(found.get(epoch, "-") for epoch in epochs), best, pace)))
    return "\n".join(lines)


def _overtaking(curves: list[Curve]) -> str:
    first, *others = curves
    head = (f"stays below `{first.name}`", "from epoch", "from minute of training", "compared up to")
    lines = [_line(head), "|" + "---|" * len(head)]
    for curve in others:
        ends = [min(first.places(axis)[-1], curve.places(axis)[-1]) for axis in ("epoch", "minute")]
        cells = (
            f"`{curve.name}`",
            _place(overtakes(first, curve, "epoch")),
            _place(overtakes(first, curve, "minute")),
            f"epoch {ends[0]:g}, minute {ends[1]:.1f}",
        )
        lines.append(_line(cells))
    return "\n".join(lines)


def _place(found: float | None) -> str:
    return "not by the end" if found is None else f"{found:.1f}"


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
