"""Neighbours between two sets: exact, whatever the blocks, ties, duplicates and scales."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.neighbours.between import between, nearest_real, of_both, of_both_points, smaller_half
from ganmetrics.core.neighbours.points import squared_distances
from ganmetrics.core.neighbours.within import find_within
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from tests import neighbour_oracles as oracle
from tests.neighbour_sets import CASES, drawn, points
from tests.strategies import rotation

HEIGHTS = (9, 25, 1000)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("height", HEIGHTS)
def test_all_numbers_are_those_of_the_dense_matrices(name, height):
    """Radii, counts both ways, nearest images and realism, bit for bit and whatever the blocks."""
    real, fake, k = CASES[name](1), CASES[name](2)[:40], 3
    found = of_both_points(points(real), points(fake), k=k, strict=False, height=height)
    squared, real_radii, fake_radii = (
        oracle.squared_distances(real, fake),
        oracle.squared_radii(real, k),
        oracle.squared_radii(fake, k),
    )
    exact = squared_distances(
        points(real), points(real).group.repeat(40), points(fake), np.tile(points(fake).group, 60)
    ).reshape(60, 40)
    assert exact == pytest.approx(squared, rel=1e-13)
    assert found.real.squared_radii == pytest.approx(real_radii, rel=1e-13)
    assert found.fake.squared_radii == pytest.approx(fake_radii, rel=1e-13)
    in_real, in_fake = exact <= found.real.squared_radii[:, None], exact <= found.fake.squared_radii
    assert (found.between.real_balls == in_real.sum(axis=0)).all()
    assert (found.between.fakes_inside == in_real.sum(axis=1)).all()
    assert (found.between.fake_balls == in_fake.sum(axis=1)).all()
    assert (found.between.squared_nearest == exact.min(axis=0)).all()
    assert (exact[found.between.nearest, np.arange(40)] == exact.min(axis=0)).all()
    radii = found.real.squared_radii
    kept = smaller_half(radii) & (radii > 0)
    with np.errstate(divide="ignore"):
        ratios = np.sqrt(radii[kept, None] / exact[kept]).max(axis=0, initial=0)
    assert found.between.realism == pytest.approx(ratios, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_nothing_depends_on_the_blocks(name):
    """Every number is the same to the last bit, for blocks of one row, of many, and of all."""
    real, fake = points(CASES[name](1)), points(CASES[name](2)[:40])
    whole, *others = [of_both_points(real, fake, k=2, strict=True, height=height) for height in reversed(HEIGHTS)]
    for other in others:
        for part in ("real", "fake", "between"):
            for field, values in vars(getattr(whole, part)).items():
                if field != "nearest":
                    assert np.array_equal(values, getattr(getattr(other, part), field)), field


@pytest.mark.parametrize(
    "convert",
    [
        torch.from_numpy,
        lambda rows: torch.from_numpy(rows).double(),
        lambda rows: rows.astype(">f4"),
        lambda rows: rows.astype(np.longdouble),
        lambda rows: torch.from_numpy(rows).requires_grad_(),
        np.asfortranarray,
    ],
)
def test_every_container_gives_the_same_numbers(convert):
    """Torch or NumPy, narrow or wide, in any order of bytes and axes."""
    real, fake = drawn(60, 5, 1), drawn(50, 5, 2)
    plain, other = of_both(real, fake, k=3), of_both(convert(real), convert(fake), k=3)
    assert (plain.real.squared_radii == other.real.squared_radii).all()
    assert (plain.between.real_balls == other.between.real_balls).all()


def test_features_on_disk_are_read_in_place(tmp_path):
    """A read-only memory map gives the numbers of the array, under the smallest budget."""
    real, fake = drawn(300, 8, 1), drawn(200, 8, 2)
    for name, rows in (("real", real), ("fake", fake)):
        np.save(tmp_path / f"{name}.npy", rows)
    mapped = [np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in ("real", "fake")]
    with pytest.raises(InputError, match=r"needs memory=(\d+) bytes; got 1000"):
        of_both(*mapped, k=3, memory=1000)
    found, expected = of_both(*mapped, k=3, memory=20_000_000), of_both(real, fake, k=3)
    assert (found.between.realism == expected.between.realism).all()


def test_the_smaller_half_is_never_empty():
    """Where all balls are of one size, all count."""
    assert smaller_half(np.array([1.0, 2.0, 3.0])).tolist() == [True, False, False]
    assert smaller_half(np.array([2.0, 2.0, 2.0])).tolist() == [True, True, True]


def test_a_collapsed_set_is_no_work():
    """20,000 copies of one image are one point, with balls of radius 0."""
    fake = points(np.ones((20_000, 4), dtype=np.float32))
    real = points(drawn(50, 4))
    found = between(real, fake, np.full(50, 100.0), np.zeros(20_000), strict=False, height=64)
    assert len(fake) == 1
    assert found.real_balls.tolist() == [50] * 20_000
    assert found.fakes_inside.tolist() == [20_000] * 50
    assert not found.fake_balls.any()


@pytest.mark.parametrize(
    ("features", "k", "error", "message"),
    [
        (torch.ones(3, 2), 3, NotEnoughSamples, "k=3 neighbours need more than 3 rows of real features; got 3"),
        (torch.ones(3, 2), 0, InputError, "k must be at least 1; got 0"),
        (torch.ones(3, 3), 1, InputError, "one dimension; got real 3 and fake 2"),
        (torch.ones(3, 2, dtype=torch.int64), 1, InputError, "real features must be floating point"),
        (torch.tensor([[1.0, 2.0], [1.0, torch.nan]]), 1, NumericsError, "real features must be finite, but row 1"),
        (torch.full((3, 2), 1e200, dtype=torch.float64), 1, NumericsError, "must be at most 1e.150 .* got 1e.200"),
    ],
)
def test_what_has_no_neighbours_is_refused(features, k, error, message):
    """Too few images, other shapes, non-finite rows and overflow are named in one line."""
    with pytest.raises(error, match=message):
        of_both(features, torch.ones(9, 2), k=k)
    with pytest.raises(NotEnoughSamples, match="rows of fake features; got 9"):
        of_both(torch.ones(10, 2), torch.ones(9, 2), k=9)


def realism(real, fake, k=3):
    """Return the realism of each fake image, however few there are."""
    sides = points(real), points(fake)
    radii = find_within(sides[0], k=k, height=64).squared_radii
    return between(*sides, radii, np.zeros(len(fake)), strict=False, height=64).realism


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_nearest_real_image_is_the_same_without_balls(name):
    """To the last bit, also for the few rows that single precision does not decide."""
    real, fake = points(CASES[name](1)), points(CASES[name](2)[:40])
    found, alone = of_both_points(real, fake, k=2, strict=False, height=25), nearest_real(real, fake, height=25)
    assert (alone.nearest == found.between.nearest).all()
    assert (alone.squared_nearest == found.between.squared_nearest).all()


def test_realism_is_that_of_the_paper():
    """Equation 3 over the smaller half of the balls, above 1 only inside one of them."""
    real, fake = drawn(80, 4, 1), drawn(60, 4, 2)
    values = realism(real, fake)
    assert values == pytest.approx(oracle.realism(real, fake, 3), rel=1e-12)
    assert (of_both(real, fake, k=3).between.real_balls[values >= 1] > 0).all()
    assert (values < 1).any()
    # Control: with all balls the values would be larger.
    every = np.sqrt((oracle.squared_radii(real, 3)[:, None] / oracle.squared_distances(real, fake)).max(axis=0))
    assert (values < every).any()


def test_the_realism_of_copies_is_infinite_and_of_far_images_small():
    """Of a real image whose ball counts; images far away come to nothing."""
    real = torch.arange(10.0)[:, None]
    assert realism(real, torch.tensor([[3.0], [1e6]]), k=1).tolist() == [float("inf"), pytest.approx(1e-6, rel=1e-4)]


@pytest.mark.parametrize(("k", "radius"), [(1, 1), (2, 1), (3, 2), (4, 2)])
def test_the_realism_on_a_line_is_known(k, radius):
    """A quarter beside a place, whose ball reaches that many places."""
    assert realism(np.arange(40.0)[:, None], np.array([[20.25]]), k=k).tolist() == [4 * radius]


@pytest.mark.slow
@given(st.integers(0, 100), st.sampled_from([1e-20, 1e-3, 1e6]), st.integers(-100, 100))
def test_turning_moving_and_scaling_both_sides_keeps_realism(seed, scale, shift):
    """It is a ratio of distances."""
    real, fake = drawn(40, 4, seed).astype(float), 0.9 * drawn(30, 4, seed + 1000).astype(float)
    turn = rotation(4, seed)
    moved = [scale * (side @ turn + shift) for side in (real, fake)]
    assert realism(*moved) == pytest.approx(realism(real, fake), rel=1e-8)
