"""Whether a classifier of the real images agrees with the classes that were asked for."""

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.metrics.classes.agreement import class_agreement

CENTRES = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]])


def images(labels, *, seed):
    """Three kinds that lie well apart, stretched so that plain distance would mislead."""
    rng = np.random.default_rng(seed)
    return (CENTRES[labels] + rng.standard_normal((len(labels), 2))) * np.array([1.0, 50.0])


LABELS = np.arange(300) % 3
NAMES = [f"kind {label}" for label in LABELS]


def agreement(fake, names):
    return class_agreement(images(LABELS, seed=0), fake, real_classes=NAMES, fake_classes=names)


def test_images_of_their_class_agree():
    """As well as real images that were held out."""
    found = agreement(images(LABELS, seed=1), NAMES)
    assert found.agreement > 0.97
    assert found.of_real > 0.97
    assert set(found.by_class) == set(NAMES)


def test_a_generator_that_ignores_its_labels_is_at_chance():
    """Although its images are as good as real ones."""
    found = agreement(images(np.random.default_rng(5).permutation(LABELS), seed=2), NAMES)
    assert 0.2 < found.agreement < 0.47


def test_always_the_wrong_class_is_zero():
    """Each class's images are of the next."""
    assert agreement(images((LABELS + 1) % 3, seed=3), NAMES).agreement < 0.03


def test_units_do_not_matter():
    """Features in other units give the same classes: the covariance within classes is the measure."""
    fake, units = images(LABELS, seed=4), np.array([1e-3, 7.0])
    once = agreement(fake, NAMES)
    again = class_agreement(images(LABELS, seed=0) * units, fake * units, real_classes=NAMES, fake_classes=NAMES)
    # Held-out halves are by content, which the units change.
    assert (once.agreement, once.by_class) == (again.agreement, again.by_class)


def test_more_features_than_images():
    """The covariance within classes is singular there, and shrunk."""
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    names = [str(label) for label in labels]
    centres = 4 * rng.standard_normal((3, 200))
    real, fake = (centres[labels] + rng.standard_normal((60, 200)) for _ in range(2))
    found = class_agreement(torch.from_numpy(real), fake, real_classes=names, fake_classes=names)
    assert (found.agreement, found.of_real) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("real_classes", "fake_classes", "error", "message"),
    [
        (["a"] * 6, ["a"] * 6, InputError, "at least 2 classes; got a"),
        (list("aaabbb"), list("aaabbc"), InputError, "c has no real image"),
        (list("aaaaab"), list("aaaaab"), NotEnoughSamples, "at least 2 real images a class; b has 1"),
        (list("aabb"), list("aaabbb"), InputError, "each real image needs a class; there are 6 images, 4 classes"),
    ],
)
def test_labels_that_cannot_serve_are_refused(real_classes, fake_classes, error, message):
    """By what is needed and what came."""
    features = np.random.default_rng(0).standard_normal((6, 2))
    with pytest.raises(error, match=message):
        class_agreement(features, features, real_classes=real_classes, fake_classes=fake_classes)


def test_images_that_do_not_vary_within_classes_are_refused():
    """There is no measure of distance then."""
    features = np.repeat([[0.0, 1.0], [2.0, 3.0]], 4, axis=0)
    with pytest.raises(NumericsError, match="images that vary within their classes"):
        class_agreement(features, features, real_classes=list("aaaabbbb"), fake_classes=list("aaaabbbb"))
