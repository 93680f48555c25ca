"""What real and fake images are to each other: who lies in whose ball, and what is nearest, from one pass."""

from dataclasses import dataclass

import numpy as np
import torch

from ganmetrics._types import ArrayLike
from ganmetrics.core.neighbours.balls import Balls
from ganmetrics.core.neighbours.bounds import Euclidean
from ganmetrics.core.neighbours.left_out import Deletions, TwoNearest, deletions
from ganmetrics.core.neighbours.nearest import SPARE, Flags, Nearest, Scale, Smallest, nearest_among
from ganmetrics.core.neighbours.points import MEMORY, Numbers, PointSet, Values, block_rows
from ganmetrics.core.neighbours.within import Growth, Neighbours, check_neighbours, neighbours
from ganmetrics.errors import InputError


@dataclass(frozen=True, eq=False)
class Encounters:
    """What one set of images is to another, by image.

    Attributes:
        real_balls: how many real balls each fake image lies in, int64 [m].
        fakes_inside: how many fake images lie in each real image's ball, int64 [n].
        fake_balls: how many fake balls each real image lies in, int64 [n].
        nearest: the nearest real image of each fake one, int64 [m].
        squared_nearest: its squared distance, float64 [m].
        realism: largest ratio of a real ball's radius to the distance of a fake image from its centre, over the balls
            of `smaller_half`, float64 [m]; infinite for a copy of such a centre.
        deletions: what changes when an image is left out; None where it was not asked for.
    """

    real_balls: Numbers
    fakes_inside: Numbers
    fake_balls: Numbers
    nearest: Numbers
    squared_nearest: Values
    realism: Values
    deletions: Deletions | None = None


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """Everything that neighbour metrics need of two sets of images.

    Attributes:
        k: the neighbour on the boundary of each ball.
        real: neighbours within the real set.
        fake: neighbours within the fake set.
        between: what lies in whose ball, and each fake image's nearest real one.
    """

    k: int
    real: Neighbours
    fake: Neighbours
    between: Encounters


def neighbourhoods(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    k: int,
    strict: bool = False,
    memory: int = MEMORY,
    growth: bool = False,
) -> Neighbourhoods:
    """Return who is whose neighbour, within both sets and between them; each block of distances is computed once.

    Distances are compared as double precision gives them by differences (`squared_distances`), whatever the size of
    the blocks; so nothing in the result depends on it. Work is done on the CPU.

    Args:
        real: features, floating point, shape [n, d]; in memory, or on disk as a `numpy.memmap`.
        fake: features, floating point, shape [m, d].
        k: the neighbour on the boundary of a ball, itself not counted.
        strict: whether the boundary is left out.
        memory: budget in bytes for all that is allocated beside the features.
        growth: whether to watch what changes when an image is left out (`Encounters.deletions`).

    Raises:
        InputError: if the shapes do not fit, `k` is below 1, or the budget is too small.
        NotEnoughSamples: if a side has not more than `k` images, or k + 1 with `growth`.
        NumericsError: if a feature is not finite, naming the row.

    >>> line = torch.arange(4.0)[:, None]
    >>> neighbourhoods(line, line + 0.5, k=1).between.real_balls.tolist()
    [2, 2, 2, 1]
    """
    real_points, fake_points, height = point_sets(real, fake, memory)
    return surroundings(real_points, fake_points, k=k, strict=strict, height=height, growth=growth)


def surroundings(
    real: PointSet, fake: PointSet, *, k: int, strict: bool, height: int, growth: bool = False
) -> Neighbourhoods:
    """Return the same from points that are at hand; see `neighbourhoods`."""
    # Both before the first, which takes long.
    for points in (real, fake):
        check_neighbours(points, k + growth)
    of_real = neighbours(real, k=k, height=height, growth=growth)
    of_fake = neighbours(fake, k=k, height=height, growth=growth)
    radii = of_real.squared_radii, of_fake.squared_radii
    grown = None if of_real.growth is None or of_fake.growth is None else (of_real.growth, of_fake.growth)
    between = encounters(real, fake, *radii, strict=strict, height=height, growth=grown)
    return Neighbourhoods(k, of_real, of_fake, between)


