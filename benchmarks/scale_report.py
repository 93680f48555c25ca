"""What the rows of `scale.py` say: tables, plots, and the arithmetic that carries them to many images and GPUs."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch

DIMENSION = 2048
TRAVELLING = DIMENSION * (DIMENSION + 1) // 2 * 8 + DIMENSION * DIMENSION * 4
"""Bytes of one side's moments, a triangle of float64, and of the images that are kept, one a feature in float32."""
DIGEST = 40
"""Bytes that travel for each image: its SHA-256, pickled."""
NETWORK = 1.25e9
"""Assumed bytes a second between hosts: 10 Gbit/s."""
GPU_RATE = 2000.0
"""Assumed images a second of the network on one GPU."""
CORES = 8
"""Assumed cores beside each GPU."""
IMAGES = 1_000_000
"""Images a side that the figures are carried to."""

STAGES = {
    "listing": "listing files",
    "looking": "hashing and audit",
    "decoding": "waiting for images",
    "network": "network",
    "moments": "moments",
    "joining": "joining processes",
    "scores": "scores",
}
"""Column to stage of `--timing`."""
SHARED = ("looking", "decoding", "network", "moments")
"""The stages that processes divide among them."""


@dataclass(frozen=True)
class Row:
    """One job: what it was of, seconds of wall and processor, MB of its largest process, and seconds by stage."""

    series: str
    count: int
    size: int
    processes: int
    wall: float
    processor: float
    memory: float
    value: float
    listing: float
    looking: float
    decoding: float
    network: float
    moments: float
    joining: float
    scores: float

    @classmethod
    def of(cls, *, stages: Mapping[str, float], **measured: Any) -> "Row":  # noqa: ANN401
        """Return a row with its stages by column."""
        return cls(**measured, **{column: stages.get(name, 0.0) for column, name in STAGES.items()})

    @classmethod
    def parse(cls, line: Mapping[str, str]) -> "Row":
        """Return the row of a line of the CSV file."""
        return cls(**{field.name: field.type(line[field.name]) for field in fields(cls)})  # type: ignore[operator]

    @property
    def start(self) -> float:
        """What is in no stage: the launcher, Python, importing torch, the end."""
        return self.wall - sum(getattr(self, column) for column in STAGES)


@dataclass(frozen=True)
class Model:
    """Seconds of a job of n images a side on P processes, from rows of one process; only `joining` needs two.

    T(n, P) = start + scores + 2 n (listing + shared / P) + joining 2 (P - 1) / P: a ring all-reduce sends that many
    times its bytes from each process.

    Attributes:
        start: seconds outside all stages, and what the first images cost more.
        scores: seconds of the distance and its interval once there are more images than features.
        listing: seconds an image that every process spends.
        shared: seconds an image by stage, which processes divide.
        joining: seconds of two processes' waiting and traffic.
        memory: MB of a process without images, and MB an image.
    """

    start: float
    scores: float
    listing: float
    shared: dict[str, float]
    joining: float
    memory: tuple[float, float]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Model":
        """Fit lines through the rows of one process; constants are medians."""
        counted = [row for row in rows if row.series == "count"]
        alone = [row for row in counted if row.processes == 1]
        full = [row for row in alone if row.count > DIMENSION] or [max(alone, key=lambda row: row.count)]
        lines = {column: _line(alone, column) for column in ("listing", *SHARED)}
        return cls(
            start=median(row.start for row in alone) + sum(constant for constant, _ in lines.values()),
            scores=median(row.scores for row in full),
            listing=lines["listing"][1],
            shared={column: lines[column][1] for column in SHARED},
            joining=median(row.joining for row in counted if row.processes == 2),
            # Until a side has more images than features a process holds their rows, which grow.
            memory=_line([row for row in alone if row.count > 2 * DIMENSION] or full[-1:], "memory"),
        )

    def seconds(self, row: Row) -> float:
        """Return what the model expects of a row, given its distance, which costs less for few images."""
        each = self.listing + sum(self.shared.values()) / row.processes
        return self.start + row.scores + 2 * row.count * each + self.joined(row.processes)

    def joined(self, processes: int) -> float:
        """Return the seconds of joining so many processes, over a network as fast as what was measured."""
        return self.joining * 2 * (processes - 1) / processes


