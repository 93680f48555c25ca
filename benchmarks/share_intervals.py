"""How often the intervals of shares, of the Inception Score and of CMMD's discrepancy cover what they are of.

    python benchmarks/share_intervals.py                    # 200 repetitions of every cell: half an hour on one core
    python benchmarks/share_intervals.py --repetitions 50 --counts 100:100

Shares and the Inception Score depend on the numbers of images: their truth is the mean of the value over as many
further draws of the same numbers; the discrepancy's is the mean of its unbiased estimate over those. Every draw is
seeded by its number. Scores are those of `ganmetrics.evaluate`: an image is the number of a row, and its features are
planted there.
"""

import argparse
import os
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from ganmetrics import ExtractorSpec, Outputs, Report, evaluate

Array = np.ndarray
COUNTS = ("100:100", "300:300", "1000:1000", "1000:200", "200:1000")
CLUSTERS = 10
STUDY = 7
K = 3
SIDES = {"near": (0.9, 0.1), "far": (1.4, 0.5)}
"""Scale and shift of the fakes: alike, and so that few of them are inside and few real images covered."""
CONFIDENCE = 0.95
BANDWIDTH = 10.0
"""Of CMMD's kernel."""
NEIGHBOURS = ("precision", "recall", "density", "coverage", "authenticity")
LEVELS = 256


class Interval(NamedTuple):
    """An estimate and the ends of its interval."""

    value: float
    low: float
    high: float


def gaussian(rng: np.random.Generator, count: int, dimension: int) -> Array:
    """Return white Gaussian features."""
    return rng.standard_normal((count, dimension))


def heavy_tails(rng: np.random.Generator, count: int, dimension: int) -> Array:
    """Return white features times a scale for each image."""
    return np.exp(0.5 * rng.standard_normal((count, 1)) - 0.25) * rng.standard_normal((count, dimension))


def clustered(rng: np.random.Generator, count: int, dimension: int) -> Array:
    """Return features in ten clusters three deviations wide of each other's centres, in each direction."""
    centres = 1.8 * np.random.default_rng(0).standard_normal((CLUSTERS, dimension))
    return centres[rng.integers(CLUSTERS, size=count)] + 0.6 * rng.standard_normal((count, dimension))


DATA = {"Gaussian": gaussian, "heavy tails": heavy_tails, "clustered": clustered}