def point_sets(real: ArrayLike, fake: ArrayLike, memory: int) -> tuple[PointSet, PointSet, int]:
    """Return both sets' points, and the rows of a block that the budget allows.

    Raises:
        InputError: if the shapes do not fit, or the budget is too small.
        NumericsError: if a feature is not finite, naming the row.
    """
    real_points, fake_points = PointSet.of(real, "real features"), PointSet.of(fake, "fake features")
    if real_points.dimension != fake_points.dimension:
        raise InputError(
            f"both sides need one dimension, got real {real_points.dimension} and fake {fake_points.dimension}"
        )
    count = len(real_points.group) + len(fake_points.group)
    return real_points, fake_points, block_rows(memory, real_points.dimension, count)


def encounters(
    real: PointSet,
    fake: PointSet,
    real_radii: Values,
    fake_radii: Values,
    *,
    strict: bool,
    height: int,
    growth: tuple[Growth, Growth] | None = None,
) -> Encounters:
    """Return what two sets are to each other, given the squared radii of their balls by image.

    Negative radii are of empty balls. Given what the balls of either side grow to, also what changes without an image.
    """
    space = Euclidean(real, fake)
    grown = None if growth is None else (growth[0].squared_grown, growth[1].squared_grown)
    balls = Balls(space, real, fake, real_radii[real.first], fake_radii[fake.first], strict, grown)
    scale = Scale.of_balls(real_radii[real.first], smaller_half(real_radii)[real.first])
    plainly, in_radii = _meet(balls, scale, height)
    everyone = np.arange(len(fake))
    nearest = plainly.resolve(space, fake, everyone, real)
    index, squared = _first(nearest, balls, height)
    _, relative = _first(in_radii.resolve(space, fake, everyone, real, scale), balls, height, scale)
    left_out = None
    if growth is not None:
        two = TwoNearest(index, squared, *_second(nearest, index, balls, height))
        left_out = deletions(balls, *growth, two)
    with np.errstate(divide="ignore"):
        realism = scale.unit / np.sqrt(relative)
    return Encounters(
        real_balls=balls.real_balls[fake.group],
        fakes_inside=balls.fakes_inside[real.group],
        fake_balls=balls.fake_balls[real.group],
        nearest=real.first[index][fake.group],
        squared_nearest=squared[fake.group],
        realism=realism[fake.group],
        deletions=left_out,
    )


def smaller_half(squared_radii: Values) -> Flags:
    """Return which balls are smaller than the median, as realism asks for; if ties leave none, which equal it."""
    median = np.median(squared_radii)
    smaller: Flags = squared_radii < median
    return smaller if smaller.any() else squared_radii <= median


def _meet(balls: Balls, scale: Scale, height: int) -> tuple[Smallest, Smallest]:
    """Fill the balls, and return candidates for each fake point's nearest real one, plainly and in units of radii."""
    space, real, fake = balls.space, balls.real, balls.fake
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
            balls.count(rows, columns, fake_block, real_block, bounds)
    return nearest, most_real


def _first(nearest: Nearest, balls: Balls, height: int, scale: Scale | None = None) -> tuple[Numbers, Values]:
    """Return each fake point's nearest real one and its squared distance, both exact."""
    numbers, squared = nearest.numbers[:, 0].copy(), nearest.squared[:, 0].copy()
    undecided = (squared > nearest.rest).nonzero()[0]
    if len(undecided):
        again = nearest_among(balls.fake, undecided, balls.real, k=1, space=balls.space, height=height, scale=scale)
        numbers[undecided], squared[undecided] = again.numbers[:, 0], again.squared[:, 0]
    return numbers, squared


def _second(nearest: Nearest, first: Numbers, balls: Balls, height: int) -> tuple[Numbers, Values]:
    """Return the same of the next nearest; where there is none, -1 and an infinite distance."""
    numbers, squared = nearest.numbers[:, 1].copy(), nearest.squared[:, 1].copy()
    undecided = ((squared > nearest.rest) | (numbers == first)).nonzero()[0]
    if len(undecided):
        again = nearest_among(balls.fake, undecided, balls.real, k=2, space=balls.space, height=height)
        column = (again.numbers[:, 0] == first[undecided]).astype(np.int64)[:, None]
        numbers[undecided] = np.take_along_axis(again.numbers, column, 1)[:, 0]
        squared[undecided] = np.take_along_axis(again.squared, column, 1)[:, 0]
    return numbers, squared
