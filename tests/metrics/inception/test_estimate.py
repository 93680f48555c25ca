"""The interval of the Inception Score."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.core.entropy import class_dispersion, divergence_without_each, mean_divergence_from_marginal
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.metrics.inception.estimate import inception_score_estimate
from ganmetrics.metrics.inception.score import INCEPTION_CONVENTIONS, inception_score


def drawn(count, classes, seed=0, sharpness=3.0):
    """Logits of classes that are not equally frequent."""
    draw = torch.Generator().manual_seed(seed)
    return sharpness * (torch.randn(count, classes, generator=draw) + torch.linspace(-0.5, 0.5, classes))


@pytest.mark.parametrize("convention", [name for name, of in INCEPTION_CONVENTIONS.items() if not of.shuffled_by_rng])
def test_the_score_is_the_one_without_an_interval(convention):
    """Value and deviation, in each convention; images are shuffled alike where it shuffles."""
    logits = drawn(120, 10)
    found, plain = (of(logits, convention=convention) for of in (inception_score_estimate, inception_score))
    assert found.value == plain.value
    assert found.std == pytest.approx(plain.std, nan_ok=True)
    assert 1 <= found.low < found.value < found.high <= 10


def test_the_callers_shuffle_is_used_once():
    """The same generator gives the same splits with and without an interval."""
    found, plain = (
        of(drawn(60, 5), convention="torchmetrics", rng=torch.Generator().manual_seed(4))
        for of in (inception_score_estimate, inception_score)
    )
    assert (found.value, found.std) == (plain.value, plain.std)


@pytest.mark.parametrize("sharpness", [0.5, 3.0, 1000.0])
def test_each_image_is_left_out_exactly(sharpness):
    """As if the divergence were computed again without it, also where an image alone has a class."""
    logits = drawn(12, 30, sharpness=sharpness).double()
    expected = [mean_divergence_from_marginal(torch.cat([logits[:row], logits[row + 1 :]])) for row in range(12)]
    assert divergence_without_each(logits).tolist() == pytest.approx(expected, abs=1e-12)


def test_one_split_of_many_images_has_the_influence_functions_error():
    """KL(p(y|x) || p(y)) less its mean is what an image moves the log of the score by, over the count."""
    logits = drawn(5000, 10).double()
    found = inception_score_estimate(logits, splits=1)
    conditional = logits.log_softmax(1)
    each = (conditional.exp() * (conditional - conditional.exp().mean(0).log())).sum(1)
    assert found.error / found.value == pytest.approx(float(each.std()) / math.sqrt(5000), rel=0.01)
    assert math.log(found.high / found.value) == pytest.approx(1.962 * found.error / found.value, rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(("count", "classes", "splits"), [(100, 10, 10), (200, 100, 10), (300, 10, 1)])
@pytest.mark.usefixtures("unchecked")
def test_the_error_is_the_spread_over_draws(count, classes, splits):
    """Within what 100 draws tell; the deviation over the splits is another number."""
    found = [inception_score_estimate(drawn(count, classes, seed), splits=splits) for seed in range(100)]
    values = np.array([each.value for each in found])
    ratio = np.mean([each.error for each in found]) / values.std()
    assert 0.8 < ratio < 1.5
    covered = np.mean([each.low <= values.mean() <= each.high for each in found])
    assert covered >= 0.9
    if splits > 1:  # the control
        assert np.mean([each.std for each in found]) > 1.5 * values.std()


def test_certain_and_equally_frequent_classes_are_not_certain_to_be():
    """No image left out changes anything, but other images would not be as even; none has more than the classes."""
    found = inception_score_estimate(1000 * torch.eye(4).repeat(25, 1), splits=1)
    assert found.value == pytest.approx(4)
    assert found.low < 3.99
    assert found.high == pytest.approx(4)
    assert class_dispersion(1000 * torch.eye(4, dtype=torch.float64)) == pytest.approx(3)


def test_images_that_do_not_vary_tell_nothing():
    """A generator of one image: a score of 1, and no interval."""
    found = inception_score_estimate(torch.ones(20, 5))
    assert found.value == pytest.approx(1)
    assert (found.error, found.low, found.high) == (None, None, None)


def test_what_has_no_score_has_no_interval():
    """Errors are those of the score."""
    with pytest.raises(NotEnoughSamples, match="11 splits need at least as many images"):
        inception_score_estimate(drawn(10, 3), splits=11)
    with pytest.raises(InputError, match="confidence must lie between 0 and 1"):
        inception_score_estimate(drawn(10, 3), splits=1, confidence=0.0)
    assert inception_score_estimate(drawn(12, 3), splits=10).low is not None
