"""Ways to a Fréchet distance from few images side by side, and how often each orders two generators rightly.

    python benchmarks/joint_fit_methods.py --out joint_fit_methods.csv
    python benchmarks/joint_fit_methods.py --out joint_fit_methods.csv --tables

The first adds a line to the file for each way at each count that it does not have yet; the second prints the file as
Markdown. Features are Gaussian (sigma 0) or have log-normal scales, variances 1/k. Two generators differ from the real
images and from each other: the second is farther by a third. Each draw has as many real images as fakes of each
generator. Ways: the plain distance; its jackknife over eight blocks; FID-infinity (15 subsets); covariances of
Ledoit and Wolf; the joint fit; KID and MIND, which are other numbers and only order.
"""

import argparse
import csv
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from ganmetrics import (
    Moments,
    frechet_distance,
    frechet_estimate,
    frechet_infinity,
    kernel_distance,
    sliced_distance,
)

Array = np.ndarray
DIFFERENCES = (0.3, 0.35)
BLOCKS = 8
STUDENT = 2.3646
"""The 97.5 % point of Student's distribution with 7 degrees of freedom."""
ORDERING = ("KID", "MIND")
"""Ways whose numbers are no Fréchet distances."""


class Answer(NamedTuple):
    """A value, and an interval where there is one."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Cell:
    """A way at a count, and what its draws gave; `covered` is nan where there is no interval."""

    sigma: float
    dimension: int
    count: int
    way: str
    repetitions: int
    truth: float
    mean: float
    sd: float
    covered: float
    half_width: float
    ordered: float
    seconds: float

    @property
    def key(self) -> tuple[float, int, int, str]:
        """What tells cells apart."""
        return self.sigma, self.dimension, self.count, self.way

    def row(self) -> str:
        """Return the Markdown row."""
        bias = "" if self.way in ORDERING else f"{self.mean - self.truth:+.3f}"
        covers = "-" if math.isnan(self.covered) else f"{self.covered:.2f}"
        return (
            f"| {self.count:,} | {self.way} | {self.mean:.4g} | {bias} | {self.sd:.2g} | {covers} | {self.ordered:.2f} "
            f"| {self.seconds:.2f} |"
        )


def plain(real: Array, fake: Array) -> Answer:
    """Return the plain distance."""
    return Answer(frechet_distance(Moments.of(real), Moments.of(fake)))


def jackknife(real: Array, fake: Array) -> Answer:
    """Return the plain distance less its bias of order 1/n, by leaving out the k-th eighth of both sides together."""
    whole, parts = plain(real, fake).value, []
    for block in range(BLOCKS):
        sides = [np.delete(side, np.arange(block, len(side), BLOCKS), axis=0) for side in (real, fake)]
        parts.append(plain(*sides).value)
    value = BLOCKS * whole - (BLOCKS - 1) * float(np.mean(parts))
    half = STUDENT * (BLOCKS - 1) / math.sqrt(BLOCKS) * float(np.std(parts, ddof=1))
    return Answer(value, value - half, value + half)


def ledoit_wolf(real: Array, fake: Array) -> Answer:
    """Return the plain distance of covariances drawn to a multiple of the unit matrix."""
    return Answer(frechet_distance(_shrunk(real), _shrunk(fake)))


def _shrunk(images: Array) -> Moments:
    """Return the moments with the covariance of Ledoit and Wolf (J. Multivariate Analysis 88, 2004)."""
    count, width = images.shape
    centred = images - images.mean(axis=0)
    covariance = centred.T @ centred / count
    level = np.trace(covariance) / width
    spread = (covariance**2).sum() - width * level**2
    noise = (((centred**2).sum(axis=1) ** 2).mean() - (covariance**2).sum()) / count
    share = min(max(noise, 0.0), spread) / spread
    return Moments.gaussian(images.mean(axis=0), (1 - share) * covariance + share * level * np.eye(width))


def joint(real: Array, fake: Array) -> Answer:
    """Return the joint fit's distance."""
    found = frechet_estimate(real, fake)
    return Answer(math.nan if found.corrected is None else found.corrected, found.low, found.high)


def kid(real: Array, fake: Array) -> Answer:
    """Return the kernel distance of all images."""
    return Answer(kernel_distance(real, fake, subsets=1, subset_size=len(real), seed=0).value)


WAYS: dict[str, Callable[[Array, Array], Answer]] = {
    "plain": plain,
    "block jackknife": jackknife,
    "FID-infinity": lambda real, fake: Answer(frechet_infinity(real, fake)),
    "Ledoit and Wolf": ledoit_wolf,
    "joint fit": joint,
    "KID": kid,
    "MIND": lambda real, fake: Answer(sliced_distance(real, fake)),
}


