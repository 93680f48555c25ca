"""Curves of a run, where matplotlib is installed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from reference_models.drawing import can_draw, new_figure, shown_name
from reference_models.recording import grids
from reference_models.recording.records import EVENTS, SCORES, read_events, read_scores

PLOTS = "plots"
GENERATOR, DISCRIMINATOR = "tab:blue", "tab:orange"
_MISSING = "curves are not drawn: that needs matplotlib (pip install 'ganmetrics[models]')"


def draw_all(directory: Path, *, size: int, said: Callable[[str], object]) -> None:
    """Draw the evolution of the fixed noise, and the curves of distance, losses and learning rates, into ``plots/``.

    Args:
        directory: of the run.
        size: height and width of its images.
        said: told, once a process, where matplotlib is missing.
    """
    grids.write_image(directory / PLOTS / "evolution.png", grids.evolution(directory, size=size))
    if not can_draw():
        if not _told:
            said(_MISSING)
            _told.append(True)
        return
    scores, events = read_scores(directory / SCORES), read_events(directory / EVENTS)
    losses = [event for event in events if event["kind"] == "losses"]
    draw_scores({directory.name: scores}, directory / PLOTS / "fid.png")
    if losses:
        draw_losses({directory.name: losses}, directory / PLOTS / "losses.png")
        draw_rates(losses, directory / PLOTS / "learning_rates.png")


_told: list[bool] = []


def draw_scores(runs: dict[str, list[dict[str, Any]]], path: Path, *, title: str = "") -> None:
    """Draw the distance of one or more runs over the epochs and over the seconds of training, scoring left out.

    Args:
        runs: name to rows of its ``metrics.csv``.
        path: of the picture.
        title: of both panels; empty for what was measured.
    """
    with new_figure(path, _size(2)) as figure:
        by_epoch, by_time = figure.subplots(1, 2)
        for name, rows in runs.items():
            first = [row for row in rows if row["metric"] == rows[0]["metric"]]
            values = [row["value"] for row in first]
            by_epoch.plot([row["epoch"] for row in first], values, marker="o", label=shown_name(name))
            by_time.plot(
                [row["wall_seconds"] - row["scoring_seconds"] for row in first],
                values,
                marker="o",
                label=shown_name(name),
            )
            intervals = [row for row in first if row["low"] is not None and row["high"] is not None]
            if intervals:
                low, high = [row["low"] for row in intervals], [row["high"] for row in intervals]
                by_epoch.fill_between([row["epoch"] for row in intervals], low, high, alpha=0.2)
        metric = next((rows[0]["metric"] for rows in runs.values() if rows), "distance")
        counts = {row["count"] for rows in runs.values() for row in rows}
        last = [f"{rows[-1]['value']:.4g}" for rows in runs.values() if rows]
        measured = f"{metric}, {'/'.join(f'{count:,}' for count in sorted(counts))} images" + (
            f"; last {last[0]}" if len(last) == 1 else ""
        )
        for axes, label in ((by_epoch, "epoch"), (by_time, "seconds of training")):
            axes.set(
                xlabel=label, ylabel=f"{shown_name(metric)} (lower is better)", title=shown_name(title or measured)
            )
            axes.set_ylim(bottom=0)
        # Below both panels: inside it would hide a curve that rises again.
        names = by_epoch.get_legend_handles_labels()
        figure.legend(*names, loc="outside lower center", ncols=min(len(runs), 5), fontsize="small")


def draw_losses(runs: dict[str, list[dict[str, Any]]], path: Path) -> None:
    """Draw the losses of both networks over the epochs, a panel for each run.

    Args:
        runs: name to events of kind ``losses``.
        path: of the picture.
    """
    with new_figure(path, _size(len(runs))) as figure:
        panels = figure.subplots(1, len(runs), squeeze=False)[0]
        for axes, (name, events) in zip(panels, runs.items(), strict=True):
            epochs = epochs_of(events)
            for key, colour, style, label in (
                ("loss/G", GENERATOR, "-", "generator"),
                ("loss/D", DISCRIMINATOR, "-", "discriminator"),
                ("loss/D_real", DISCRIMINATOR, ":", "discriminator, real"),
                ("loss/D_fake", DISCRIMINATOR, "--", "discriminator, fake"),
            ):
                points = [(epoch, event[key]) for epoch, event in zip(epochs, events, strict=True) if key in event]
                if points:
                    axes.plot(*zip(*points, strict=True), color=colour, linestyle=style, label=label, linewidth=1)
            axes.set(xlabel="epoch", ylabel="loss", title=shown_name(name))
            axes.legend()


def draw_rates(events: list[dict[str, Any]], path: Path) -> None:
    """Draw both learning rates over the epochs."""
    with new_figure(path, _size(1)) as figure:
        axes = figure.subplots()
        epochs = epochs_of(events)
        axes.plot(epochs, [event["lr/G"] for event in events], color=GENERATOR, label="generator")
        axes.plot(
            epochs, [event["lr/D"] for event in events], color=DISCRIMINATOR, linestyle="--", label="discriminator"
        )
        axes.set(xlabel="epoch", ylabel="learning rate", title="learning rates")
        axes.set_ylim(bottom=0)
        axes.legend()


def epochs_of(events: list[dict[str, Any]]) -> list[float]:
    """Return where events lie on an axis of epochs, between whole ones too.

    >>> epochs_of([{"epoch": 0, "step": 5}, {"epoch": 1, "step": 10}, {"epoch": 1, "step": 15}])
    [0.5, 1.0, 1.5]
    """
    whole = [event["step"] / event["epoch"] for event in events if event["epoch"]]
    # Whole epochs are rounded down, so the smallest quotient is nearest to the steps of one.
    steps = min(whole, default=max((event["step"] for event in events), default=1))
    return [event["step"] / steps for event in events]


def late_unrest(events: list[dict[str, Any]], *, share: float = 0.2) -> float:
    """Return the standard deviation of the generator's loss over the last share of a run: how unstable it ended."""
    losses = [event["loss/G"] for event in events if "loss/G" in event]
    late = losses[-max(int(len(losses) * share), 2) :]
    mean = sum(late) / len(late)
    return float((sum((loss - mean) ** 2 for loss in late) / (len(late) - 1)) ** 0.5)


def _size(panels: int) -> tuple[float, float]:
    return 5.5 * panels, 4
