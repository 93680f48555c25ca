"""The sets of a disturbance study: a reference, undisturbed images beside it, and series of sets that get worse."""

from collections.abc import Sequence
from dataclasses import dataclass

from ganmetrics.commands.sanity.disturbances import DISTURBANCES
from ganmetrics.commands.sanity.disturbed import DisturbedSource
from ganmetrics.commands.sanity.mixtures import (
    Pick,
    PickedSource,
    classes_to_drop,
    contaminated,
    shuffled,
    without_classes,
)
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import InputError, NotEnoughSamples

MODES_SERIES = "modes"
MIX_SERIES = "mix"
SERIES_NAMES = (*DISTURBANCES, MODES_SERIES, MIX_SERIES)
"""Every disturbance of a study: those of single images, classes that are missing, other images among ours."""

_SHARES = (0.0, 0.25, 0.5, 0.75)
"""Levels of the disturbances of whole sets: the share of the classes, or of the images."""


@dataclass(frozen=True)
class _Step:
    """One set of a series.

    Attributes:
        level: how strong the disturbance is.
        source: the images.
    """

    level: float
    source: ImageSource


@dataclass(frozen=True)
class Series:
    """The sets of one disturbance, all of one size, from undisturbed to worst.

    Attributes:
        name: of the disturbance.
        unit: what a level is.
        steps: the sets; that of level 0 comes first.
    """

    name: str
    unit: str
    steps: tuple[_Step, ...]


@dataclass(frozen=True)
class StudySets:
    """All sets of a study.

    Attributes:
        real: what every set is scored against.
        clean: as many undisturbed images, none of them in `real`: level 0 of every series that has as many images.
        series: one for each disturbance.
        left_out: the disturbances that there are no sets for, by name, each with the reason.
        notes: what a reader of the numbers must know.
    """

    real: ImageSource
    clean: ImageSource
    series: tuple[Series, ...]
    left_out: dict[str, str]
    notes: tuple[str, ...]


def make_sets(
    source: ImageSource,
    *,
    disturbances: Sequence[str] = SERIES_NAMES,
    others: ImageSource | None = None,
    count: int | None = None,
    seed: int = 0,
    alpha: str = "white",
    least: int = 2,
) -> StudySets:
    """Return the sets of a study on the images of `source`.

    The images are shuffled; the first `count` are the reference, the next `count` are disturbed. So level 0 is a set
    that a perfect generator might have made: other images of the same kind. Against itself every distance would be 0
    and every precision 1, which no generator reaches, and disturbed copies of the reference would stay bound to it
    image by image. All levels of a series have the same number of images, and share as many of them as they can.

    Args:
        source: the images.
        disturbances: names, of `SERIES_NAMES`.
        others: images of another kind, for contamination.
        count: images in every set; None for half of the source.
        seed: of all that is drawn.
        alpha: what transparent pixels become before they are disturbed.
        least: images that a set needs for the metrics that are asked.

    Raises:
        InputError: a disturbance is unknown, or all that are asked are left out.
        NotEnoughSamples: the source has fewer than twice `count` images, or `others` too few.

    >>> import numpy as np
    >>> from ganmetrics.data.sources import open_source
    >>> sets = make_sets(open_source(np.zeros((20, 4, 4, 3), np.uint8)), disturbances=("blur", "modes"))
    >>> len(sets.real), [(step.level, len(step.source)) for step in sets.series[0].steps]
    (10, [(0.0, 10), (1.0, 10), (2.0, 10), (4.0, 10)])
    >>> sets.left_out
    {'modes': 'needs class folders, two or more; array has none'}
    """
    unknown = [name for name in disturbances if name not in SERIES_NAMES]
    if unknown or not disturbances:
        raise InputError(f"disturbances must be among {', '.join(SERIES_NAMES)}; got {', '.join(unknown) or 'none'}")
    number = len(source) // 2 if count is None else count
    if number < 1 or 2 * number > len(source):
        raise NotEnoughSamples(
            f"a disturbance study needs twice as many images as a set has, {2 * max(number, 1):,}; "
            f"{source.name} has {len(source):,}"
        )
    picks = shuffled(source, seed=seed)
    clean = PickedSource(picks[number : 2 * number], source.name)
    series = [_of_images(name, clean, seed=seed, alpha=alpha) for name in DISTURBANCES if name in disturbances]
    left_out: dict[str, str] = {}
    notes: list[str] = []
    if MODES_SERIES in disturbances:
        modes = _of_modes(picks[number:], clean, _classes(source), seed=seed)
        size = len(modes.steps[0].source)
        if len(modes.steps) == 1:
            left_out[MODES_SERIES] = f"needs class folders, two or more; {source.name} has none"
        elif size < least:
            left_out[MODES_SERIES] = (
                f"needs {least} images a set for these metrics; the classes left at the last level have {size}"
            )
        else:
            series.append(modes)
            if size < number:
                notes.append(
                    f"{MODES_SERIES} has {size:,} images a set, all that the classes left at its last level have"
                )
    if MIX_SERIES in disturbances:
        if others is None:
            left_out[MIX_SERIES] = "needs images of another kind; none were given (others)"
        else:
            series.append(_of_mixtures(picks[number : 2 * number], clean, others, seed=seed))
    if not series:
        raise InputError("; ".join(f"{name} {reason}" for name, reason in left_out.items()))
    return StudySets(PickedSource(picks[:number], source.name), clean, tuple(series), left_out, tuple(notes))


def _of_images(name: str, clean: ImageSource, *, seed: int, alpha: str) -> Series:
    disturbance = DISTURBANCES[name]
    worse = [
        _Step(level, DisturbedSource(clean, disturbance, level, seed=seed, alpha=alpha))
        for level in disturbance.levels[1:]
    ]
    return Series(name, disturbance.unit, (_Step(0.0, clean), *worse))


def _of_modes(pool: list[Pick], clean: ImageSource, classes: list[str], *, seed: int) -> Series:
    """Return sets that lack ever more classes, filled up with other images of the classes that they keep.

    Were they not filled up, a distance would rise with the falling number of images alone.
    """
    missing = classes_to_drop(classes, _SHARES, seed=seed) if classes else [()]
    number = min(len(clean), len(without_classes(pool, missing[-1])))
    steps = []
    for gone in missing:
        kept = without_classes(pool, gone)[:number]
        same = not gone and number == len(clean)
        name = f"{clean.name}, {MODES_SERIES} {len(gone)}"
        steps.append(_Step(float(len(gone)), clean if same else PickedSource(kept, name)))
    return Series(MODES_SERIES, f"classes missing of {len(classes)}", tuple(steps))


def _of_mixtures(picks: list[Pick], clean: ImageSource, others: ImageSource, *, seed: int) -> Series:
    worse = [
        _Step(
            share, PickedSource(contaminated(picks, others, share, seed=seed), f"{clean.name}, {MIX_SERIES} {share:g}")
        )
        for share in _SHARES[1:]
    ]
    return Series(MIX_SERIES, f"share of {others.name}", (_Step(0.0, clean), *worse))


def _classes(source: ImageSource) -> list[str]:
    found = {source.class_of(index) for index in range(len(source))}
    return sorted(name for name in found if name is not None) if len(found) > 1 else []