def populations(dimension: int, difference: float) -> tuple[Array, Array]:
    """Return mean and root of a generator."""
    rng = np.random.default_rng(dimension)
    noise = rng.standard_normal((dimension, dimension)) / math.sqrt(2 * dimension)
    spread = np.arange(1, dimension + 1.0) ** -0.5
    mean = difference * rng.standard_normal(dimension) * math.sqrt(float((spread**2).mean()) / 8)
    return mean, np.diag(spread) @ (np.eye(dimension) + difference * (noise + noise.T))


def truth_of(dimension: int, difference: float) -> float:
    """Return a generator's true distance."""
    (_, own), (mean, root) = populations(dimension, 0.0), populations(dimension, difference)
    nuclear = np.linalg.svd(own @ root.T, compute_uv=False).sum()
    return float(mean @ mean + (own**2).sum() + (root**2).sum() - 2 * nuclear)


def draws(dimension: int, count: int, sigma: float, repetitions: int) -> Iterable[list[Array]]:
    """Yield real images and those of both generators."""
    sides = [populations(dimension, part) for part in (0.0, *DIFFERENCES)]
    for repetition in range(repetitions):
        rng = np.random.default_rng([41, repetition, count])
        drawn = []
        for mean, root in sides:
            scale = np.exp(sigma * rng.standard_normal((count, 1)) - sigma**2)
            drawn.append(mean + scale * rng.standard_normal((count, dimension)) @ root)
        yield drawn


def measure(key: tuple[float, int, int, str], repetitions: int) -> Cell:
    """Return the cell of a way at a count."""
    sigma, dimension, count, name = key
    first, second, took = [], [], 0.0
    for real, near, far in draws(dimension, count, sigma, repetitions):
        start = time.process_time()
        first.append(WAYS[name](real, near))
        second.append(WAYS[name](real, far))
        took += (time.process_time() - start) / 2
    truth, values = truth_of(dimension, DIFFERENCES[0]), np.array([one.value for one in first])
    ends = [(one.low, one.high) for one in first if one.low is not None and one.high is not None]
    return Cell(
        *key,
        repetitions=repetitions,
        truth=truth,
        mean=float(values.mean()),
        sd=float(values.std(ddof=1)),
        covered=float(np.mean([low <= truth <= high for low, high in ends])) if ends else math.nan,
        half_width=float(np.mean([high - low for low, high in ends])) / 2 if ends else math.nan,
        ordered=float(np.mean([one.value < two.value for one, two in zip(first, second, strict=True)])),
        seconds=took / repetitions,
    )


def read(path: Path) -> list[Cell]:
    """Return the cells that a file has."""
    kinds = {
        field.name: {"str": str, "int": int}.get(getattr(field.type, "__name__", ""), float) for field in fields(Cell)
    }
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [Cell(**{name: kinds[name](text) for name, text in line.items()}) for line in csv.DictReader(file)]


def print_tables(cells: list[Cell]) -> None:
    """Print a table for each kind of features."""
    for sigma, dimension in sorted({(cell.sigma, cell.dimension) for cell in cells}):
        chosen = [cell for cell in cells if (cell.sigma, cell.dimension) == (sigma, dimension)]
        chosen.sort(key=lambda cell: (cell.count, list(WAYS).index(cell.way)))
        kind = f"log-normal scales, sigma {sigma}" if sigma else "Gaussian"
        truths = " and ".join(f"{truth_of(dimension, difference):.3f}" for difference in DIFFERENCES)
        print(f"\n**{kind}, {dimension} features, true distances {truths}, {chosen[0].repetitions} draws**\n")
        print("| images | way | mean | bias | sd | covers | orders rightly | seconds |")
        print("|---|---|---|---|---|---|---|---|")
        print("\n".join(cell.row() for cell in chosen))


def main() -> None:
    """Run the comparison, or print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="CSV file of all cells")
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--counts", type=int, nargs="+", default=[32, 100, 300, 1000, 3000])
    parser.add_argument("--sigmas", type=float, nargs="+", default=[0.0, 0.25], help="of log-normal scales")
    parser.add_argument("--repetitions", type=int, default=40)
    parser.add_argument("--tables", action="store_true", help="only print what the file has")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.tables:
        print_tables(read(options.out))
        return
    done = {cell.key for cell in read(options.out)}
    wanted = [(s, options.dimension, c, way) for c in options.counts for s in options.sigmas for way in WAYS]
    with options.out.open("a", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Cell)])
        if file.tell() == 0:
            writer.writeheader()
        for key in wanted:
            if key not in done:
                writer.writerow(asdict(measure(key, options.repetitions)))
                file.flush()


if __name__ == "__main__":
    main()
