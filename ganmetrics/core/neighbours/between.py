"""What real and fake images are to each other: who lies in whose ball, and what is nearest, from one pass."""

from dataclasses import dataclass

import numpy as np
import torch

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import same_width, whole
from ganmetrics.core.memory import MEMORY
from ganmetrics.core.neighbours.balls import Balls
from ganmetrics.core.neighbours.bounds import Euclidean
from ganmetrics.core.neighbours.counting import BallCounter, Bounded
from ganmetrics.core.neighbours.left_out import LeftOut, left_out
from ganmetrics.core.neighbours.nearest import (
    SPARE,
    BallScale,
    Flags,
    Nearest,
    Smallest,
    first_of,
    nearest_one,
    second_of,
)
from ganmetrics.core.neighbours.points import Numbers, PointSet, Values, block_rows
from ganmetrics.core.neighbours.within import BallGrowth, WithinSet, check_neighbours, find_within


@dataclass(frozen=True, eq=False)
class NearestReal:
    """The nearest real image of each fake one.

    Attributes:
        nearest: its row, int64 [m].
        squared_nearest: its squared distance, float64 [m].
    """

    nearest: Numbers
    squared_nearest: Values


@dataclass(frozen=True, eq=False)
class BetweenSets(NearestReal):
    """What one set of images is to another, by image.

    Attributes:
        real_balls: how many real balls each fake image lies in, int64 [m].
        fakes_inside: how many fake images lie in each real image's ball, int64 [n].
        fake_balls: how many fake balls each real image lies in, int64 [n].
        realism: largest ratio of a real ball's radius to the distance of a fake image from its centre, over the balls
            of `smaller_half`, float64 [m]; infinite for a copy of such a centre.
        left_out: what changes when an image is left out; None where it was not asked for.
    """

    real_balls: Numbers
    fakes_inside: Numbers
    fake_balls: Numbers
    realism: Values
    left_out: LeftOut | None = None


@dataclass(frozen=True, eq=False)
class BothSets:
    """Everything that neighbour metrics need of two sets of images.

    Attributes:
        k: the neighbour on the boundary of each ball.
        real: neighbours within the real set.
        fake: neighbours within the fake set.
        between: what lies in whose ball, and each fake image's nearest real one.
    """

    k: int
    real: WithinSet
    fake: WithinSet
    between: BetweenSets


def of_both(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    k: int,
    strict: bool = False,
    memory: int = MEMORY,
    growth: bool = False,
) -> BothSets:
    """Return who is whose neighbour, within both sets and between them; each block of distances is computed once.

    Distances are compared as double precision gives them by differences (`squared_distances`), whatever the size of
    the blocks; so nothing in the result depends on it. Work is done on the CPU.

    Args:
        real: features, floating point, shape [n, d]; in memory, or on disk as a `numpy.memmap`.
        fake: features, floating point, shape [m, d].
        k: the neighbour on the boundary of a ball, itself not counted.
        strict: whether the boundary is left out.
        memory: budget in bytes for all that is allocated beside the features.
        growth: whether to find what changes when an image is left out, too (`BetweenSets.left_out`).

    Raises:
        InputError: if the shapes do not fit, `k` is below 1, or the budget is too small.
        NotEnoughSamples: if a side has not more than `k` images, or k + 1 with `growth`.
        NumericsError: if a feature is not finite, naming the row.

    >>> line = torch.arange(4.0)[:, None]
    >>> of_both(line, line + 0.5, k=1).between.real_balls.tolist()
    [2, 2, 2, 1]
    """
    # Before the sets are read.
    k = whole("k", k, least=1)
    real_points, fake_points, height = point_sets(real, fake, memory)
    return of_both_points(real_points, fake_points, k=k, strict=strict, height=height, growth=growth)


def of_both_points(
    real: PointSet, fake: PointSet, *, k: int, strict: bool, height: int, growth: bool = False
) -> BothSets:
    """Return the same from points that are at hand; see `of_both`."""
    # Both before the first, which takes long.
    for points in (real, fake):
        check_neighbours(points, k + growth)
    of_real = find_within(real, k=k, height=height, growth=growth)
    of_fake = find_within(fake, k=k, height=height, growth=growth)
    radii = of_real.squared_radii, of_fake.squared_radii
    grown = None if of_real.growth is None or of_fake.growth is None else (of_real.growth, of_fake.growth)
    return BothSets(k, of_real, of_fake, between(real, fake, *radii, strict=strict, height=height, growth=grown))