def row_number(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return the number that the three bytes of an image of one pixel are, as float32 [1]."""
    return (image.reshape(3) @ np.array([1, LEVELS, LEVELS**2], np.int64)).reshape(1).astype(np.float32)


class Planted:
    """An extractor whose features and logits are given: an image is the number of a row."""

    def __init__(self, features: Array, logits: Array | None = None) -> None:
        self.features, self.logits = (None if rows is None else torch.from_numpy(rows) for rows in (features, logits))
        self.prepare = row_number
        self.spec = ExtractorSpec(
            name="planted",
            dimension=features.shape[1],
            classes=None if logits is None else logits.shape[1],
            layer="none",
            weights_sha256=None,
            preprocessing="number of a row",
        )

    def __call__(self, batch: torch.Tensor, device: torch.device) -> Outputs:  # noqa: ARG002 - what extractors take
        """Return the rows of the numbers."""
        rows = batch[:, 0].long()
        return Outputs(features=self.features[rows], logits=None if self.logits is None else self.logits[rows])


def scores(
    metrics: tuple[str, ...],
    real: Array,
    fake: Array,
    *,
    logits: Array | None = None,
    labels: list[list[str]] | None = None,
) -> dict[str, Interval]:
    """Return the intervals of features' metrics; logits are those of both sides' images, the real ones first."""
    numbers = np.arange(len(real) + len(fake))
    images = np.stack([numbers // LEVELS**place % LEVELS for place in range(3)], axis=-1).astype(np.uint8)[
        :, None, None
    ]
    real_labels, fake_labels = labels or (None, None)
    report: Report = evaluate(
        images[: len(real)],
        images[len(real) :],
        metrics=metrics,
        extractor=Planted(np.concatenate([real, fake]), logits),
        k=K,
        confidence=CONFIDENCE,
        real_labels=real_labels,
        fake_labels=fake_labels,
        workers=0,
        batch_size=len(numbers),
        device="cpu",
    )
    found = {}
    for name, score in zip(metrics, report.values(), strict=True):
        assert score.low is not None
        assert score.high is not None
        found[name] = Interval(score.value if score.corrected is None else score.corrected, score.low, score.high)
    return found


def of_features(real: Array, fake: Array) -> dict[str, Interval]:
    """Return the intervals of shares and of the discrepancy.

    The kernel's bandwidth is about the distance of two images, as for CLIP's features: the features are scaled to it,
    which no share notices.
    """
    scale = BANDWIDTH / float(np.sqrt(2 * real.shape[1]))
    return scores((*NEIGHBOURS, "mmd"), scale * real, scale * fake)


def of_logits(rng: np.random.Generator, count: int, classes: int, sharpness: float) -> Interval:
    """Return the interval of the Inception Score of classes that are not equally frequent."""
    logits = sharpness * (2 * rng.standard_normal((count, classes)) + np.linspace(-1, 1, classes))
    real, fake = np.zeros((2, 1)), np.zeros((count, 1))  # no metric of logits reads the real images
    return scores(("is",), real, fake, logits=np.concatenate([np.zeros((2, classes)), logits]))["is"]


def of_classes(rng: np.random.Generator, counts: tuple[int, int], dimension: int) -> Interval:
    """Return the interval of class agreement, of ten classes that overlap."""
    centres = 1.2 * np.random.default_rng(1).standard_normal((CLUSTERS, dimension)) * (8 / dimension) ** 0.5
    labels = [[str(row % CLUSTERS) for row in range(count)] for count in counts]
    real, fake = (
        scale * centres[[int(label) for label in side]] + rng.standard_normal((len(side), dimension))
        for side, scale in zip(labels, (1.0, 0.8), strict=True)
    )
    return scores(("class_agreement",), real, fake, labels=labels)["class_agreement"]


class Design(NamedTuple):
    """What is drawn in one cell of the study: the images of both sides, or logits and classes of as many."""

    data: str
    dimension: int
    sides: str
    counts: tuple[int, int]

    def draw(self, number: int) -> dict[str, Interval]:
        """Return the intervals of one draw."""
        rng = np.random.default_rng([STUDY, number, self.dimension, *self.counts])
        if self.data == "logits":
            return {
                "is, 10 classes": of_logits(rng, self.counts[1], 10, 3.0),
                "is, 100 classes": of_logits(rng, self.counts[1], 100, 1.5),
                "class_agreement": of_classes(rng, self.counts, self.dimension),
            }
        scale, shift = SIDES[self.sides]
        real, fake = (DATA[self.data](rng, count, self.dimension) for count in self.counts)
        fake = scale * fake + shift
        return of_features(real, fake)


class Cell(NamedTuple):
    """What the draws gave for one number: its mean, how often that was covered, and how wide for the spread."""

    mean: float
    covered: float
    width: float

    def __str__(self) -> str:
        return f"{self.mean:.3g}: {self.covered:.3f}, {self.width:.2f}"


def measure(design: Design, repetitions: int) -> dict[str, Cell]:
    """Return a cell for each number of a design; the truth is of further draws."""
    drawn = [design.draw(number) for number in range(2 * repetitions)]
    cells = {}
    for name in drawn[0]:
        value, low, high = np.array([each[name] for each in drawn]).T
        truth, spread = value[repetitions:].mean(), value.std(ddof=1)
        low, high = low[:repetitions], high[:repetitions]
        width = (high - low).mean() / (2 * 1.96 * spread) if spread > 0 else float("nan")
        cells[name] = Cell(truth, float(np.mean((low <= truth) & (truth <= high))), width)
    return cells


def designs(counts: list[tuple[int, int]]) -> Iterator[Design]:
    """Yield the cells: alike sides at all counts, sides apart at one of them."""
    for data, dimension in product(DATA, (8, 32)):
        yield from (Design(data, dimension, "near", pair) for pair in counts)
        yield Design(data, dimension, "far", (300, 300))
    yield from (Design("logits", dimension, "near", pair) for dimension in (8, 32) for pair in counts)


def verdict(name: str, cells: list[Cell]) -> str:
    """Return how one metric's intervals did."""
    fine = sum(0.92 <= cell.covered <= 0.98 for cell in cells)
    wide = sum(cell.covered > 0.98 for cell in cells)
    covered, widths = [cell.covered for cell in cells], [cell.width for cell in cells if cell.width > 0]
    return (
        f"| `{name}` | {len(cells)} | {fine} | {wide} | {len(cells) - fine - wide} | {min(covered):.3f} to "
        f"{max(covered):.3f} | {min(widths):.2f} to {max(widths):.2f} |"
    )


def main() -> None:
    """Print a row for each cell, then one for each metric."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--counts", nargs="+", default=COUNTS, help="real:fake")
    options = parser.parse_args()
    os.nice(10)
    torch.set_num_threads(1)
    pairs = [tuple(int(part) for part in text.split(":")) for text in options.counts]
    by_metric: dict[str, list[Cell]] = {}
    print("Each number's mean: share of intervals that cover it, half-width over 1.96 standard deviations.\n")
    for design in designs(pairs):
        found = measure(design, options.repetitions)
        for name, cell in found.items():
            by_metric.setdefault(name, []).append(cell)
        row = "; ".join(f"{name} {cell}" for name, cell in found.items())
        print(f"- {design.data}, d = {design.dimension}, {design.sides}, {design.counts[0]}:{design.counts[1]}. {row}")
    print("\n| metric | cells | cover 92 to 98 % | more | less | covers | width |\n|---|---|---|---|---|---|---|")
    for name, cells in by_metric.items():
        print(verdict(name, cells))


if __name__ == "__main__":
    main()