def _line(rows: Sequence[Row], column: str) -> tuple[float, float]:
    """Return the constant of a column, and what each image adds: of a straight line, no part of it negative."""
    images, taken = [2.0 * row.count for row in rows], [getattr(row, column) for row in rows]
    if len(rows) < 2:
        return taken[0], 0.0
    slope = max(float(np.polyfit(images, taken, 1)[0]), 0.0)
    return max(float(np.mean(taken)) - slope * float(np.mean(images)), 0.0), slope


def carried(model: Model, photograph: Row, processes: int) -> dict[str, float]:
    """Return the seconds by stage of `IMAGES` photographs a side on so many GPUs, by the assumptions above.

    Hashing, audit and decoding run on all cores beside a GPU, and decoding beside the network; moments are summed on
    one core, in turn with the network.
    """
    share = 2 * IMAGES / processes
    each = {column: getattr(photograph, column) / (2 * photograph.count) for column in ("looking", "decoding")}
    digests = 2 * IMAGES * DIGEST / NETWORK if processes > 1 else 0.0
    return {
        "start-up": model.start,
        "listing": 2 * IMAGES * model.listing,
        "hashing and audit": share * each["looking"] / CORES,
        "decoding, network, moments": share * max(each["decoding"] / CORES, 1 / GPU_RATE + model.shared["moments"]),
        "joining": model.joined(processes) + digests,
        "distance and interval": model.scores,
    }


def report(rows: Sequence[Row]) -> str:
    """Return both tables, the model beside what was measured, and what it says of many images and GPUs."""
    counted, sized = ([row for row in rows if row.series == series] for series in ("count", "size"))
    model = Model.of(rows)
    return "\n".join(
        [
            f"{platform.machine()}, one core a process; Python {platform.python_version()}; torch {torch.__version__}.",
            "",
            *_counts(counted, model),
            "",
            *_sizes(sized),
            "",
            *_arithmetic(model, max(sized, key=lambda row: row.size), counted),
        ]
    )


