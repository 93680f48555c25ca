"""Drawn features and what is done to them, so that what is wrong with the fakes is known.

The checks are after the position paper of Räisä, van Breugel and van der Schaar (2025, arXiv 2505.22450), with one
strength of each in the place of its series; bad fakes, duplicates, copies and wrong classes are ours.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

DrawnValues = npt.NDArray[np.float64]
_Labels = npt.NDArray[np.int64]
Rng = np.random.Generator

DIMENSION = 16
MODES_OF_MIXTURE = 6
APART = 8.0
"""Distance of each mode from the origin, in deviations within a mode: modes do not touch."""
SHARED_VOLUME = 0.2
"""Of two cubes, as in the paper."""
OUTLIERS = 0.03
BAD = 0.2
COPIES = 0.1
_FAR = 6.0
"""Deviations by which one feature, or bad fakes, are away, as in the paper."""
UNIT = 100.0
"""How much larger one feature is than the others, as if it had another unit."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Features of one set, float64 [n, d], and the class that each image is asked for."""

    features: DrawnValues
    classes: _Labels


@dataclass(frozen=True, eq=False)
class SyntheticSets:
    """Real (training) images, held-out real ones and fakes; undisturbed all three are drawn alike."""

    real: Drawn
    test: Drawn
    fake: Drawn

    def with_fake(self, features: DrawnValues) -> "SyntheticSets":
        """Return the same with other fakes of the same classes."""
        return replace(self, fake=Drawn(features, self.fake.classes))


Draw = Callable[[Rng, int], Drawn]
Disturb = Callable[[Rng, SyntheticSets], SyntheticSets]


@dataclass(frozen=True)
class _Check:
    """One thing that can be wrong.

    Attributes:
        name: what is wrong, in a few words.
        family: of the features that it is done to, a key of `FAULT_DRAWS`.
        disturb: does it.
    """

    name: str
    family: str
    disturb: Disturb


def gaussian(rng: Rng, count: int) -> Drawn:
    """Draw one Gaussian; the classes are the two halves by the first feature."""
    features = rng.standard_normal((count, DIMENSION))
    return Drawn(features, (features[:, 0] > 0).astype(np.int64))


def mixture(rng: Rng, count: int, shares: tuple[float, ...] = (1 / MODES_OF_MIXTURE,) * MODES_OF_MIXTURE) -> Drawn:
    """Draw Gaussians around places far apart, in these shares; a place beyond the sixth has the class of another."""
    places = rng.choice(len(shares), count, p=shares)
    features = rng.standard_normal((count, DIMENSION)) + APART * np.eye(DIMENSION)[places]
    return Drawn(features, places % MODES_OF_MIXTURE)


def two_modes(rng: Rng, count: int) -> Drawn:
    """Draw two Gaussians on both sides of the origin."""
    places = rng.integers(0, 2, count)
    features = rng.standard_normal((count, DIMENSION))
    features[:, 0] += APART / 2 * (2 * places - 1)
    return Drawn(features, places)


def sphere(rng: Rng, count: int) -> Drawn:
    """Draw points of length 1."""
    drawn = gaussian(rng, count)
    return Drawn(drawn.features / np.linalg.norm(drawn.features, axis=1, keepdims=True), drawn.classes)


def cube(rng: Rng, count: int) -> Drawn:
    """Draw points of a cube of side 1."""
    features = rng.random((count, DIMENSION))
    return Drawn(features, (features[:, 0] > 1 / 2).astype(np.int64))


def of_two_units(rng: Rng, count: int) -> Drawn:
    """Draw one Gaussian whose last feature is large."""
    drawn = gaussian(rng, count)
    drawn.features[:, -1] *= UNIT
    return drawn


FAULT_DRAWS: dict[str, Draw] = {
    "Gaussian": gaussian,
    "six modes": mixture,
    "two modes": two_modes,
    "sphere": sphere,
    "cube": cube,
    "two units": of_two_units,
}
"""Undisturbed features."""


def _scaled(factor: float) -> Disturb:
    return lambda _, sets: sets.with_fake(factor * sets.fake.features)


def _moved(by: float, features: slice = slice(None)) -> Disturb:
    def move(_: Rng, sets: SyntheticSets) -> SyntheticSets:
        moved = sets.fake.features.copy()
        moved[:, features] += by
        return sets.with_fake(moved)

    return move


