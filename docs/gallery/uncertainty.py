"""The picture of docs/uncertainty.md: plain and corrected distance, and the interval, against the number of images.

    python docs/gallery/uncertainty.py docs/images/uncertainty.png
    python docs/gallery/uncertainty.py docs/images/uncertainty.png --real real.npy --fake fake.npy

Without features the populations are Gaussians of 128 features whose distance is known; with them the truth is not, and
subsets of the given features are drawn. It needs matplotlib.
"""

import argparse
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import matplotlib.pyplot as plt

from ganmetrics import Moments, frechet_distance, frechet_estimate

FEATURES = 128
RATIOS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)


def known(rng: np.random.Generator) -> tuple[list[tuple[np.ndarray, np.ndarray]], float]:
    """Return nested samples of two Gaussians, and their distance."""
    spread = np.arange(1, FEATURES + 1) ** -0.25
    noise = rng.standard_normal((FEATURES, FEATURES)) / np.sqrt(2 * FEATURES)
    root = np.diag(spread) @ (np.eye(FEATURES) + 0.2 * (noise + noise.T))
    count = round(RATIOS[-1] * FEATURES)
    real = rng.standard_normal((count, FEATURES)) * spread
    fake = rng.standard_normal((count, FEATURES)) @ root + 0.2 * spread.mean()
    exact = [
        Moments.gaussian(np.zeros(FEATURES), np.diag(spread**2)),
        Moments.gaussian(np.full(FEATURES, 0.2 * spread.mean()), root.T @ root),
    ]
    counts = [round(ratio * FEATURES) for ratio in RATIOS]
    return [(real[:count], fake[:count]) for count in counts], frechet_distance(*exact)


def given(real: np.ndarray, fake: np.ndarray, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return nested subsets of features, up to all of them."""
    counts = [round(ratio * real.shape[1]) for ratio in RATIOS]
    real, fake = rng.permutation(real), rng.permutation(fake)
    return [(real[:count], fake[:count]) for count in counts if count <= min(len(real), len(fake))]


def draw(samples: list[tuple[np.ndarray, np.ndarray]], truth: float | None, title: str, path: Path) -> None:
    """Save the picture."""
    counts = [len(real) for real, _ in samples]
    estimates = [frechet_estimate(real, fake) for real, fake in samples]
    low, high = ([getattr(estimate, name) for estimate in estimates] for name in ("low", "high"))
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    axes.plot(counts, [estimate.value for estimate in estimates], "o-", color="tab:red", label="plain distance")
    shown = [(count, e.corrected) for count, e in zip(counts, estimates, strict=True) if e.corrected is not None]
    axes.plot(*zip(*shown, strict=True), "o-", color="tab:blue", label="corrected")
    axes.fill_between(counts, low, high, color="tab:blue", alpha=0.2, label="95 % interval")
    first = next((count for count, e in zip(counts, estimates, strict=True) if e.calibrated), None)
    if first is not None:
        axes.axvline(first, color="grey", linestyle=":", label="calibrated from here")
    if truth is not None:
        axes.axhline(truth, color="black", linewidth=1, label="truth")
    axes.set(xscale="log", xlabel="images a side", ylabel="Fréchet distance", title=title)
    axes.set_xticks(counts, [str(count) for count in counts], rotation=45)
    axes.minorticks_off()
    axes.legend()
    figure.savefig(path, dpi=120)


def main() -> None:
    """Draw it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--real", type=Path, help="features, .npy")
    parser.add_argument("--fake", type=Path, help="features, .npy")
    parser.add_argument("--title", default=f"Gaussians, {FEATURES} features")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    samples, truth = (
        known(rng) if options.real is None else (given(np.load(options.real), np.load(options.fake), rng), None)
    )
    draw(samples, truth, options.title, options.path)


if __name__ == "__main__":
    main()
