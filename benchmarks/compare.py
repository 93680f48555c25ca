"""How often `compare` calls one of two samples of the same generator better, and how often its intervals are right.

    python benchmarks/compare.py --dimension 16 --repetitions 400

draws real images and two generators' from known populations and prints a Markdown table: *null*, both generators are
one; *apart*, the second is better. With ``--features FILE.npy`` (features of one set of real images, [n, d]) null is
drawn by splitting these at random instead. Every draw is seeded by its number.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from coverage import DISTRIBUTIONS, Population, populations

from ganmetrics import (
    Difference,
    frechet_difference,
    frechet_distance,
    kernel_difference,
    precision_recall_difference,
)

Array = np.ndarray
Sets = tuple[Array, Array, Array]
LEVEL = 0.05
RATIOS = ("1.5:1.5:1.5", "4:4:4", "4:4:1.5", "16:4:4", "0.75:0.75:0.75")
METRICS = ("fid", "kid", "precision", "recall")


@dataclass(frozen=True)
class Tally:
    """What many draws of one design gave for one metric."""

    differences: list[Difference]
    truth: float | None

    def row(self) -> str:
        """Return rejections, spread, width, coverage and rejections by the interval, as cells of a Markdown row."""
        rejected = np.mean([found.p_value <= LEVEL for found in self.differences])
        values = np.array([found.value for found in self.differences])
        ends = [(found.low, found.high) for found in self.differences if found.low is not None]
        cells = [f"{rejected:.3f}", f"{values.mean():.4f}", f"{values.std(ddof=1):.4f}"]
        if len(ends) < len(values):
            return " | ".join([*cells, "-", "-", "-"])
        low, high = np.array(ends).T
        # Where the truth is not known, that of the mean: what the interval says of the spread alone.
        truth = values.mean() if self.truth is None else self.truth
        called = np.mean([found.better(lower_is_better=True, level=LEVEL) is not None for found in self.differences])
        width = (high - low).mean() / 2 / 1.96 / values.std(ddof=1)
        return " | ".join([*cells, f"{width:.2f}", f"{np.mean((low <= truth) & (truth <= high)):.3f}", f"{called:.3f}"])


def measure(sets: Iterator[Sets], permutations: int, seed: int = 0) -> dict[str, list[Difference]]:
    """Return every metric's differences over draws."""
    found: dict[str, list[Difference]] = {name: [] for name in METRICS}
    for real, first, second in sets:
        options = {"permutations": permutations, "seed": seed}
        found["fid"].append(frechet_difference(real, first, second, **options))
        found["kid"].append(kernel_difference(real, first, second, **options))
        both = precision_recall_difference(real, first, second, **options)
        found["precision"].append(both.precision)
        found["recall"].append(both.recall)
    return found


def drawn(
    sides: tuple[Population, Population, Population],
    counts: tuple[int, int, int],
    distribution: Callable[[np.random.Generator, int, int], Array],
    repetitions: int,
) -> Iterator[Sets]:
    """Yield real images and both generators'."""
    for repetition in range(repetitions):
        rng = np.random.default_rng([repetition, *counts])
        real, first, second = (
            side.mean + distribution(rng, count, len(side.mean)) @ side.root
            for side, count in zip(sides, counts, strict=True)
        )
        yield real, first, second


def split(features: Array, counts: tuple[int, int, int], repetitions: int) -> Iterator[Sets]:
    """Yield three disjoint parts of a set, drawn at random."""
    for repetition in range(repetitions):
        order = np.random.default_rng([repetition, *counts]).permutation(len(features))
        ends = np.cumsum([0, *counts])
        real, first, second = (features[np.sort(order[ends[i] : ends[i + 1]])] for i in range(3))
        yield real, first, second


def show(label: str, ratio: str, found: dict[str, list[Difference]], truth: float | None) -> None:
    """Print a row a metric; the populations' distance is known for the first only."""
    for name in METRICS:
        known = truth if name == "fid" or truth == 0.0 else None
        print(f"| {label} | {ratio} | {name} | {Tally(found[name], known).row()} |", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dimension", type=int, default=16)
    parser.add_argument("--ratios", nargs="+", default=RATIOS, help="images a feature: real:first:second")
    parser.add_argument("--distributions", nargs="+", choices=DISTRIBUTIONS, default=["Gaussian", "heavy tails"])
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--permutations", type=int, default=199)
    parser.add_argument("--features", help="features [n, d] in .npy: split these instead")
    parser.add_argument("--counts", type=int, nargs=3, default=(2000, 2000, 2000), help="images, with --features")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print("| data | n/d | metric | rejects | mean | sd | width | covers | called better |")
    print("|---|---|---|---|---|---|---|---|---|")
    if options.features is not None:
        counts = tuple(options.counts)
        parts = split(np.load(options.features), counts, options.repetitions)
        show("split", ":".join(map(str, counts)), measure(parts, options.permutations), 0.0)
        return
    real, worse = populations(options.dimension, 0.25)
    _, better = populations(options.dimension, 0.15)
    for name in options.distributions:
        for ratio in options.ratios:
            counts = tuple(round(float(part) * options.dimension) for part in ratio.split(":"))
            for case, second in (("null", worse), ("apart", better)):
                sides = (real, worse, second)
                truth = frechet_distance(real.exact(), worse.exact()) - frechet_distance(real.exact(), second.exact())
                sets = drawn(sides, counts, DISTRIBUTIONS[name], options.repetitions)
                show(f"{name}, {case}", ratio, measure(sets, options.permutations), truth)


if __name__ == "__main__":
    main()
