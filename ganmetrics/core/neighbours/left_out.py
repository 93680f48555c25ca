"""What changes between two sets of images when one image is left out: the jackknife of the neighbour metrics."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ganmetrics.core.neighbours.balls import Balls
from ganmetrics.core.neighbours.points import Numbers, PointSet, Values
from ganmetrics.core.neighbours.shells import Shells
from ganmetrics.core.neighbours.within import Growth


class Changes(NamedTuple):
    """What each image adds and takes away by being left out, counted, int64, one entry for each image left out.

    Leaving an image out removes its ball, and balls in which it is one of the k nearest grow to the next neighbour.
    """

    gained: Numbers
    lost: Numbers


@dataclass(frozen=True, eq=False)
class Deletions:
    """What the shares of both sets do when one image is left out.

    Attributes:
        precision: fake images that come into a real ball and that are left without, by real image.
        recall: real images that come into a fake ball and that are left without, by fake image.
        density: pairs of a real ball and a fake image in it that arise and vanish, by real image.
        authenticity: fake images that become authentic, and that no longer are, by real image.
        newly_covered: other real images in whose ball a fake image comes to lie, by real image, int64 [n].
        covered_alone: real images in whose ball there is one fake image, by that image, int64 [m].
    """

    precision: Changes
    recall: Changes
    density: Changes
    authenticity: Changes
    newly_covered: Numbers
    covered_alone: Numbers


class TwoNearest(NamedTuple):
    """The two nearest points of each of some points, and their squared distances."""

    first: Numbers
    squared_first: Values
    second: Numbers
    squared_second: Values


def deletions(balls: Balls, real: Growth, fake: Growth, nearest: TwoNearest) -> Deletions:
    """Return the same from counted balls that were watched for growth.

    Args:
        balls: filled, with `grown` radii.
        real: what the real points' balls grow to.
        fake: what the fake points' balls grow to.
        nearest: each fake point's two nearest real points.
    """
    real_inside = _inside(real, balls.real)
    uncovered = balls.fakes_inside == 0
    of_one = balls.fakes_inside == 1
    alone = np.bincount(balls.guests[of_one], balls.real.count[of_one], len(balls.fake)).astype(np.int64)
    density = Changes(_by_member(real_inside, balls.fakes_beside, balls.real), balls.fakes_inside)
    newly = _by_member(real_inside, (uncovered & (balls.fakes_beside > 0)).astype(np.int64), balls.real)
    return Deletions(
        precision=_of_share(balls.around_fake, balls.real_balls, real_inside, balls.fake, balls.real),
        recall=_of_share(balls.around_real, balls.fake_balls, _inside(fake, balls.fake), balls.real, balls.fake),
        density=_by_image(density, balls.real),
        authenticity=_of_authenticity(real, nearest, balls.fake, balls.real),
        newly_covered=newly[balls.real.group],
        covered_alone=alone[balls.fake.group],
    )


def _inside(growth: Growth, points: PointSet) -> Numbers:
    """Return the points by whose loss each ball grows, -1 for none: those inside, and itself if it has a copy.

    Where the next neighbour is as near as the k-th the ball does not grow; elsewhere exactly k images are inside.
    """
    grows = growth.squared_grown > growth.squared_radii
    inside = growth.nearest.squared <= growth.squared_radii[:, None]
    others = np.where(inside & grows[:, None], growth.nearest.numbers, -1)
    itself = np.where(grows & (points.count > 1), np.arange(len(points)), -1)
    return np.column_stack([others, itself])


def _by_member(inside: Numbers, values: Numbers, points: PointSet) -> Numbers:
    """Return for each point the sum of a value over the images, other than the one left out, whose ball grows."""
    centre, column = (inside >= 0).nonzero()
    member = inside[centre, column]
    images = points.count[centre] - (member == centre)
    return np.bincount(member, values[centre] * images, len(points)).astype(np.int64)


def _of_share(shells: Shells, balls: Numbers, inside: Numbers, asked: PointSet, centres: PointSet) -> Changes:
    """Return which points come into a ball, and which fall out of their only one, by the image of a centre."""
    row, column = (shells.beside >= 0).nonzero()
    without = balls[row] == 0
    point = row[without]
    members = inside[shells.beside[point, column[without]]]
    pair, place = (members >= 0).nonzero()
    arising = np.unique(point[pair] * len(centres) + members[pair, place])
    gained = np.bincount(arising % len(centres), asked.count[arising // len(centres)], len(centres))
    alone = balls == 1
    once = row[alone[row]]
    members = inside[shells.beside[once, column[alone[row]]]]
    # The only ball goes, but one that grows for it takes its place.
    alone[once[(members == shells.sole[once][:, None]).any(axis=1)]] = False
    lost = np.bincount(shells.sole[alone], asked.count[alone], len(centres))
    return _by_image(Changes(gained.astype(np.int64), lost.astype(np.int64)), centres)


def _of_authenticity(growth: Growth, nearest: TwoNearest, fake: PointSet, real: PointSet) -> Changes:
    """Return which fake points become authentic, and which no longer are, by real image.

    Only two images matter to a fake one: its nearest, without which the second is, and the nearest one's own nearest.
    """
    first, second, count = nearest.first, nearest.second, real.count
    own, next_own = growth.nearest.squared[:, 0], growth.nearest.squared[:, 1]
    nearest_of = growth.nearest.numbers[:, 0]
    copied = np.where(count > 1, 0.0, own)
    before = nearest.squared_first > copied[first]
    # Without the nearest: its copy, which has a copy less, or the second.
    left = np.where(count - 1 > 1, 0.0, own)
    of_second = np.where((nearest_of[second] == first) & (count[second] == 1), next_own[second], copied[second])
    without_first = np.where(count[first] > 1, nearest.squared_first > left[first], nearest.squared_second > of_second)
    # Without the nearest one's own nearest, where that is a single other image.
    neighbour = nearest_of[first]
    single = (count[first] == 1) & (count[neighbour] == 1)
    without_neighbour = np.where(single, nearest.squared_first > next_own[first], before)
    totals = []
    for sign in (1, -1):
        total = np.zeros(len(real))
        for at, after in ((first, without_first), (neighbour, without_neighbour)):
            changed = after & ~before if sign > 0 else before & ~after
            total += np.bincount(at[changed], fake.count[changed], len(real))
        totals.append(total.astype(np.int64))
    return _by_image(Changes(*totals), real)


def _by_image(changes: Changes, points: PointSet) -> Changes:
    return Changes(changes.gained[points.group], changes.lost[points.group])
