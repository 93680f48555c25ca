"""Ways to a Fréchet distance from few images side by side, and how often each orders two generators rightly.

    python benchmarks/joint_fit_methods.py --dimension 128 --counts 100 300 1000 3000 --repetitions 20

Features are Gaussian or have tails (log-normal scales), variances 1/k. Two generators differ from the real images and
from each other: the second is farther by a third. Each draw has as many real images as fakes of each generator. Ways
that the peers' tools have: the plain distance, FID-infinity (15 subsets), covariances after Ledoit and Wolf, and KID,
which only orders; and the joint fit.
"""

import argparse
import math
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

from ganmetrics import Moments, frechet_distance, frechet_estimate, frechet_infinity, kernel_distance

Array = np.ndarray
DIFFERENCES = (0.3, 0.35)


class Answer(NamedTuple):
    """A value, and an interval where there is one."""

    value: float
    low: float | None = None
    high: float | None = None


def shrunk(images: Array) -> Moments:
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


WAYS: dict[str, Callable[[Array, Array], Answer]] = {
    "plain": lambda real, fake: Answer(frechet_distance(Moments.of(real), Moments.of(fake))),
    "Ledoit and Wolf": lambda real, fake: Answer(frechet_distance(shrunk(real), shrunk(fake))),
    "FID-infinity": lambda real, fake: Answer(frechet_infinity(real, fake)),
    "joint fit": joint,
    "KID": lambda real, fake: Answer(kernel_distance(real, fake, subsets=1, subset_size=len(real), seed=0).value),
}


def populations(dimension: int, difference: float) -> tuple[Array, Array]:
    """Return mean and root of a generator."""
    rng = np.random.default_rng(dimension)
    noise = rng.standard_normal((dimension, dimension)) / math.sqrt(2 * dimension)
    spread = np.arange(1, dimension + 1.0) ** -0.5
    mean = difference * rng.standard_normal(dimension) * math.sqrt(float((spread**2).mean()) / 8)
    return mean, np.diag(spread) @ (np.eye(dimension) + difference * (noise + noise.T))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--counts", type=int, nargs="+", default=[100, 300, 1000, 3000])
    parser.add_argument("--repetitions", type=int, default=20)
    parser.add_argument("--sigma", type=float, default=0.0, help="of log-normal scales")
    options = parser.parse_args()
    torch.set_num_threads(1)
    (_, own), *fakes = (populations(options.dimension, part) for part in (0.0, *DIFFERENCES))
    truths = []
    for mean, root in fakes:
        nuclear = np.linalg.svd(own @ root.T, compute_uv=False).sum()
        truths.append(float(mean @ mean + (own**2).sum() + (root**2).sum() - 2 * nuclear))
    print(f"True distances {truths[0]:.3f} and {truths[1]:.3f}, {options.dimension} features.\n")
    print("| images | way | mean | bias | sd | covers | orders rightly | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    for count in options.counts:
        answers: dict[str, list[tuple[Answer, Answer, float]]] = {name: [] for name in WAYS}
        for repetition in range(options.repetitions):
            rng = np.random.default_rng([41, repetition, count])
            sides = []
            for mean, root in ((np.zeros(options.dimension), own), *fakes):
                scale = np.exp(options.sigma * rng.standard_normal((count, 1)) - options.sigma**2)
                sides.append(mean + scale * rng.standard_normal((count, options.dimension)) @ root)
            for name, way in WAYS.items():
                start = time.process_time()
                pair = way(sides[0], sides[1]), way(sides[0], sides[2])
                answers[name].append((*pair, (time.process_time() - start) / 2))
        for name, found in answers.items():
            print(line(count, name, found, truths[0]), flush=True)


def line(count: int, name: str, found: list[tuple[Answer, Answer, float]], truth: float) -> str:
    """Return the Markdown row of a way at a count."""
    values = np.array([one.value for one, _, _ in found])
    right = np.mean([one.value < other.value for one, other, _ in found])
    seconds = np.mean([took for _, _, took in found])
    inside = [one.low <= truth <= one.high for one, _, _ in found if one.low is not None and one.high is not None]
    covers = f"{np.mean(inside):.2f}" if inside else "-"
    if np.isnan(values).any():
        return f"| {count} | {name} | none | | | {covers} | - | {seconds:.2f} |"
    bias = "" if name == "KID" else f"{values.mean() - truth:+.3f}"
    return (
        f"| {count} | {name} | {values.mean():.4g} | {bias} | {values.std(ddof=1):.2g} | {covers} | {right:.2f} "
        f"| {seconds:.2f} |"
    )


if __name__ == "__main__":
    main()
