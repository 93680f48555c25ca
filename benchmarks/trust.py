"""What each metric makes of disturbances whose truth is known: the table of docs/choosing.md.

Checks after the position paper of 2025 (arXiv 2505.22450): features are drawn, so that what is wrong is known. A metric
calls a disturbance worse if the mean of its values moved that way by more than three standard deviations of undisturbed
draws.

    python benchmarks/trust.py
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ganmetrics import (
    Moments,
    authenticity,
    clipped_coverage,
    clipped_density,
    frechet_distance,
    kernel_distance,
    precision_recall,
    probabilistic_precision_recall,
    sliced_distance,
    symmetric_precision_recall,
    vendi_score,
)

Features = npt.NDArray[np.float64]
Rng = np.random.Generator
Draw = Callable[[Rng], Features]

DIMENSION = 16
COUNT = 300
UNDISTURBED = 12
REPEATS = 4
MODES = 6
LOWER = ("fid", "kid", "mind")


def scores(real: Features, fake: Features) -> dict[str, float]:
    """Every metric of one pair of sets."""
    shares = precision_recall(real, fake, k=5)
    symmetric = symmetric_precision_recall(real, fake)
    smooth = probabilistic_precision_recall(real, fake)
    return {
        "fid": frechet_distance(Moments.of(real), Moments.of(fake)),
        "kid": kernel_distance(real, fake, subsets=1, subset_size=min(len(real), len(fake))).value,
        "mind": sliced_distance(real, fake, directions=200),
        "precision": shares.precision,
        "density": shares.density,
        "clipped_density": clipped_density(real, fake),
        "symmetric_precision": symmetric.precision,
        "p_precision": smooth.precision,
        "recall": shares.recall,
        "coverage": shares.coverage,
        "clipped_coverage": clipped_coverage(real, fake),
        "symmetric_recall": symmetric.recall,
        "p_recall": smooth.recall,
        "vendi": vendi_score(fake),
        "authenticity": authenticity(real, fake).authenticity,
    }


def gaussian(rng: Rng, count: int = COUNT) -> Features:
    """Draw images of one Gaussian."""
    return rng.standard_normal((count, DIMENSION))


def mixture(rng: Rng, modes: int, count: int = COUNT) -> Features:
    """As many images around each of some places."""
    return gaussian(rng, count) + 8 * np.eye(DIMENSION)[rng.choice(modes, count)]


def sphere(rng: Rng, radius: float = 1.0) -> Features:
    """Points of one length."""
    points = gaussian(rng)
    return radius * points / np.linalg.norm(points, axis=1, keepdims=True)


def with_outliers(rng: Rng) -> Features:
    """Three of a hundred real images far away."""
    real = gaussian(rng)
    real[: 3 * COUNT // 100] *= 20
    return real


FAMILIES: dict[str, tuple[Draw, Draw]] = {
    "one Gaussian": (gaussian, gaussian),
    "mixture": (lambda rng: mixture(rng, MODES), lambda rng: mixture(rng, MODES)),
    "sphere": (sphere, sphere),
}
"""Real and undisturbed fake features."""

CHECKS: dict[str, tuple[str, Draw, Draw]] = {
    "mean moved by 0.5": ("one Gaussian", gaussian, lambda rng: gaussian(rng) + 0.5),
    "too wide, 1.25": ("one Gaussian", gaussian, lambda rng: 1.25 * gaussian(rng)),
    "too narrow, 0.8": ("one Gaussian", gaussian, lambda rng: 0.8 * gaussian(rng)),
    "4 of 6 modes dropped": ("mixture", lambda rng: mixture(rng, MODES), lambda rng: mixture(rng, 2)),
    "6 modes invented": ("mixture", lambda rng: mixture(rng, MODES), lambda rng: mixture(rng, 2 * MODES)),
    "sphere 10 % larger": ("sphere", sphere, lambda rng: sphere(rng, 1.1)),
    "sphere 10 % smaller": ("sphere", sphere, lambda rng: sphere(rng, 0.9)),
    "3 % real outliers": ("one Gaussian", with_outliers, gaussian),
    "fakes twice each": ("one Gaussian", gaussian, lambda rng: gaussian(rng, COUNT // 2).repeat(2, axis=0)),
    "20 % bad fakes": (
        "one Gaussian",
        gaussian,
        lambda rng: np.concatenate([gaussian(rng, 4 * COUNT // 5), gaussian(rng, COUNT // 5) + 10]),
    ),
}


def drawn(real: Draw, fake: Draw, repeats: int, seed: int) -> dict[str, Features]:
    """The scores of several draws, by metric."""
    found = [scores(real(rng), fake(rng)) for rng in np.random.default_rng(seed).spawn(repeats)]
    return {name: np.array([one[name] for one in found]) for name in found[0]}


def main() -> None:
    """Print the table, as Markdown."""
    plain = {name: drawn(*sides, UNDISTURBED, seed) for seed, (name, sides) in enumerate(FAMILIES.items())}
    columns = {}
    for seed, (check, (family, real, fake)) in enumerate(CHECKS.items(), 100):
        disturbed = drawn(real, fake, REPEATS, seed)
        columns[check] = {name: word(name, plain[family][name], values) for name, values in disturbed.items()}
    print(f"| metric | {' | '.join(columns)} |")
    print(f"|---|{'---|' * len(columns)}")
    for name in next(iter(columns.values())):
        print(f"| `{name}` | {' | '.join(column[name] for column in columns.values())} |")


def word(name: str, plain: Features, disturbed: Features) -> str:
    """What a metric makes of a disturbance: worse, same or better."""
    moved = (disturbed.mean() - plain.mean()) / max(plain.std(ddof=1), 1e-9)
    if name in LOWER:
        moved = -moved
    return "worse" if moved < -3 else "**better**" if moved > 3 else "same"


if __name__ == "__main__":
    main()