def _counts(rows: Sequence[Row], model: Model) -> list[str]:
    lines = [
        "| images a side | processes | wall, s | by the model, s | processor, s | images/s between start and scores "
        "| joining, s | distance, s | peak of a process, MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: (row.processes, row.count)):
        rate = 2 * row.count / (row.wall - row.start - row.scores)
        lines.append(
            f"| {row.count:,} | {row.processes} | {row.wall:.1f} | {model.seconds(row):.1f} | {row.processor:.1f} "
            f"| {rate:.0f} | {row.joining:.1f} | {row.scores:.1f} | {row.memory:.0f} |"
        )
    return lines


def _sizes(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| pixels a side | hashing and audit, ms an image | decoding and resizing to 299 | images/s of a core, both "
        "| peak, MB |",
        "|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: row.size):
        taken = [1000 * seconds / (2 * row.count) for seconds in (row.looking, row.decoding)]
        lines.append(
            f"| {row.size} | {' | '.join(f'{ms:.2f}' for ms in taken)} | {1000 / sum(taken):.0f} | {row.memory:.0f} |"
        )
    return lines


def _arithmetic(model: Model, photograph: Row, counted: Sequence[Row]) -> list[str]:
    counts = (1, 8, 64)
    parts = {processes: carried(model, photograph, processes) for processes in counts}
    names = {"looking": STAGES["looking"]}
    shared = ", ".join(f"{names.get(column, column)} {1000 * each:.3f}" for column, each in model.shared.items())
    off = [100 * abs(model.seconds(row) / row.wall - 1) for row in counted if row.processes == 2]
    base, growth = model.memory
    features = IMAGES * DIMENSION * 4
    needed = photograph.decoding / (2 * photograph.count) / (1 / GPU_RATE + model.shared["moments"])
    return [
        "**The model.** seconds(n images a side, P processes) = start-up + distance + 2 n (listing + shared / P) + "
        f"2 (P - 1) / P joining. Start-up {model.start:.1f} s; distance and interval {model.scores:.1f} s; listing "
        f"{1000 * model.listing:.4f} ms an image; shared, in ms an image: {shared}; joining {model.joining:.1f} s. All "
        f"but joining are fitted to the rows of one process; those of two are then off by {median(off):.0f} % in the "
        f"median, {max(off):.0f} % at most. A process holds {base:.0f} MB and {1e6 * growth:.0f} bytes for each image.",
        "",
        f"**{IMAGES:,} photographs a side of {photograph.size}x{photograph.size}.** Assumed, not measured: a network "
        f"at {GPU_RATE:,.0f} images/s a GPU, {CORES} cores beside each at the speed of this one, hosts that exchange "
        f"{2 * TRAVELLING / model.joining / 1e9:.2f} GB/s or more (what two processes here reach), storage that keeps "
        "up. Minutes:",
        "",
        "| GPUs | " + " | ".join(parts[1]) + " | all |",
        "|---|" + "---|" * (len(parts[1]) + 1),
        *(
            f"| {processes} | "
            + " | ".join(f"{seconds / 60:.2f}" for seconds in (*found.values(), sum(found.values())))
            + " |"
            for processes, found in parts.items()
        ),
        "",
        f"A process of 64 sends {2 * TRAVELLING * 2 * 63 / 64 / 1e6:.0f} MB of moments for both sides, whatever n is, "
        f"and {2 * IMAGES * DIGEST / 1e6:.0f} MB of digests pass round. A metric that reads features sends "
        f"{features / 1e9:.1f} GB a side to the first process: {features / NETWORK:.0f} s at "
        f"10 Gbit/s. A GPU waits for photographs of this size where it has fewer than {needed:.0f} cores. A process "
        f"holds {(base + 2 * IMAGES * growth) / 1000:.1f} GB.",
    ]


def save_plots(rows: Sequence[Row], folder: Path) -> None:
    """Draw time and memory by count, and an image's time by size."""
    figures = import_module("matplotlib.figure")
    counted, sized = ([row for row in rows if row.series == series] for series in ("count", "size"))
    _plot_counts(figures.Figure(figsize=(9, 3.6), layout="constrained"), counted, Model.of(rows), folder)
    _plot_sizes(figures.Figure(figsize=(9, 3.6), layout="constrained"), sized, folder)


def _plot_counts(figure: Any, rows: Sequence[Row], model: Model, folder: Path) -> None:  # noqa: ANN401
    time, memory = figure.subplots(1, 2)
    for processes, colour in ((1, "C0"), (2, "C1")):
        chosen = sorted((row for row in rows if row.processes == processes), key=lambda row: row.count)
        counts = [row.count for row in chosen]
        label = f"{processes} process{'es' if processes > 1 else ''}"
        time.plot(counts, [row.wall for row in chosen], "o", color=colour, label=label)
        time.plot(counts, [model.seconds(row) for row in chosen], color=colour, linewidth=1, label=f"{label}, model")
        memory.plot(counts, [row.memory for row in chosen], "o-", color=colour, label=label)
    time.set(xscale="log", yscale="log", xlabel="images a side", ylabel="seconds", title="the whole job")
    time.yaxis.set_major_formatter("{x:g}")
    memory.set(xscale="log", xlabel="images a side", ylabel="MB", title="peak of the largest process")
    memory.set_ylim(bottom=0)
    counts = sorted({row.count for row in rows})
    for panel in (time, memory):
        panel.set_xticks(counts, [f"{count / 1000:g}k" for count in counts])
        panel.minorticks_off()
        panel.legend(frameon=False)
        panel.grid(alpha=0.3)
    figure.savefig(folder / "scale-count.png", dpi=110)


def _plot_sizes(figure: Any, rows: Sequence[Row], folder: Path) -> None:  # noqa: ANN401
    time, rate = figure.subplots(1, 2)
    chosen = sorted(rows, key=lambda row: row.size)
    places = np.arange(len(chosen))
    below = np.zeros(len(chosen))
    for column, label in (("looking", "hashing and audit"), ("decoding", "decoding, resizing to 299")):
        taken = np.array([1000 * getattr(row, column) / (2 * row.count) for row in chosen])
        time.bar(places, taken, bottom=below, label=label)
        below += taken
    rate.plot(places, 1000 / below, "o-")
    time.set(xlabel="pixels a side", ylabel="ms an image, one core", title="before the network")
    rate.set(xlabel="pixels a side", ylabel="images/s of one core", title="what a core can feed")
    rate.set_ylim(bottom=0)
    time.legend(frameon=False, loc="upper left")
    for panel in (time, rate):
        panel.set_xticks(places, [str(row.size) for row in chosen])
        panel.grid(axis="y", alpha=0.3)
    figure.savefig(folder / "scale-size.png", dpi=110)
