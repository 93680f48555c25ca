"""The nearest direction: against all cosines, whatever the blocks, lengths and signs."""

import numpy as np
import pytest

from ganmetrics.core.neighbours.angular import nearest_angle
from ganmetrics.errors import InputError
from tests.neighbour_sets import CASES, clustered, drawn, points


def all_angles(one, other):
    """Return 1 - |cos| of every pair, from the differences of unit vectors: the cosines' own digits are too few."""
    one, other = (side.astype(float) / np.linalg.norm(side.astype(float), axis=1)[:, None] for side in (one, other))
    nearer = [np.square(one[:, None] - sign * other[None]).sum(axis=2) for sign in (1, -1)]
    return np.minimum(*nearer) / 2


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CASES if name not in ("lattice", "double precision", "tiny")])
@pytest.mark.parametrize("height", [9, 1000])
def test_the_least_angle_of_all_is_found(name, height):
    """Of tight clusters, of copies, and far from the origin, where all directions are nearly one."""
    one, other = CASES[name](1), -2 * CASES[name](2)[:40]
    found = nearest_angle(points(one), points(other), height=height)
    assert found == pytest.approx(all_angles(one, other).min(axis=1), rel=1e-9, abs=1e-15)


def test_neither_length_nor_sign_matters():
    """Each image by a factor of its own, some of them negative."""
    one, other = clustered(50, 4, 0.1), drawn(40, 4)
    factors = np.random.default_rng(0).uniform(0.5, 2, (40, 1)).astype(np.float32)
    factors[::2] *= -1
    plain, scaled = (nearest_angle(points(one), points(side), height=16) for side in (other, factors * other))
    assert scaled == pytest.approx(plain, rel=1e-4, abs=1e-9)
    # Control: a turn of one side is seen.
    assert not np.allclose(nearest_angle(points(one), points(other[:, ::-1]), height=16), plain)


def test_the_origin_has_no_direction():
    """Its row is named."""
    features = drawn(5, 3)
    features[3] = 0
    with pytest.raises(InputError, match="a feature that is not zero, but row 3 of features has none"):
        nearest_angle(points(features), points(drawn(5, 3)), height=16)
