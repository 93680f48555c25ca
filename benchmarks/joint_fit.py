"""Bias and coverage of the distance from few images: populations that are known, and features of a network.

    python benchmarks/joint_fit.py --out joint_fit.csv --dimension 256 --repetitions 40
    python benchmarks/joint_fit.py --out joint_fit.csv --features FOLDER --repetitions 12
    python benchmarks/joint_fit.py --out joint_fit.csv --tables

The first two add a line to the file for each cell that it does not have yet, so that a run may be stopped and
resumed. FOLDER holds arrays of features [n, d]: real.npy, and one NAME.npy for each set of fakes, which
`study_features.py` makes; the truth is then the estimate from all.
"""

import argparse
import csv
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from ganmetrics import Estimate, frechet_estimate

Array = np.ndarray
CLUSTERS = 10
POPULATIONS = ("k^-0.5", "k^-1", "k^-1.5", "spikes")
DESIGNS = (
    *((name, "Gaussian", 0.2) for name in POPULATIONS),
    *(("k^-1", kind, 0.2) for kind in ("tails", "clusters")),
    *(("k^-1", kind, 0.0) for kind in ("Gaussian", "tails", "clusters")),
)
"""Spectrum, distribution, and how far apart the sides are: 0 for the same population twice."""
COUNTS = ("d/8", "d/4", "d/2", "d", "2d", "3d:50", "3d:d/4", "25d:50")
REAL_COUNTS = ("d/8", "d/4", "d/2", "d", "6d:50", "6d:100", "6d:d/4")
TITLES = ("spectrum", "data", "images", "true", "plain", "corrected", "sd", "unbiased", "covers", "width", "calibrated")
STUDY = 21
"""Leads every seed: what the method's constants were looked at on was drawn with others."""


Design = tuple[str, str, float, int, str]
"""Spectrum, distribution, difference, dimension and counts: what tells cells apart."""


class Population(NamedTuple):
    """Images are mean + white @ root."""

    mean: Array
    root: Array


def populations(spectrum: str, dimension: int, difference: float) -> tuple[Population, Population]:
    """Return two populations of that spectrum of the covariance; `difference` scales what sets them apart."""
    rng, rank = np.random.default_rng(dimension), np.arange(1, dimension + 1.0)
    spread = np.ones(dimension) if spectrum == "spikes" else rank ** (float(spectrum[2:]) / 2)
    if spectrum == "spikes":
        spread[:8] = np.linspace(8, 3, 8)
    noise = rng.standard_normal((dimension, dimension)) / math.sqrt(2 * dimension)
    turn = np.eye(dimension) + difference * (noise + noise.T)
    mean = difference * rng.standard_normal(dimension) * math.sqrt(float((spread**2).mean()) / 2)
    return Population(np.zeros(dimension), np.diag(spread)), Population(mean, np.diag(spread) @ turn)


def gaussian(rng: np.random.Generator, count: int, dimension: int) -> Array:
    """Return white Gaussian features."""
    return rng.standard_normal((count, dimension))


def tails(rng: np.random.Generator, count: int, dimension: int) -> Array:
    """Return white features times a log-normal scale for each image, sigma 1/4, of mean square 1."""
    return np.exp(rng.standard_normal((count, 1)) / 4 - 1 / 16) * rng.standard_normal((count, dimension))


def clusters(rng: np.random.Generator, count: int, dimension: int) -> Array:
    """Return white features in ten clusters, which have half of the variance in the directions of their centres."""
    centres = np.linalg.qr(np.random.default_rng(0).standard_normal((dimension, CLUSTERS)))[0].T * math.sqrt(CLUSTERS)
    between = (centres[rng.integers(CLUSTERS, size=count)] - centres.mean(axis=0)) / math.sqrt(2)
    within = np.linalg.cholesky(np.eye(dimension) - np.cov(centres.T, ddof=0) / 2)
    images: Array = between + rng.standard_normal((count, dimension)) @ within.T
    return images


DISTRIBUTIONS: dict[str, Callable[[np.random.Generator, int, int], Array]] = {
    "Gaussian": gaussian,
    "tails": tails,
    "clusters": clusters,
}