def point_sets(real: ArrayLike, fake: ArrayLike, memory: int) -> tuple[PointSet, PointSet, int]:
    """Return both sets' points, and the rows of a block that the budget allows.

    Raises:
        InputError: if the shapes do not fit, or the budget is too small.
        NumericsError: if a feature is not finite, naming the row.
    """
    real_points, fake_points = PointSet.of(real, "real features"), PointSet.of(fake, "fake features")
    same_width(real_points.dimension, fake_points.dimension)
    count = len(real_points.group) + len(fake_points.group)
    return real_points, fake_points, block_rows(memory, real_points.dimension, count)


def nearest_real(real: PointSet, fake: PointSet, *, height: int) -> NearestReal:
    """Return the nearest real image of each fake one, where nothing is asked of balls."""
    found = nearest_one(fake, real, space=Euclidean(real, fake), height=height)
    return NearestReal(real.first[found.numbers][fake.group], found.squared[fake.group])


def between(
    real: PointSet,
    fake: PointSet,
    real_radii: Values,
    fake_radii: Values,
    *,
    strict: bool,
    height: int,
    growth: tuple[BallGrowth, BallGrowth] | None = None,
) -> BetweenSets:
    """Return what two sets are to each other, given the squared radii of their balls by image.

    Given how the balls of either side grow, also what changes without an image.
    """
    space = Euclidean(real, fake)
    real_grown, fake_grown = (None, None) if growth is None else (side.squared_grown for side in growth)
    counter = BallCounter(
        space,
        real=Balls(real, fake, real_radii[real.first], squared_grown=real_grown, strict=strict),
        fake=Balls(fake, real, fake_radii[fake.first], squared_grown=fake_grown, strict=strict),
    )
    # Realism asks for the nearest real image, too, but with distances in units of the real balls' radii.
    scale = BallScale.of_balls(real_radii[real.first], smaller_half(real_radii)[real.first])
    nearest, scaled = _fill(counter, scale, height)
    first = first_of(nearest, fake, real, space=space, height=height)
    relative = first_of(scaled, fake, real, space=space, height=height, scale=scale).squared
    changes = None
    if growth is not None:
        second = second_of(nearest, first, fake, real, space=space, height=height)
        changes = left_out(counter, *growth, first=first, second=second)
    with np.errstate(divide="ignore"):
        realism = scale.unit / np.sqrt(relative)
    return BetweenSets(
        nearest=real.first[first.numbers][fake.group],
        squared_nearest=first.squared[fake.group],
        real_balls=counter.real.held_by[fake.group],
        fakes_inside=counter.real.holds[real.group],
        fake_balls=counter.fake.held_by[real.group],
        realism=realism[fake.group],
        left_out=changes,
    )


def smaller_half(squared_radii: Values) -> Flags:
    """Return which balls are smaller than the median, as realism asks for; if ties leave none, which equal it."""
    median = np.median(squared_radii)
    smaller: Flags = squared_radii < median
    return smaller if smaller.any() else squared_radii <= median


def _fill(counter: BallCounter, scale: BallScale, height: int) -> tuple[Nearest, Nearest]:
    """Fill the balls, and return the nearest real points of each fake one, plainly and by scaled distances."""
    space, real, fake = counter.space, counter.real.centres, counter.fake.centres
    dtype = space.dtype(real, fake)
    nearest, most_real = Smallest(len(fake), 1 + SPARE, dtype), Smallest(len(fake), 1 + SPARE, dtype)
    for columns in real.blocks(height):
        real_block = space.block(real, columns, dtype)
        at = torch.arange(columns.start, columns.stop)
        for rows in fake.blocks(height):
            fake_block = space.block(fake, rows, dtype)
            bounds = space.bounds(fake_block, real_block)
            nearest.update(rows, bounds, at)
            most_real.update(rows, scale.bounds(bounds, columns), at)
            counter.count(Bounded(rows.start, columns.start, fake_block, real_block, bounds))
    everyone = np.arange(len(fake))
    plainly = nearest.resolve(space, fake, everyone, real)
    return plainly, most_real.resolve(space, fake, everyone, real, scale)
