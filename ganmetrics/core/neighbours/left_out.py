"""What changes between two sets of images when one image is left out: the jackknife of the neighbour metrics."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ganmetrics.core.neighbours.balls import Balls
from ganmetrics.core.neighbours.counting import BallCounter
from ganmetrics.core.neighbours.nearest import Flags, One
from ganmetrics.core.neighbours.points import Numbers, PointSet, Values
from ganmetrics.core.neighbours.within import BallGrowth


class Changes(NamedTuple):
    """What each image adds and takes away by being left out, counted, int64, one entry for each image left out.

    Leaving an image out removes its ball, and balls in which it is one of the k nearest grow to the next neighbour.
    """

    gained: Numbers
    lost: Numbers

    def by_image(self, points: PointSet) -> "Changes":
        """Return the same by image, where it is by point."""
        return Changes(self.gained[points.group], self.lost[points.group])


@dataclass(frozen=True, eq=False)
class LeftOut:
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


def left_out(counter: BallCounter, real: BallGrowth, fake: BallGrowth, *, first: One, second: One) -> LeftOut:
    """Return what changes, from balls that are counted and know how far they grow.

    Args:
        counter: with both sides' balls filled.
        real: how the real points' balls grow.
        fake: how the fake points' balls grow.
        first: each fake point's nearest real point.
        second: its second nearest.
    """
    balls, edges = counter.real, counter.real.edges
    assert edges is not None
    real_points, fake_points = balls.centres, balls.points
    members = _members(real, real_points)
    holding_one = balls.holds == 1
    alone = np.bincount(edges.sole_guest[holding_one], real_points.count[holding_one], len(fake_points))
    density = Changes(_sum_by_member(members, edges.images_beside, real_points), balls.holds)
    becoming_covered = ((balls.holds == 0) & (edges.images_beside > 0)).astype(np.int64)
    newly_covered = _sum_by_member(members, becoming_covered, real_points)
    return LeftOut(
        precision=_of_share(balls, members),
        recall=_of_share(counter.fake, _members(fake, fake_points)),
        density=density.by_image(real_points),
        authenticity=_of_authenticity(real, first, second, fake_points, real_points),
        newly_covered=newly_covered[real_points.group],
        covered_alone=alone.astype(np.int64)[fake_points.group],
    )


def _members(growth: BallGrowth, points: PointSet) -> Numbers:
    """Return for each ball the points that make it grow by being left out, -1 for none, shape [balls, any].

    They are the points inside, and the centre itself if it has a copy. A ball does not grow at all where the next
    neighbour is as near as the k-th; elsewhere exactly k images are inside.
    """
    grows = growth.squared_grown > growth.squared_radii
    inside = growth.nearest.squared <= growth.squared_radii[:, None]
    others = np.where(inside & grows[:, None], growth.nearest.numbers, -1)
    itself = np.where(grows & (points.count > 1), np.arange(len(points)), -1)
    return np.column_stack([others, itself])


def _sum_by_member(members: Numbers, values: Numbers, points: PointSet) -> Numbers:
    """Return for each point the sum of a value over the balls that grow if one of its images is left out.

    A ball counts once for each image that its centre stands for, less the image left out.
    """
    centre, column = (members >= 0).nonzero()
    member = members[centre, column]
    images = points.count[centre] - (member == centre)
    return np.bincount(member, values[centre] * images, len(points)).astype(np.int64)


def _of_share(balls: Balls, members: Numbers) -> Changes:
    """Return how many images come into a ball, and how many fall out of their only one, by the image left out.

    *Gained*: a point in no ball comes to lie in one that grows. *Lost*: a point in one ball only, if that ball's centre
    is left out, unless a ball beside the point grows for the same image.
    """
    edges, asked, centres = balls.edges, balls.points, balls.centres
    assert edges is not None
    point, column = (edges.beside >= 0).nonzero()
    ball = edges.beside[point, column]
    outside = balls.held_by[point] == 0
    pair, place = (members[ball[outside]] >= 0).nonzero()
    # A point counts once for an image, however many balls that image makes grow around it.
    coming_in = np.unique(point[outside][pair] * len(centres) + members[ball[outside]][pair, place])
    gained = np.bincount(coming_in % len(centres), asked.count[coming_in // len(centres)], len(centres))
    falling_out = balls.held_by == 1
    in_one = falling_out[point]
    replaced = (members[ball[in_one]] == edges.sole_ball[point[in_one]][:, None]).any(axis=1)
    falling_out[point[in_one][replaced]] = False
    lost = np.bincount(edges.sole_ball[falling_out], asked.count[falling_out], len(centres))
    return Changes(gained.astype(np.int64), lost.astype(np.int64)).by_image(centres)


def _of_authenticity(growth: BallGrowth, first: One, second: One, fake: PointSet, real: PointSet) -> Changes:
    """Return how many fake images become authentic, and how many no longer are, by real image left out.

    Only two real images matter to a fake one: its nearest, whose place the second nearest takes; and the nearest
    one's own nearest, by whose distance authenticity is measured.
    """
    count = real.count
    nearest, next_to_nearest = growth.nearest.numbers[:, 0], growth.nearest.squared[:, 1]
    # From a point to the nearest other image: 0 where the point has a copy.
    own = _own_distance(growth, count)
    before = first.squared > own[first.numbers]
    # Without the nearest: a copy takes its place, if there is one, or else the second.
    own_without_a_copy = _own_distance(growth, count - 1)
    own_of_second = np.where(
        (nearest[second.numbers] == first.numbers) & (count[second.numbers] == 1),
        next_to_nearest[second.numbers],
        own[second.numbers],
    )
    without_first = np.where(
        count[first.numbers] > 1, first.squared > own_without_a_copy[first.numbers], second.squared > own_of_second
    )
    # Without the nearest one's own nearest, where that is a single other image.
    neighbour = nearest[first.numbers]
    single = (count[first.numbers] == 1) & (count[neighbour] == 1)
    without_neighbour = np.where(single, first.squared > next_to_nearest[first.numbers], before)

    def total(*changed: tuple[Numbers, Flags]) -> Numbers:
        sums = [np.bincount(at[rows], fake.count[rows], len(real)) for at, rows in changed]
        return (sums[0] + sums[1]).astype(np.int64)

    gained = total((first.numbers, without_first & ~before), (neighbour, without_neighbour & ~before))
    lost = total((first.numbers, before & ~without_first), (neighbour, before & ~without_neighbour))
    return Changes(gained, lost).by_image(real)


def _own_distance(growth: BallGrowth, count: Numbers) -> Values:
    """Return the squared distance from each point to the nearest other image, were there so many images of it."""
    return np.where(count > 1, 0.0, growth.nearest.squared[:, 0])
