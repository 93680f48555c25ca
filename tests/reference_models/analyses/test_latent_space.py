"""Walks, arithmetic and axes, held against the truth of procedural shapes."""

import dataclasses
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reference_models.analyses.arithmetic import arithmetic
from reference_models.analyses.axis import axis
from reference_models.analyses.subject import open_subject
from reference_models.analyses.truth import measure_shapes, spearman
from reference_models.analyses.walk import interpolate, walk
from reference_models.data.shapes import draw_shapes
from reference_models.errors import ConfigError


@given(seed=st.integers(0, 10_000), steps=st.integers(3, 20))
def test_slerp_turns_at_equal_angles(seed, steps):
    """Neighbours are equally far apart in angle, the ends are exact, and lengths go evenly from one to the other."""
    first, second = torch.randn(2, 50, generator=torch.Generator().manual_seed(seed))
    path = interpolate(first, second, steps, mode="slerp").double()
    ways = path / path.norm(dim=1, keepdim=True)
    angles = torch.acos((ways[1:] * ways[:-1]).sum(dim=1).clamp(-1, 1))
    whole = torch.acos((ways[0] @ ways[-1]).clamp(-1, 1))
    assert torch.allclose(angles, (whole / (steps - 1)).expand(steps - 1), atol=2e-3)
    assert torch.allclose(path[[0, -1]].float(), torch.stack([first, second]), atol=1e-5)
    assert torch.allclose(path.norm(dim=1).diff(), path.norm(dim=1).diff().mean().expand(steps - 1), atol=1e-4)


def test_lerp_goes_through_the_middle():
    """Straight steps are equally long; the middle is shorter by √2, where the generator was never trained."""
    first, second = torch.randn(2, 10_000, generator=torch.Generator().manual_seed(0))
    path = interpolate(first, second, 5, mode="lerp")
    steps = (path[1:] - path[:-1]).norm(dim=1)
    assert torch.allclose(steps, steps.mean().expand(4), rtol=1e-4)
    assert float(path[2].norm() / first.norm()) == pytest.approx(math.sqrt(0.5), abs=0.01)
    assert float(interpolate(first, second, 5, mode="slerp")[2].norm() / first.norm()) == pytest.approx(1, abs=0.01)


def test_a_line_has_no_turn():
    """Latents on one line are walked straight instead of dividing by a sine of zero."""
    first = torch.tensor([1.0, 0.0])
    assert interpolate(first, 3 * first, 3, mode="slerp")[1].tolist() == [2.0, 0.0]


@pytest.mark.parametrize("mode", ["slerp", "lerp"])
def test_a_trained_model_changes_smoothly(trained, extractor, mode):
    """N1: no step of a walk is much larger than the mean step."""
    found = walk(open_subject(trained), first=0, second=1, steps=10, mode=mode, seed=0, extractor=extractor)
    assert found.images.shape == (10, 3, 16, 16)
    assert 1 < found.smoothness < 3


def test_a_jump_is_not_smooth(trained, extractor):
    """The control: a generator that only knows two images has a smoothness of all steps but one."""
    subject = open_subject(trained)
    two = subject.images(subject.latents(2, seed=0))
    pivot = subject.latents(2, seed=0)

    class Memory(type(subject)):
        def images(self, latent):
            nearer = (latent @ (pivot[1] - pivot[0])) > 0
            return two[nearer.long()]

    jumping = Memory(subject.checkpoint, subject.sampler, subject.label)
    found = walk(jumping, first=0, second=1, steps=10, mode="slerp", seed=0, extractor=extractor)
    assert found.smoothness == pytest.approx(9)


@pytest.mark.slow
def test_left_to_right_is_an_axis(trained):
    """N3: along z_right - z_left the shape moves monotonically, and along up and down it does not move sideways."""
    options = {"alphas": (-2.0, 2.0), "steps": 9, "starts": 8, "per_concept": 32, "seed": 0}
    subject = open_subject(trained)
    found = axis(subject, start="left", end="right", **options)
    assert found.name == "x"
    assert found.monotone > 0.8
    other = axis(subject, start="up", end="down", **options)
    sideways = measure_shapes(other.images.flatten(0, 1))["x"].reshape(8, 9)
    shifts = [(values[:, -1] - values[:, 0]).abs().mean() for values in (sideways, found.measured)]
    assert shifts[0] < shifts[1] / 2


