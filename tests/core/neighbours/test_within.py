"""Neighbours within a set and between two: exact, whatever the blocks, ties, duplicates and scales."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.core.neighbours.between import encounters, neighbourhoods, smaller_half, surroundings
from ganmetrics.core.neighbours.bounds import Euclidean
from ganmetrics.core.neighbours.pairs import Candidates, pairs_within
from ganmetrics.core.neighbours.points import PointSet, block_rows, squared_distances
from ganmetrics.core.neighbours.within import neighbours
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from tests import neighbour_oracles as oracle
from tests.strategies import feature_sets

HEIGHTS = (9, 25, 1000)


def points(features):
    """Return a set of points."""
    return PointSet.of(features, "features")


def drawn(count, dimension, seed=0, offset=0.0):
    """Gaussian features in single precision, some far from the origin."""
    return (offset + np.random.default_rng(seed).standard_normal((count, dimension))).astype(np.float32)


def clustered(count, dimension, spread, seed=0):
    """Five tight clusters far apart: single precision does not tell which of a cluster is nearest."""
    rng = np.random.default_rng(seed)
    centres = 10 * np.random.default_rng(0).standard_normal((5, dimension))
    return (centres[rng.integers(0, 5, count)] + spread * rng.standard_normal((count, dimension))).astype(np.float32)


CASES = {
    "spread": lambda seed: drawn(60, 12, seed),
    "far from the origin": lambda seed: drawn(60, 12, seed, offset=1000.0),
    "clusters": lambda seed: clustered(60, 12, 1e-3, seed),
    "copies": lambda seed: drawn(40, 3, 0)[np.random.default_rng(seed).integers(0, 40, 60)],
    "lattice": lambda seed: np.random.default_rng(seed).integers(0, 4, (60, 3)).astype(np.float32),
    "one column": lambda seed: drawn(60, 1, seed),
    "double precision": lambda seed: np.random.default_rng(seed).standard_normal((60, 5)) * 1e40,
    "tiny": lambda seed: np.random.default_rng(seed).standard_normal((60, 5)) * 1e-30,
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("height", HEIGHTS)
def test_all_numbers_are_those_of_the_dense_matrices(name, height):
    """Radii, counts both ways, nearest images and realism, bit for bit and whatever the blocks."""
    real, fake, k = CASES[name](1), CASES[name](2)[:40], 3
    found = surroundings(points(real), points(fake), k=k, strict=False, height=height)
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


@pytest.mark.parametrize("name", CASES)
def test_nothing_depends_on_the_blocks(name):
    """Every number is the same to the last bit, for blocks of one row, of many, and of all."""
    real, fake = points(CASES[name](1)), points(CASES[name](2)[:40])
    whole, *others = [surroundings(real, fake, k=2, strict=True, height=height) for height in reversed(HEIGHTS)]
    for other in others:
        for part in ("real", "fake", "between"):
            for field, values in vars(getattr(whole, part)).items():
                if field != "nearest":
                    assert np.array_equal(values, getattr(getattr(other, part), field)), field


@given(feature_sets(dimension=3, smallest_count=5), st.integers(1, 4), st.randoms(use_true_random=False))
def test_the_order_of_the_images_does_not_matter(features, k, random):
    """Each image keeps its radius and its neighbour wherever it stands."""
    order = list(range(len(features)))
    random.shuffle(order)
    whole, shuffled = (neighbours(points(rows), k=k, height=9) for rows in (features, features[order]))
    assert (shuffled.squared_radii == whole.squared_radii[order]).all()
    assert (shuffled.squared_nearest == whole.squared_nearest[order]).all()
    assert ([order[at] for at in shuffled.nearest] == whole.nearest[order]).all()


@pytest.mark.parametrize("dimension", [1, 2, 64, 2048, 20000])
def test_the_distance_of_a_pair_is_one_number(dimension):
    """Alone or among others, and whichever set is named first."""
    one, other = points(drawn(20, dimension, 1)), points(drawn(20, dimension, 2))
    every = np.arange(20)
    together = squared_distances(one, every, other, every)
    assert (together == squared_distances(other, every, one, every)).all()
    for number in range(20):
        at = np.array([number])
        assert squared_distances(one, at, other, at)[0] == together[number]


@pytest.mark.parametrize("dimension", [1, 3, 64, 2048])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_bounds_hold(dimension, dtype, offset):
    """The lower bound is no higher than the distance, the upper no lower, and two slacks lie between."""
    one, other = points(drawn(60, dimension, 1, offset)), points(drawn(50, dimension, 2, offset))
    space = Euclidean(one, other)
    blocks = [space.block(side, slice(None), dtype) for side in (one, other)]
    low = space.bounds(*blocks).double().numpy()
    norms = blocks[0].norms.double().numpy()[:, None] + blocks[1].norms.double().numpy()
    exact = oracle.squared_distances(one.rows(slice(None)), other.rows(slice(None)))
    assert (low <= exact).all()
    assert (exact <= low + 2 * space.slack(dtype) * norms).all()
    # Control: without the slack the product is on both sides of the truth, by far less than the slack.
    middle = low + space.slack(dtype) * norms
    assert (middle > exact).any()
    assert (np.abs(middle - exact) < 0.5 * space.slack(dtype) * norms).all()


def test_products_of_single_precision_alone_would_be_wrong():
    """Control: in tight clusters the plain product in float32 names other neighbours."""
    features = clustered(150, 12, 1e-3)
    rows = torch.from_numpy(features)
    plain = (rows.square().sum(1)[:, None] + rows.square().sum(1) - 2 * rows @ rows.mT).fill_diagonal_(torch.inf)
    found = neighbours(points(features), k=1, height=64)
    assert (plain.argmin(dim=1).numpy() != found.nearest).mean() > 0.3


def test_lowered_precision_of_products_does_not_matter():
    """A user who allowed coarser products gets the same bounds, and their setting back."""
    features = points(drawn(60, 5))
    space = Euclidean(features, features)
    block = space.block(features, slice(0, 60), torch.float32)
    expected = space.bounds(block, block)
    torch.backends.mkldnn.matmul.fp32_precision = "bf16"
    try:
        found = space.bounds(block, block)
        assert torch.backends.mkldnn.matmul.fp32_precision == "bf16"
    finally:
        torch.backends.mkldnn.matmul.fp32_precision = "none"
    assert torch.equal(found, expected)


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
    plain, other = neighbourhoods(real, fake, k=3), neighbourhoods(convert(real), convert(fake), k=3)
    assert (plain.real.squared_radii == other.real.squared_radii).all()
    assert (plain.between.real_balls == other.between.real_balls).all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_promoted(dtype):
    """Narrow features are compared as the numbers that they are."""
    features = torch.from_numpy(drawn(60, 5)).to(dtype)
    found, expected = (neighbours(points(rows), k=2, height=16) for rows in (features, features.double()))
    assert (found.squared_radii == expected.squared_radii).all()


def test_features_on_disk_are_read_in_place(tmp_path):
    """A read-only memory map gives the numbers of the array, under the smallest budget."""
    real, fake = drawn(300, 8, 1), drawn(200, 8, 2)
    for name, rows in (("real", real), ("fake", fake)):
        np.save(tmp_path / f"{name}.npy", rows)
    mapped = [np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in ("real", "fake")]
    with pytest.raises(InputError, match=r"needs memory=(\d+) bytes, got 1000"):
        neighbourhoods(*mapped, k=3, memory=1000)
    found, expected = neighbourhoods(*mapped, k=3, memory=20_000_000), neighbourhoods(real, fake, k=3)
    assert (found.between.realism == expected.between.realism).all()


@given(st.integers(2 * 10**7, 10**10), st.integers(1, 4096), st.integers(2, 10**6))
def test_blocks_fit_the_budget(memory, dimension, count):
    """A larger budget never means smaller blocks, and blocks never exceed it."""
    try:
        height = block_rows(memory, dimension, count)
    except InputError:
        return
    assert 16 <= height <= block_rows(2 * memory, dimension, count)
    assert 8 * height * (5 * dimension + 4 * height) <= memory


def test_pairs_within_a_distance_are_all_found():
    """Counts are those of the dense matrix in both uses, and the nearest pairs are listed first."""
    one, other = clustered(150, 6, 0.3, 1), clustered(90, 6, 0.3, 2)
    squared = oracle.squared_distances(one, other)
    for distance in (0.2, 0.5, 3.0):
        sides = [Candidates(points(side), np.arange(len(side))) for side in (one, other)]
        for height in (40, 1000):
            found = pairs_within(*sides, distance**2, limit=20, height=height)
            assert found.total == (squared <= distance**2).sum()
            assert found.squared == pytest.approx(np.sort(squared[squared <= distance**2])[:20], rel=1e-12)
            assert found.squared == pytest.approx(squared[found.first, found.second], rel=1e-12)
            within = pairs_within(sides[0], sides[0], distance**2, limit=20, height=height, within=True)
            assert within.total == (oracle.squared_distances(one, one)[np.triu_indices(150, 1)] <= distance**2).sum()
            assert (within.first < within.second).all()


def test_the_smaller_half_is_never_empty():
    """Where all balls are of one size, all count."""
    assert smaller_half(np.array([1.0, 2.0, 3.0])).tolist() == [True, False, False]
    assert smaller_half(np.array([2.0, 2.0, 2.0])).tolist() == [True, True, True]


def test_a_collapsed_set_is_no_work():
    """20,000 copies of one image are one point, with balls of radius 0."""
    fake = points(np.ones((20_000, 4), dtype=np.float32))
    real = points(drawn(50, 4))
    found = encounters(real, fake, np.full(50, 100.0), np.zeros(20_000), strict=False, height=64)
    assert len(fake) == 1
    assert found.real_balls.tolist() == [50] * 20_000
    assert found.fakes_inside.tolist() == [20_000] * 50
    assert not found.fake_balls.any()


@pytest.mark.parametrize(
    ("features", "k", "error", "message"),
    [
        (torch.ones(3, 2), 3, NotEnoughSamples, "k=3 neighbours need more than 3 rows of real features, got 3"),
        (torch.ones(3, 2), 0, InputError, "k must be at least 1, got 0"),
        (torch.ones(3, 3), 1, InputError, "one dimension, got real 3 and fake 2"),
        (torch.ones(3, 2, dtype=torch.int64), 1, InputError, "real features must be floating point"),
        (torch.tensor([[1.0, 2.0], [1.0, torch.nan]]), 1, NumericsError, "real features must be finite, but row 1"),
        (torch.full((3, 2), 1e200, dtype=torch.float64), 1, NumericsError, "must be at most 1e.150 .* got 1e.200"),
    ],
)
def test_what_has_no_neighbours_is_refused(features, k, error, message):
    """Too few images, other shapes, non-finite rows and overflow are named in one line."""
    with pytest.raises(error, match=message):
        neighbourhoods(features, torch.ones(9, 2), k=k)
    with pytest.raises(NotEnoughSamples, match="rows of fake features, got 9"):
        neighbourhoods(torch.ones(10, 2), torch.ones(9, 2), k=9)