def exact_distance(real: Population, fake: Population) -> float:
    """Return the distance of the populations."""
    nuclear = np.linalg.svd(real.root @ fake.root.T, compute_uv=False).sum()
    traces = (real.root**2).sum() + (fake.root**2).sum()
    return float(((real.mean - fake.mean) ** 2).sum() + traces - 2 * nuclear)


def counts_of(text: str, dimension: int) -> tuple[int, int]:
    """Return the numbers of real and fake images of such as ``d/8`` or ``3d:50``.

    >>> counts_of("3d:d/4", 64)
    (192, 16)
    """
    parts = []
    for part in text.split(":"):
        if part.startswith("d/"):
            parts.append(dimension // int(part[2:]))
        else:
            parts.append(int(part[:-1] or 1) * dimension if part.endswith("d") else int(part))
    return parts[0], parts[-1]


@dataclass(frozen=True)
class Cell:
    """A design, and what its draws gave on average."""

    spectrum: str
    distribution: str
    difference: float
    dimension: int
    counts: str
    repetitions: int
    truth: float
    trace: float
    plain: float
    corrected: float
    sd: float
    error: float
    covered: float
    half_width: float
    calibrated: float

    @property
    def key(self) -> Design:
        """What tells cells apart."""
        return self.spectrum, self.distribution, self.difference, self.dimension, self.counts

    @property
    def unbiased(self) -> bool:
        """Whether the bias is within 5 % of the truth (10 % below d/4 images), or 1 % of the trace, and two errors."""
        share = 0.05 if min(counts_of(self.counts, self.dimension)) >= self.dimension / 4 else 0.1
        allowed = max(share * self.truth, 0.01 * self.trace) if self.truth < 0.05 * self.trace else share * self.truth
        return abs(self.corrected - self.truth) <= allowed + 2 * self.sd / math.sqrt(self.repetitions)

    @property
    def width(self) -> float:
        """The half-width of the intervals over that of a normal one with the true standard deviation."""
        return self.half_width / (1.96 * self.sd)

    def row(self) -> str:
        """Return the Markdown row."""
        name = f"{self.spectrum}, same" if self.spectrum != "features" and self.difference == 0 else self.spectrum
        return (
            f"| {name} | {self.distribution} | {self.counts} | {round(self.truth, 9):.3g} | {self.plain:.3g} "
            f"| {self.corrected:.3g} | {self.sd:.2g} | {'yes' if self.unbiased else 'no'} | {self.covered:.2f} "
            f"| {self.width:.2f} | {self.calibrated:.2f} |"
        )


def summary(design: Design, truth: float, trace: float, found: list[Estimate]) -> Cell | None:
    """Return the cell of these estimates; None where there are too few images for them."""
    usable = [e for e in found if e.corrected is not None]
    if len(usable) < len(found):
        return None
    values, low, high = (np.array([getattr(e, name) for e in usable]) for name in ("corrected", "low", "high"))
    return Cell(
        *design,
        repetitions=len(found),
        truth=truth,
        trace=trace,
        plain=float(np.mean([e.value for e in found])),
        corrected=float(values.mean()),
        sd=float(values.std(ddof=1)),
        error=float(np.mean([e.error for e in found])),
        covered=float(np.mean((low <= truth) & (truth <= high))),
        half_width=float(np.mean(high - low)) / 2,
        calibrated=float(np.mean([e.calibrated for e in found])),
    )


def known(dimension: int, repetitions: int, done: set[Design], ratios: Sequence[str]) -> Iterable[Cell]:
    """Yield the cells of known populations that are not done, of the chosen counts."""
    for counts in ratios:
        for spectrum, distribution, difference in DESIGNS:
            design = (spectrum, distribution, difference, dimension, counts)
            numbers = counts_of(counts, dimension)
            if design in done or min(numbers) < 16:
                continue
            sides, found = populations(spectrum, dimension, difference), []
            for repetition in range(repetitions):
                rng = np.random.default_rng([STUDY, repetition, *numbers])
                images = [
                    side.mean + DISTRIBUTIONS[distribution](rng, number, dimension) @ side.root
                    for side, number in zip(sides, numbers, strict=True)
                ]
                found.append(frechet_estimate(*images))
            trace = float(sum((side.root**2).sum() for side in sides))
            cell = summary(design, exact_distance(*sides), trace, found)
            if cell:
                yield cell


def real_features(folder: Path, repetitions: int, done: set[Design], ratios: Sequence[str]) -> Iterable[Cell]:
    """Yield the cells of features in a folder; the set ``alike`` is of the real images themselves."""
    real = np.load(folder / "real.npy").astype(float)
    dimension, order = real.shape[1], np.random.default_rng(STUDY).permutation(len(real))
    names = ["alike", *sorted(path.stem for path in folder.glob("*.npy") if path.stem != "real")]
    trace = 2 * float(real.var(axis=0, ddof=1).sum())
    many = real[order[: 6 * dimension]]
    for name in names:
        fake = real[order[6 * dimension :]] if name == "alike" else np.load(folder / f"{name}.npy").astype(float)
        truth = None
        for counts in ratios:
            design, numbers = ("features", name, 0.0, dimension, counts), counts_of(counts, dimension)
            if design in done or numbers[1] > len(fake):
                continue
            if truth is None:
                truth = 0.0 if name == "alike" else frechet_estimate(real, fake).corrected or math.nan
            found = []
            for repetition in range(repetitions):
                rng = np.random.default_rng([STUDY, repetition, *numbers])
                chosen = fake[rng.permutation(len(fake))[: numbers[1]]]
                other = order[: 6 * dimension] if name == "alike" else order
                side = many if numbers[0] == 6 * dimension else real[rng.permutation(other)[: numbers[0]]]
                found.append(frechet_estimate(side, chosen))
            cell = summary(design, truth, trace, found)
            if cell:
                yield cell


def read(path: Path) -> list[Cell]:
    """Return the cells that a file has."""
    kinds = {
        field.name: {"str": str, "int": int, "float": float}[str(getattr(field.type, "__name__", field.type))]
        for field in fields(Cell)
    }
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [Cell(**{name: kinds[name](text) for name, text in line.items()}) for line in csv.DictReader(file)]


def print_tables(cells: list[Cell]) -> None:
    """Print the cells of each dimension, and how many meet each criterion."""
    for kind in (False, True):
        for dimension in sorted({cell.dimension for cell in cells if (cell.spectrum == "features") == kind}):
            chosen = [c for c in cells if c.dimension == dimension and (c.spectrum == "features") == kind]
            print(f"\n**d = {dimension}{', features' if kind else ''}**\n")
            print("| " + " | ".join(TITLES) + " |")
            print("|" + "---|" * len(TITLES))
            print("\n".join(cell.row() for cell in chosen))
            print(
                f"\n{sum(c.unbiased for c in chosen)} of {len(chosen)} unbiased; "
                f"{sum(0.92 <= c.covered <= 0.98 for c in chosen)} cover 92 to 98 %, "
                f"{sum(c.covered >= 0.88 for c in chosen)} at least 88 %; "
                f"{sum(c.width <= 2 for c in chosen)} are at most twice as wide as needed."
            )


def main() -> None:
    """Run the study, or print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="CSV file of all cells")
    parser.add_argument("--dimension", type=int, help="of known populations")
    parser.add_argument("--features", type=Path, help="folder of features")
    parser.add_argument("--repetitions", type=int, default=40)
    parser.add_argument("--counts", nargs="+", help="only these numbers of images, such as d/4 or 3d:50")
    parser.add_argument("--tables", action="store_true", help="only print what the file has")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.tables:
        print_tables(read(options.out))
        return
    done = {cell.key for cell in read(options.out)}
    if options.features:
        cells = real_features(options.features, options.repetitions, done, options.counts or REAL_COUNTS)
    else:
        cells = known(options.dimension, options.repetitions, done, options.counts or COUNTS)
    with options.out.open("a", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Cell)])
        if file.tell() == 0:
            writer.writeheader()
        for cell in cells:
            writer.writerow(asdict(cell))
            file.flush()


if __name__ == "__main__":
    main()
