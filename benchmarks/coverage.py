"""Bias of the Fréchet distance and coverage of its interval, on populations that are known.

    python benchmarks/coverage.py --dimensions 32 128 --repetitions 200

prints one Markdown table for each dimension. Every draw is seeded by its number, so that a table can be made again.
"""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from ganmetrics import Estimate, Moments, frechet_distance, frechet_estimate
from ganmetrics.metrics.frechet_corrected import corrected_distance

Array = np.ndarray
RATIOS = ("0.5", "0.75", "1", "1.25", "1.5", "2", "4", "8", "16", "1.5:4", "2:16", "16:2")
CLUSTERS = 10


@dataclass(frozen=True)
class Population:
    """A mean and a root of the covariance: images are mean + white @ root."""

    mean: Array
    root: Array

    def exact(self) -> Moments:
        """Return the population's moments."""
        return Moments.gaussian(self.mean, self.root.T @ self.root)


def gaussian(rng: np.random.Generator, count: int, dimension: int) -> Array:
    """Return white Gaussian features."""
    return rng.standard_normal((count, dimension))


def scaled(rng: np.random.Generator, count: int, dimension: int, sigma: float) -> Array:
    """Return white features times a scale for each image, exp(N(-sigma^2, sigma^2)): its mean square is 1."""
    scale = np.exp(sigma * rng.standard_normal((count, 1)) - sigma**2)
    return scale * rng.standard_normal((count, dimension))


def clustered(rng: np.random.Generator, count: int, dimension: int) -> Array:
    """Return white features in ten clusters, which have half of the variance in the directions of their centres."""
    centres = np.linalg.qr(np.random.default_rng(0).standard_normal((dimension, CLUSTERS)))[0].T
    centres = math.sqrt(CLUSTERS) * centres
    labels = rng.integers(CLUSTERS, size=count)
    between = centres[labels] - centres.mean(axis=0)
    spread = np.cov(centres.T, ddof=0)
    within = np.linalg.cholesky(np.eye(dimension) - spread / 2)
    return between / math.sqrt(2) + rng.standard_normal((count, dimension)) @ within.T


DISTRIBUTIONS: dict[str, Callable[[np.random.Generator, int, int], Array]] = {
    "Gaussian": gaussian,
    "tails": partial(scaled, sigma=0.25),
    "heavy tails": partial(scaled, sigma=0.5),
    "clustered": clustered,
}


def populations(dimension: int, difference: float) -> tuple[Population, Population]:
    """Return two populations with decaying spectra; `difference` scales what sets them apart, 0 for the same twice."""
    rng = np.random.default_rng(dimension)
    spread = np.arange(1, dimension + 1) ** -0.25
    noise = rng.standard_normal((dimension, dimension)) / math.sqrt(2 * dimension)
    turn = np.eye(dimension) + difference * (noise + noise.T)
    mean = difference * rng.standard_normal(dimension) * math.sqrt(float((spread**2).mean()) / 2)
    return Population(np.zeros(dimension), np.diag(spread)), Population(mean, np.diag(spread) @ turn)


@dataclass(frozen=True)
class Cell:
    """One line of the table: what many draws of one design gave."""

    truth: float
    trace: float
    raw: Array
    estimates: list[Estimate]

    def row(self) -> str:
        """Return the cells of the Markdown row."""
        plain = np.mean([estimate.value for estimate in self.estimates])
        low = np.array([estimate.low for estimate in self.estimates])
        high = np.array([estimate.high for estimate in self.estimates])
        centre = (low + high) / 2 if self.estimates[0].corrected is None else self.corrected()
        spread = centre.std(ddof=1)
        width = float(np.mean(high - low)) / 2 / (1.96 * spread)
        inside = float(np.mean((low <= self.truth) & (self.truth <= high)))
        corrected = f"{centre.mean():.3f}" if self.estimates[0].corrected is not None else "-"
        calibrated = f"{np.mean([estimate.calibrated for estimate in self.estimates]):.2f}"
        figures = f"{self.truth:.3f} | {plain:.3f} | {self.raw.mean():.3f} | {corrected} | {spread:.3f}"
        return f"{figures} | {self.verdict(centre)} | {inside:.3f} | {width:.2f} | {calibrated}"

    def corrected(self) -> Array:
        """Return the corrected values."""
        return np.array([math.nan if e.corrected is None else e.corrected for e in self.estimates])

    def verdict(self, centre: Array) -> str:
        """Return whether the mean is within 3 % of the truth, or 1 % of the trace near 0, plus two standard errors."""
        near_zero = self.truth < 0.01 * self.trace
        allowed = 0.01 * self.trace if near_zero else 0.03 * self.truth
        allowed += 2 * centre.std(ddof=1) / math.sqrt(len(centre))
        return "yes" if abs(centre.mean() - self.truth) <= allowed else "no"


def measure(sides: tuple[Population, Population], counts: tuple[int, int], distribution: str, repetitions: int) -> Cell:
    """Return the estimates of many draws."""
    exact = [side.exact() for side in sides]
    trace = sum(float(moments.covariance.trace()) for moments in exact)
    raw, estimates = [], []
    for repetition in range(repetitions):
        rng = np.random.default_rng([repetition, *counts])
        images = [
            side.mean + DISTRIBUTIONS[distribution](rng, count, len(side.mean)) @ side.root
            for side, count in zip(sides, counts, strict=True)
        ]
        corrected = corrected_distance(Moments.of(images[0]), Moments.of(images[1]))
        raw.append(math.nan if corrected is None else corrected)
        estimates.append(frechet_estimate(images[0], images[1]))
    return Cell(frechet_distance(*exact), trace, np.array(raw), estimates)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dimensions", type=int, nargs="+", default=[32])
    parser.add_argument("--ratios", nargs="+", default=RATIOS, help="images for each feature, or real:fake")
    parser.add_argument("--distributions", nargs="+", choices=DISTRIBUTIONS, default=list(DISTRIBUTIONS))
    parser.add_argument("--differences", type=float, nargs="+", default=[0.0, 0.2])
    parser.add_argument("--repetitions", type=int, default=200)
    options = parser.parse_args()
    torch.set_num_threads(1)
    for dimension in options.dimensions:
        print(f"\nd = {dimension}, {options.repetitions} repetitions\n")
        print(
            "| data | n/d | true | plain | corrected, whole | corrected | sd | unbiased | covers | width | calibrated |"
        )
        print("|---|---|---|---|---|---|---|---|---|---|---|")
        for difference in options.differences:
            sides = populations(dimension, difference)
            for distribution in options.distributions:
                for ratio in options.ratios:
                    real, *fake = (round(float(part) * dimension) for part in ratio.split(":"))
                    counts = (real, fake[0] if fake else real)
                    cell = measure(sides, counts, distribution, options.repetitions)
                    print(f"| {distribution} | {ratio} | {cell.row()} |", flush=True)


if __name__ == "__main__":
    main()