@pytest.mark.slow
def test_positions_can_be_added_and_subtracted(trained):
    """N2: up left - down left + down right is up right, more often than any sample is."""
    found = arithmetic(
        open_subject(trained),
        plus=("up left", "down right"),
        minus=("down left",),
        per_concept=24,
        trials=8,
        seed=0,
    )
    assert found.expected == ("up", "right")
    assert found.terms.shape == (3, 3, 16, 16)
    assert found.results.shape == (9, 3, 16, 16)
    assert found.confirmed > found.chance + 0.2


def test_samples_can_be_named_by_number(trained):
    """Concepts of numbers need no truth: one sample plus another minus that other is the first."""
    subject = open_subject(trained)
    found = arithmetic(subject, plus=("3", "5"), minus=("5",), per_concept=1, trials=9, seed=0)
    assert found.confirmed is None
    latent = subject.latents(4, seed=0)[3:]
    usual = subject.latents(2000, seed=0).norm(dim=1).mean()
    assert (found.results[0].int() - subject.images(latent / latent.norm() * usual)[0].int()).abs().max() <= 1
    moved = axis(subject, start="1,2", end="3,4", alphas=(0.0, 1.0), steps=3, starts=2, per_concept=1, seed=0)
    assert moved.monotone is None


def test_what_cannot_be_is_refused(trained, extractor):
    """Unknown words, numbers beyond the pool, a model without a truth: one line each."""
    subject = open_subject(trained)
    calculate = {"minus": (), "per_concept": 3, "trials": 1, "seed": 0}
    with pytest.raises(ConfigError, match="a concept is numbers of samples .* got 'smiling woman'"):
        arithmetic(subject, plus=("smiling woman",), **calculate)
    with pytest.raises(ConfigError, match="samples are numbered to 1999; got 2000"):
        arithmetic(subject, plus=("2000",), **calculate)
    with pytest.raises(ConfigError, match="at least one --plus"):
        arithmetic(subject, plus=(), **calculate)
    data = dataclasses.replace(subject.checkpoint.config.data, source="dogs")
    config = dataclasses.replace(subject.checkpoint.config, data=data)
    foreign = dataclasses.replace(subject, checkpoint=dataclasses.replace(subject.checkpoint, config=config))
    with pytest.raises(ConfigError, match="'left' needs a model of --data shapes; this one was trained on dogs"):
        arithmetic(foreign, plus=("left",), **calculate)
    with pytest.raises(ConfigError, match="two different samples, counted from 0; got 1 and 1"):
        walk(subject, first=1, second=1, steps=5, mode="slerp", seed=0, extractor=extractor)
    with pytest.raises(ConfigError, match="--mode must be slerp or lerp; got nlerp"):
        walk(subject, first=0, second=1, steps=5, mode="nlerp", seed=0, extractor=extractor)
    with pytest.raises(ConfigError, match="--steps must be at least 3; got 2"):
        walk(subject, first=0, second=1, steps=2, mode="slerp", seed=0, extractor=extractor)


def test_measurements_follow_what_was_drawn():
    """Position, tone and size as drawn are what is measured; an image without a shape is in the middle."""
    drawn = draw_shapes(200)
    found = measure_shapes(drawn.images)
    for name in ("x", "y"):
        assert (found[name] - drawn.attributes[name]).abs().max() < 0.05
    hue = drawn.attributes["hue"]
    # On the circle of colours red is above blue from rose over red to lime.
    assert ((found["warmth"] > 0) == ((hue < 1 / 3) | (hue > 5 / 6))).all()
    assert spearman(found["area"], drawn.attributes["radius"]) > 0.5
    blank = measure_shapes(torch.full((1, 3, 8, 8), 90, dtype=torch.uint8))
    assert [float(blank[name]) for name in ("x", "y", "warmth", "area")] == [0.5, 0.5, 0.0, 0.0]


@given(values=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=12))
def test_rank_correlation_is_scipys(values):
    """With ties and without; a constant, where SciPy has no answer, gives 0."""
    first, second = torch.tensor(values, dtype=torch.float64).T
    found = spearman(first, second)
    if len(set(first.tolist())) == 1 or len(set(second.tolist())) == 1:
        assert found == 0
    else:
        assert found == pytest.approx(stats.spearmanr(first, second).statistic, abs=1e-12)
