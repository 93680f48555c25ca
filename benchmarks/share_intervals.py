"""How often the intervals of shares, of the Inception Score and of CMMD's discrepancy cover what they are of.

    python benchmarks/share_intervals.py                    # 200 repetitions of every cell: half an hour on one core
    python benchmarks/share_intervals.py --repetitions 50 --counts 100:100

Shares and the Inception Score depend on the numbers of images: their truth is the mean of the value over as many
further draws of the same numbers; the discrepancy's is the mean of its unbiased estimate over those. Every draw is
seeded by its number.
"""

import argparse
import os
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
import torch

from ganmetrics.core.neighbours.between import of_both
from ganmetrics.metrics.classes.agreement import class_agreement
from ganmetrics.metrics.inception.estimate import inception_score_estimate
from ganmetrics.metrics.kernel.gaussian import maximum_mean_discrepancy_estimate
from ganmetrics.metrics.neighbours.estimate import estimates_from
from ganmetrics.metrics.neighbours.memorisation import authenticity_estimate
from ganmetrics.metrics.neighbours.shares import share_estimate

Array = np.ndarray
COUNTS = ("100:100", "300:300", "1000:1000", "1000:200", "200:1000")
CLUSTERS = 10
STUDY = 7
K = 3
SIDES = {"near": (0.9, 0.1), "far": (1.4, 0.5)}
"""Scale and shift of the fakes: alike, and so that few of them are inside and few real images covered."""
CONFIDENCE = 0.95


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


def of_neighbours(real: Array, fake: Array) -> dict[str, Interval]:
    """Return the intervals that one pass over all distances gives."""
    found = of_both(real, fake, k=K, growth=True)
    estimates = vars(estimates_from(found, CONFIDENCE))
    estimates["authenticity"] = authenticity_estimate(found.real, found.between, CONFIDENCE)
    return {name: Interval(each.value, each.low, each.high) for name, each in estimates.items()}


def of_kernel(real: Array, fake: Array) -> dict[str, Interval]:
    """Return the interval of the discrepancy; the bandwidth is about the distance of two images, as for CLIP's."""
    bandwidth = float(np.sqrt(2 * real.shape[1]))
    found = maximum_mean_discrepancy_estimate(real, fake, bandwidth=bandwidth, confidence=CONFIDENCE)[1]
    return {"mmd": Interval(found.value, found.low, found.high)}


def of_logits(rng: np.random.Generator, count: int, classes: int, sharpness: float) -> Interval:
    """Return the interval of the Inception Score of classes that are not equally frequent."""
    logits = sharpness * (2 * rng.standard_normal((count, classes)) + np.linspace(-1, 1, classes))
    found = inception_score_estimate(logits, confidence=CONFIDENCE)
    assert found.low is not None
    assert found.high is not None
    return Interval(found.value, found.low, found.high)


def of_classes(rng: np.random.Generator, counts: tuple[int, int], dimension: int) -> Interval:
    """Return the interval of class agreement, of ten classes that overlap."""
    centres = 1.2 * np.random.default_rng(1).standard_normal((CLUSTERS, dimension)) * (8 / dimension) ** 0.5
    labels = [[str(row % CLUSTERS) for row in range(count)] for count in counts]
    real, fake = (
        scale * centres[[int(label) for label in side]] + rng.standard_normal((len(side), dimension))
        for side, scale in zip(labels, (1.0, 0.8), strict=True)
    )
    found = class_agreement(real, fake, real_classes=labels[0], fake_classes=labels[1])
    each = share_estimate(round(found.agreement * counts[1]), counts[1], 0.0, CONFIDENCE)
    return Interval(each.value, each.low, each.high)


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
        return of_neighbours(real, fake) | of_kernel(real, fake)


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
