"""The distance from few images where its suppositions fail, and whether it says so.

    python benchmarks/joint_fit_adversaries.py --repetitions 20

Each row is a kind of images of 64 features; the truth is the distance of the populations that they are drawn from, of
200,000 images of each.
"""

import argparse
import math
from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from ganmetrics import frechet_estimate

Array = np.ndarray
Draw = Callable[[np.random.Generator, int], Array]
WIDTH, MANY = 64, 200_000
SPREAD = np.arange(1, WIDTH + 1.0) ** -0.5
TURN = np.eye(WIDTH) + 0.2 * np.random.default_rng(1).standard_normal((WIDTH, WIDTH)) / math.sqrt(WIDTH)
SHIFT = 0.1 * np.random.default_rng(2).standard_normal(WIDTH)


def plain(rng: np.random.Generator, count: int) -> Array:
    """Return Gaussian features with variances 1/k."""
    return rng.standard_normal((count, WIDTH)) * SPREAD


def turned(rng: np.random.Generator, count: int, *, sigma: float = 0.0) -> Array:
    """Return others, with log-normal scales."""
    scale = np.exp(sigma * rng.standard_normal((count, 1)) - sigma**2)
    return scale * (plain(rng, count) @ TURN) + SHIFT


def copied(rng: np.random.Generator, count: int, *, share: float, noise: float) -> Array:
    """Return features of which a share are copies of others, with noise."""
    images, copies = turned(rng, count), round(share * count)
    if copies and count < MANY:
        images[:copies] = images[copies : 2 * copies] + noise * rng.standard_normal((copies, WIDTH))
    return images


def collapsed(rng: np.random.Generator, count: int, *, modes: int, noise: float) -> Array:
    """Return features around a few images."""
    centres = turned(np.random.default_rng(3), modes)
    return centres[rng.integers(modes, size=count)] + noise * plain(rng, count)


def rectified(rng: np.random.Generator, count: int, *, of: Draw) -> Array:
    """Return features after a threshold, three quarters of them exactly 0."""
    images: Array = np.maximum(of(rng, count) / SPREAD - 0.7, 0) * SPREAD
    return images


def flat(rng: np.random.Generator, count: int, *, of: Draw, rank: int) -> Array:
    """Return features in a subspace of lower rank."""
    plane = np.linalg.qr(np.random.default_rng(4).standard_normal((WIDTH, rank)))[0]
    images: Array = of(rng, count) @ plane @ plane.T
    return images


def half_constant(rng: np.random.Generator, count: int, *, of: Draw) -> Array:
    """Return features of which every second is constant."""
    images = of(rng, count)
    images[:, ::2] = 1.0
    return images


def outlying(rng: np.random.Generator, count: int) -> Array:
    """Return features of which one in fifty is moved far in one direction."""
    images = turned(rng, count)
    images[:, 0] += np.where(rng.random(count) < 0.02, 8.0, 0.0)
    return images


def one_huge(rng: np.random.Generator, count: int) -> Array:
    """Return features of which one image is a hundred times as long."""
    images = turned(rng, count)
    if count < MANY:
        images[0] *= 100
    return images


def two_scales(rng: np.random.Generator, count: int, *, of: Draw) -> Array:
    """Return features of which every second is a thousand times as large."""
    return of(rng, count) * np.where(np.arange(WIDTH) % 2, 1e3, 1.0)


def equal(rng: np.random.Generator, count: int) -> Array:  # noqa: ARG001 - all draws take one
    """Return one image many times."""
    return np.tile(SHIFT, (count, 1))


ROWS: dict[str, tuple[Draw, Draw, int, int]] = {
    "nothing wrong": (plain, turned, 64, 64),
    "a fifth of the fakes copied": (plain, partial(copied, share=0.2, noise=0.0), 64, 64),
    "a fifth copied, nearly": (plain, partial(copied, share=0.2, noise=1e-3), 64, 64),
    "collapsed to 5 images": (plain, partial(collapsed, modes=5, noise=0.0), 64, 64),
    "collapsed to 5 images, nearly": (plain, partial(collapsed, modes=5, noise=0.05), 64, 64),
    "exact zeros (ReLU)": (partial(rectified, of=plain), partial(rectified, of=turned), 64, 64),
    "rank 20, 64 images": (partial(flat, of=plain, rank=20), partial(flat, of=turned, rank=20), 64, 64),
    "rank 60, 40 images": (partial(flat, of=plain, rank=60), partial(flat, of=turned, rank=60), 40, 40),
    "constant features": (partial(half_constant, of=plain), partial(half_constant, of=turned), 64, 64),
    "rare outliers": (plain, outlying, 64, 64),
    "rare outliers, 256 images": (plain, outlying, 256, 256),
    "one huge image": (plain, one_huge, 64, 64),
    "features of two scales": (partial(two_scales, of=plain), partial(two_scales, of=turned), 64, 64),
    "unequal tails": (plain, partial(turned, sigma=0.25), 64, 64),
    "heavy tails": (plain, partial(turned, sigma=0.5), 64, 64),
    "50 against 1,600": (plain, turned, 1600, 50),
    "all fakes equal": (plain, equal, 64, 64),
}


def true_distance(real: Array, fake: Array) -> float:
    """Return the plain distance of very many images, by singular values: it is theirs whatever their rank."""
    roots = []
    for images in (real, fake):
        variances, directions = np.linalg.eigh(np.cov(images.T))
        roots.append(np.sqrt(np.maximum(variances, 0))[:, None] * directions.T)
    nuclear = np.linalg.svd(roots[0] @ roots[1].T, compute_uv=False).sum()
    shift = ((real.mean(axis=0) - fake.mean(axis=0)) ** 2).sum()
    return float(shift + (roots[0] ** 2).sum() + (roots[1] ** 2).sum() - 2 * nuclear)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=20)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print("| images | true | plain | corrected | sd | covers | width | calibrated | reason |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, (real, fake, real_count, fake_count) in ROWS.items():
        truth = true_distance(*(side(np.random.default_rng(7), MANY) for side in (real, fake)))
        found = []
        for repetition in range(options.repetitions):
            rng = np.random.default_rng([31, repetition])
            found.append(frechet_estimate(real(rng, real_count), fake(rng, fake_count)))
        if any(e.corrected is None for e in found):
            print(
                f"| {name} | {truth:.3g} | {np.mean([e.value for e in found]):.3g} | none | | | | 0.00 "
                f"| {found[0].reason} |"
            )
            continue
        values, low, high = (np.array([getattr(e, end) for e in found]) for end in ("corrected", "low", "high"))
        spread, inside = values.std(ddof=1), (low <= truth) & (truth <= high)
        print(
            f"| {name} | {truth:.3g} | {np.mean([e.value for e in found]):.3g} | {values.mean():.3g} | {spread:.2g} "
            f"| {inside.mean():.2f} "
            f"| {np.mean(high - low) / 2 / (1.96 * spread):.2f} "
            f"| {np.mean([e.calibrated for e in found]):.2f} | {max((e.reason for e in found), key=len)} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
