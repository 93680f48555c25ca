"""The draws are what their names say."""

import numpy as np
import pytest

from ganmetrics.commands.sanity.synthetic.draws import CHECKS, COPIES, FAULT_DRAWS, SHARED_VOLUME, SyntheticSets

COUNT = 3000


def sets_of(name):
    """Undisturbed sets, and those after a check."""
    (check,) = [check for check in CHECKS if check.name == name]
    rng = np.random.default_rng(1)
    before = SyntheticSets(*(FAULT_DRAWS[check.family](rng, COUNT) for _ in range(3)))
    return before, check.disturb(rng, before)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_leaves_what_it_was_given(check):
    """Counts and widths stay, what is disturbed is new, and something has changed."""
    rng = np.random.default_rng(0)
    before = SyntheticSets(*(FAULT_DRAWS[check.family](rng, 100) for _ in range(3)))
    kept = [side.features.copy() for side in (before.real, before.test, before.fake)]
    after = check.disturb(rng, before)
    for side, was, now in zip(
        (before.real, before.test, before.fake), kept, (after.real, after.test, after.fake), strict=True
    ):
        assert np.array_equal(side.features, was)
        assert now.features.shape == was.shape
        assert now.classes.shape == (100,)
    changed = [
        not (np.array_equal(one.features, other.features) and np.array_equal(one.classes, other.classes))
        for one, other in ((before.real, after.real), (before.test, after.test), (before.fake, after.fake))
    ]
    assert changed == [check.name == "3 % outliers among the real", False, not changed[0]]


def test_one_wide_mode_has_the_moments_of_two():
    """So that a distance of moments cannot see it."""
    before, after = sets_of("one wide mode in the place of two")
    assert np.allclose(before.fake.features.mean(0), after.fake.features.mean(0), atol=0.4)
    assert np.allclose(np.cov(before.fake.features.T), np.cov(after.fake.features.T), atol=1.2)
    inside = [np.abs(side.fake.features[:, 0]) < 1 for side in (before, after)]
    assert inside[0].mean() < 0.01
    assert inside[1].mean() > 0.1


def test_cubes_share_a_fifth():
    """The share of fakes that lie in the real cube."""
    _, after = sets_of("cube moved, a fifth shared")
    assert (after.fake.features <= 1).all(axis=1).mean() == pytest.approx(SHARED_VOLUME, abs=0.03)


def test_spheres_are_spheres():
    """Every fake has one length."""
    _, after = sets_of("sphere 10 % larger")
    assert np.allclose(np.linalg.norm(after.fake.features, axis=1), 1.1)


@pytest.mark.slow
def test_copies_lie_beside_real_images():
    """So many of the fakes, and no more."""
    _, after = sets_of("10 % of the fakes copies")
    distances = np.linalg.norm(after.fake.features[:, None, :4] - after.real.features[None, :, :4], axis=2).min(axis=1)
    assert (distances[: round(COPIES * COUNT)] < 0.05).all()
    assert np.median(distances[round(COPIES * COUNT) :]) > 0.1


def test_invented_modes_are_twelve():
    """Half of the fakes are where no real image is."""
    _, after = sets_of("6 modes invented")
    assert len(set(after.fake.features.argmax(axis=1))) == 12
    assert (after.fake.features.argmax(axis=1) >= 6).mean() == pytest.approx(0.5, abs=0.05)
    assert set(after.fake.classes) == set(range(6))


def test_wrong_classes_are_wrong():
    """A fifth, each another class than the image's."""
    before, after = sets_of("20 % of the fakes of wrong classes")
    assert (before.fake.classes != after.fake.classes).mean() == pytest.approx(0.2)
