"""What leaving out one image changes: against leaving out each and looking again, ties and copies included."""

import numpy as np
import pytest

from ganmetrics.core.neighbours.between import of_both, of_both_points
from ganmetrics.core.neighbours.points import PointSet
from ganmetrics.errors import NotEnoughSamples
from tests import neighbour_oracles as oracle

BY_REAL = ("precision", "density", "authenticity", "newly_covered")
BY_FAKE = ("recall", "covered_alone")


def spread(rng, real, fake):
    """Two clouds that overlap in part."""
    return rng.standard_normal((real, 3)), 0.8 * rng.standard_normal((fake, 3)) + 0.3


def lattice(rng, real, fake):
    """Many distances are equal."""
    return rng.integers(0, 4, (real, 2)).astype(float), rng.integers(0, 4, (fake, 2)).astype(float)


def copies(rng, real, fake):
    """Few distinct images on either side, some of them on both."""
    images = rng.standard_normal((real // 2, 2))
    beside = images + 0.01 * rng.integers(0, 2, (len(images), 1))
    return images[rng.integers(0, len(images), real)], beside[rng.integers(0, len(images), fake)]


def collapsed(rng, real, fake):
    """All fakes at one place, and next to no real image near it."""
    return rng.standard_normal((real, 2)), np.full((fake, 2), 1.5)


def totals(real, fake, k, strict):
    """What the shares are means of: sums over the images that are asked about."""
    shares = oracle.precision_recall(real, fake, k, strict)
    return {
        "precision": shares[0] * len(fake),
        "recall": shares[1] * len(real),
        "density": shares[2] * k * len(fake),
        "coverage": shares[3] * len(real),
        "authenticity": oracle.authenticity(real, fake) * len(fake),
    }


def brute_force(real, fake, k, strict):
    """Return the changes of the totals by each real and by each fake image left out."""
    whole = totals(real, fake, k, strict)

    def changes(of, without):
        return np.array([each[of] - whole[of] for each in without])

    without_real = [totals(np.delete(real, row, 0), fake, k, strict) for row in range(len(real))]
    without_fake = [totals(real, np.delete(fake, row, 0), k, strict) for row in range(len(fake))]
    found = {of: changes(of, without_real) for of in ("precision", "density", "authenticity", "coverage")}
    return found | {"recall": changes("recall", without_fake), "covered_alone": changes("coverage", without_fake)}


def net(found, of):
    """Return gained less lost."""
    changes = getattr(found, of)
    return changes.gained - changes.lost


@pytest.mark.parametrize("images", [spread, lattice, copies, collapsed])
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(("k", "real_count", "fake_count"), [(1, 12, 17), (3, 20, 14), (4, 15, 15)])
def test_each_image_is_left_out_exactly(images, strict, k, real_count, fake_count):
    """As if the metric were computed again without it."""
    real, fake = (side.astype(np.float32) for side in images(np.random.default_rng(k), real_count, fake_count))
    between = of_both(real, fake, k=k, strict=strict, growth=True).between
    found, expected = between.left_out, brute_force(real, fake, k, strict)
    for of in ("precision", "recall", "density"):
        assert net(found, of) == pytest.approx(expected[of], abs=1e-9), of
    covered = (between.fakes_inside > 0).astype(int)
    assert found.newly_covered - covered == pytest.approx(expected["coverage"], abs=1e-9)
    assert -found.covered_alone == pytest.approx(expected["covered_alone"], abs=1e-9)
    if images is not lattice:  # where the nearest of equally near ones is not one image
        assert net(found, "authenticity") == pytest.approx(expected["authenticity"], abs=1e-9)


def test_balls_that_did_not_grow_would_be_wrong():
    """Control: without growth nothing is ever gained, and more is lost."""
    rng = np.random.default_rng(0)
    real, fake = spread(rng, 60, 60)
    found = of_both(real, fake, k=3, growth=True).between
    alone = found.real_balls == 1
    assert found.left_out.precision.gained.sum() > 0
    assert found.left_out.precision.lost.sum() < alone.sum()


@pytest.mark.slow
@pytest.mark.parametrize("images", [spread, copies])
def test_nothing_depends_on_blocks_or_order(images):
    """Each image's changes go with it, whatever the height of a block."""
    rng = np.random.default_rng(5)
    real, fake = (side.astype(np.float32) for side in images(rng, 60, 50))
    whole = of_both(real, fake, k=3, growth=True).between.left_out
    order, other = rng.permutation(60), rng.permutation(50)
    for height in (9, 1000):
        points = PointSet.of(real[order], "real"), PointSet.of(fake[other], "fake")
        found = of_both_points(*points, k=3, strict=False, height=height, growth=True).between.left_out
        for names, rows in ((BY_REAL, order), (BY_FAKE, other)):
            for name in names:
                one, moved = np.stack([getattr(whole, name)]), np.stack([getattr(found, name)])
                assert (one[..., rows] == moved).all(), name


def test_numbers_are_the_same_whether_watched_or_not():
    """Counts, radii and nearest images do not know about growth; without it there are no changes."""
    real, fake = (side.astype(np.float32) for side in lattice(np.random.default_rng(2), 40, 30))
    plain, watched = (of_both(real, fake, k=3, growth=growth) for growth in (False, True))
    assert plain.between.left_out is None
    assert plain.real.growth is None
    for part, fields in (
        ("real", ("squared_radii", "squared_nearest")),
        ("fake", ("squared_radii", "squared_nearest")),
        ("between", ("real_balls", "fakes_inside", "fake_balls", "nearest", "squared_nearest", "realism")),
    ):
        for field in fields:
            one, other = (getattr(getattr(found, part), field) for found in (plain, watched))
            assert np.array_equal(one, other), (part, field)


def test_a_set_without_a_next_neighbour_is_refused():
    """As many images as neighbours and itself are enough for a ball, not for its growth."""
    few, many = np.random.default_rng(0).standard_normal((2, 9, 2))
    of_both(few[:4], many, k=3)
    with pytest.raises(NotEnoughSamples, match="need more than 4 rows of real features; got 4"):
        of_both(few[:4], many, k=3, growth=True)