def _modes(*shares: float) -> Disturb:
    return lambda rng, sets: replace(sets, fake=mixture(rng, len(sets.fake.features), shares))


def _one_mode(rng: Rng, sets: SyntheticSets) -> SyntheticSets:
    """Give fakes of one Gaussian with the mean and the covariance of both modes."""
    features = rng.standard_normal(sets.fake.features.shape)
    features[:, 0] *= np.sqrt(1 + (APART / 2) ** 2)
    return sets.with_fake(features)


def _real_outliers(_: Rng, sets: SyntheticSets) -> SyntheticSets:
    return replace(sets, real=replace(sets.real, features=_with_outliers(sets.real.features)))


def _fake_outliers(_: Rng, sets: SyntheticSets) -> SyntheticSets:
    return sets.with_fake(_with_outliers(sets.fake.features))


def _with_outliers(features: DrawnValues) -> DrawnValues:
    changed = features.copy()
    changed[: round(OUTLIERS * len(changed))] *= 20
    return changed


def _bad_fakes(_: Rng, sets: SyntheticSets) -> SyntheticSets:
    changed = sets.fake.features.copy()
    changed[: round(BAD * len(changed))] += _FAR
    return sets.with_fake(changed)


def _twice(_: Rng, sets: SyntheticSets) -> SyntheticSets:
    half = (len(sets.fake.features) + 1) // 2
    rows = np.arange(len(sets.fake.features)) % half
    return replace(sets, fake=Drawn(sets.fake.features[rows], sets.fake.classes[rows]))


def _copies(rng: Rng, sets: SyntheticSets) -> SyntheticSets:
    """Replace some fakes by training images, each changed by a hundredth of a deviation."""
    count = round(COPIES * len(sets.fake.features))
    features, classes = sets.fake.features.copy(), sets.fake.classes.copy()
    rows = rng.choice(len(sets.real.features), count, replace=False)
    features[:count] = sets.real.features[rows] + rng.standard_normal((count, DIMENSION)) / 100
    classes[:count] = sets.real.classes[rows]
    return replace(sets, fake=Drawn(features, classes))


def _wrong_classes(rng: Rng, sets: SyntheticSets) -> SyntheticSets:
    """Exchange the classes of a fifth of the fakes with those of others."""
    classes = sets.fake.classes.copy()
    rows = rng.choice(len(classes), round(BAD * len(classes)), replace=False)
    classes[rows] = (classes[rows] + 1 + rng.integers(0, MODES_OF_MIXTURE - 1, len(rows))) % MODES_OF_MIXTURE
    return replace(sets, fake=Drawn(sets.fake.features, classes))


CHECKS = (
    _Check("mean moved by half a deviation", "Gaussian", _moved(0.5)),
    _Check("too wide, 1.25 times", "Gaussian", _scaled(1.25)),
    _Check("too narrow, 0.8 times", "Gaussian", _scaled(0.8)),
    _Check("one feature of 16 elsewhere", "Gaussian", _moved(_FAR, slice(1))),
    _Check("one feature elsewhere, another 100 times larger", "two units", _moved(_FAR, slice(1))),
    _Check("4 of 6 modes dropped", "six modes", _modes(1 / 2, 1 / 2)),
    _Check("one mode five times as often", "six modes", _modes(0.5, 0.1, 0.1, 0.1, 0.1, 0.1)),
    _Check("6 modes invented", "six modes", _modes(*[1 / 12] * 12)),
    _Check("one wide mode in the place of two", "two modes", _one_mode),
    _Check("sphere 10 % larger", "sphere", _scaled(1.1)),
    _Check("sphere 10 % smaller", "sphere", _scaled(0.9)),
    _Check("cube moved, a fifth shared", "cube", _moved(1 - SHARED_VOLUME ** (1 / DIMENSION))),
    _Check("3 % outliers among the real", "Gaussian", _real_outliers),
    _Check("3 % outliers among the fakes", "Gaussian", _fake_outliers),
    _Check("20 % bad fakes", "Gaussian", _bad_fakes),
    _Check("fakes twice each", "Gaussian", _twice),
    _Check("10 % of the fakes copies", "Gaussian", _copies),
    _Check("20 % of the fakes of wrong classes", "six modes", _wrong_classes),
)
"""What can be wrong."""
