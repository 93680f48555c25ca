"""The Inception Score: closed forms, three equal formulas, extreme logits, and each library's splits."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.metrics.inception.score import INCEPTION_CONVENTIONS, InceptionScoreConvention, inception_score
from tests.oracles import inception_score_by_entropies, inception_score_by_mutual_information, inception_score_naive


def random_logits(count, classes, scale=3.0, seed=0):
    """Return float64 logits of a given spread."""
    return scale * np.random.default_rng(seed).standard_normal((count, classes))


def bounds_of(convention, count):
    """Return the size of each split, seen from outside: each image is certain of a class of its own."""
    rng = torch.Generator().manual_seed(0) if convention.shuffled_by_rng else None
    return inception_score(1e4 * torch.eye(count), convention=convention, rng=rng)


def test_uniform_logits_score_one():
    """Images of which the classifier can say nothing have the least score, in every split."""
    score = inception_score(torch.zeros(50, 10))
    assert score.value == pytest.approx(1, rel=1e-14)
    assert score.std == pytest.approx(0, abs=1e-14)


@pytest.mark.slow
@pytest.mark.parametrize("classes", [2, 10, 1008])
def test_certain_images_spread_over_all_classes_score_their_number(classes):
    """One certain image of each class, in order, in each split: the score is the number of classes in all of them."""
    score = inception_score(1e4 * torch.eye(classes).repeat(4, 1), splits=4)
    assert score.value == pytest.approx(classes, rel=1e-12)
    assert score.std == pytest.approx(0, abs=1e-9)


def test_certain_images_of_one_class_score_one():
    """A collapsed generator has the least score, however sure the classifier is."""
    assert inception_score(1e4 * torch.eye(10)[:1].repeat(20, 1)).value == pytest.approx(1, rel=1e-12)


@given(st.integers(1, 30), st.integers(1, 12), st.sampled_from([0.1, 3.0, 100.0]), st.integers(0, 1000))
def test_three_formulas_agree(count, classes, scale, seed):
    """Mean divergence, difference of entropies and mutual information are one quantity."""
    logits = random_logits(count, classes, scale, seed)
    value = inception_score(logits, splits=1).value
    assert value == pytest.approx(inception_score_by_entropies(logits), rel=1e-9)
    assert value == pytest.approx(inception_score_by_mutual_information(logits), rel=1e-9)


@given(st.integers(10, 40), st.integers(1, 12), st.sampled_from([0.1, 3.0, 1e4]), st.integers(1, 10))
def test_the_score_lies_between_one_and_the_number_of_classes(count, classes, scale, splits):
    """In every split, whatever the logits."""
    score = inception_score(random_logits(count, classes, scale), splits=splits)
    assert 1 - 1e-12 <= score.value <= classes * (1 + 1e-12)
    assert score.std >= 0


@pytest.mark.slow
@given(st.floats(-1e3, 1e3))
def test_a_constant_added_to_an_images_logits_changes_nothing(constant):
    """The softmax sees differences only."""
    logits = random_logits(40, 5)
    moved = logits + constant * np.arange(40)[:, None] / 40
    assert inception_score(moved).value == pytest.approx(inception_score(logits).value, rel=1e-10)


def test_extreme_logits_do_not_give_nan():
    """Logits of +-1e4 underflow every probability but one, and the score is still finite and right."""
    logits = 1e4 * np.where(np.eye(10).repeat(2, axis=0) > 0, 1.0, -1.0)
    assert inception_score(logits, splits=1).value == pytest.approx(10, rel=1e-12)
    two_classes = np.hstack([logits, np.full((20, 1), -3e4)])
    assert inception_score(two_classes, splits=1).value == pytest.approx(10, rel=1e-12)


def test_the_formula_as_spelt_out_gives_nan_there():
    """Control: p log(p / p(y)) meets 0 log 0, though it is right on moderate logits."""
    assert math.isnan(inception_score_naive(1e4 * np.eye(10)))
    moderate = random_logits(30, 5)
    assert inception_score_naive(moderate) == pytest.approx(inception_score(moderate, splits=1).value, rel=1e-12)


def test_half_precision_is_promoted():
    """Logits of a float16 network are scored in double precision."""
    logits = torch.from_numpy(random_logits(40, 5)).half()
    assert inception_score(logits) == inception_score(logits.double())
    assert inception_score(logits.numpy()) == inception_score(logits)


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("improved-gan", [2, 2, 2, 3, 2, 2, 2, 3, 2, 3]),
        ("stylegan", [2, 2, 2, 3, 2, 2, 2, 3, 2, 3]),
        ("pytorch-image-generation-metrics", [2, 2, 2, 3, 2, 2, 2, 3, 2, 3]),
        ("torch-fidelity", [2, 2, 2, 3, 2, 2, 2, 3, 2, 3]),
        ("dgm-eval", [2] * 10),
        ("torchmetrics", [3] * 7 + [2]),
        ("studiogan", [23]),
        ("adm", [23]),
    ],
)
def test_each_library_cuts_23_images_as_it_does(name, sizes):
    """Where every image is certain of a class of its own, a split's score is its size."""
    convention = INCEPTION_CONVENTIONS[name]
    score = bounds_of(convention, 23)
    assert score.value == pytest.approx(np.mean(sizes), rel=1e-12)
    if len(sizes) > convention.ddof:
        assert score.std == pytest.approx(np.std(sizes, ddof=convention.ddof), rel=1e-9, abs=1e-12)
    else:
        assert math.isnan(score.std)


def test_a_fixed_split_size_leaves_a_smaller_last_split():
    """Seven images in splits of three are 3, 3 and 1."""
    score = bounds_of(InceptionScoreConvention(splits=None, split_size=3), 7)
    assert score.value == pytest.approx(7 / 3, rel=1e-12)


def test_the_seeded_shuffle_is_that_of_torch_fidelity():
    """RandomState(2020).permutation orders the images before they are split, as torch-fidelity and dgm-eval do."""
    logits = random_logits(95, 6)
    shuffled = logits[np.random.RandomState(2020).permutation(95)]
    for name in ("torch-fidelity", "dgm-eval"):
        unshuffled = InceptionScoreConvention(boundaries=INCEPTION_CONVENTIONS[name].boundaries)
        assert inception_score(logits, convention=INCEPTION_CONVENTIONS[name]) == inception_score(
            shuffled, convention=unshuffled
        )
    assert inception_score(logits, convention=INCEPTION_CONVENTIONS["torch-fidelity"]) != inception_score(logits)


def test_the_rng_shuffles_as_torchmetrics_does():
    """torch.randperm of the given generator orders the images, and torch.chunk cuts them."""
    logits = torch.from_numpy(random_logits(95, 6))
    score = inception_score(logits, convention="torchmetrics", rng=torch.Generator().manual_seed(7))
    shuffled = logits[torch.randperm(95, generator=torch.Generator().manual_seed(7))]
    scores = [inception_score_by_entropies(part.numpy()) for part in shuffled.chunk(10)]
    assert score.value == pytest.approx(np.mean(scores), rel=1e-12)
    assert score.std == pytest.approx(np.std(scores, ddof=1), rel=1e-9)


@pytest.mark.parametrize(
    ("logits", "options", "error", "message"),
    [
        (torch.zeros(9, 3), {}, NotEnoughSamples, "10 splits need at least as many images; got 9"),
        (torch.zeros(9, 3), {"splits": 0}, InputError, "splits must be at least 1; got 0"),
        (torch.zeros(9), {}, InputError, r"logits must have shape \[n, d\]"),
        (torch.zeros(9, 3, dtype=torch.int64), {}, InputError, "must be floating point"),
        (torch.zeros(20, 3).index_fill_(0, torch.tensor([4]), np.inf), {}, NumericsError, "finite, but row 4 is not"),
        (
            torch.zeros(20, 3),
            {"convention": "torchmetrics"},
            InputError,
            "needs an rng; got None",
        ),
        (torch.zeros(20, 3), {"rng": torch.Generator()}, InputError, "has no use for an rng"),
        (
            torch.zeros(20, 3),
            {"convention": "adm", "splits": 2},
            InputError,
            "of 5000 images in this",
        ),
    ],
)
def test_what_has_no_score_is_refused(logits, options, error, message):
    """Too few images, other shapes and non-finite rows are named, and so is an rng missing or of no use."""
    with pytest.raises(error, match=message):
        inception_score(logits, **options)


def test_conventions_go_by_name():
    """A name stands for its convention, and an unknown one is refused with the names."""
    logits = torch.randn(40, 5, generator=torch.Generator().manual_seed(0))
    assert inception_score(logits, convention="torch-fidelity") == inception_score(
        logits, convention=INCEPTION_CONVENTIONS["torch-fidelity"]
    )
    assert inception_score(logits, convention="torch-fidelity") != inception_score(logits)
    with pytest.raises(InputError, match="must be one of improved-gan, stylegan, .*; got 'fidelity'"):
        inception_score(logits, convention="fidelity")
