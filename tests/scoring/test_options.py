"""What a user may choose of the metrics: ranges are checked at once, and choices reach what they name."""

import pytest

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.errors import InputError
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.kernel.distance import kernel_distance
from ganmetrics.metrics.neighbours.precision_recall import precision_recall
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)


def means(images):
    """The features of images."""
    return images.double().mean(dim=(2, 3)).float()


def value(report, name):
    """A metric's number in a report."""
    return report[METRICS[name].score_name("channel-means", canonical=False)].value


@pytest.mark.slow
def test_options_reach_the_metrics():
    """k, subsets, subset size and splits change what they name."""
    metrics = ("precision", "kid", "is")
    options = {"k": 5, "subsets": 7, "subset_size": 20, "splits": 2}
    found = evaluate(REAL, FAKE, metrics=metrics, **options, **FREE)
    real, fake = means(REAL), means(FAKE)
    assert value(found, "precision") == precision_recall(real, fake, k=5).precision
    assert value(found, "kid") == pytest.approx(kernel_distance(real, fake, subsets=7, subset_size=20).value, rel=1e-6)
    assert value(found, "is") != value(evaluate(REAL, FAKE, metrics=metrics, **FREE), "is")


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("confidence", 1.0, "confidence must lie between 0 and 1"),
        ("k", 0, "k must be at least 1"),
        ("splits", 0, "splits"),
        ("seed", -1, "seed"),
        ("memory", 10, "memory must be at least"),
    ],
)
def test_what_is_out_of_range_is_refused(option, value, message):
    """Before any image is read, naming the option."""
    with pytest.raises(InputError, match=message):
        ScoringOptions(**{option: value})


def test_a_value_or_keywords_but_not_both():
    """The seed of the images is that of the metrics unless one is given."""
    given = ScoringOptions(k=4)
    assert ScoringOptions.of(given, {}, seed=3) is given
    assert ScoringOptions.of(None, {"k": 4}, seed=3) == ScoringOptions(k=4, seed=3)
    assert ScoringOptions.of(None, {"seed": 5}, seed=3).seed == 5
    with pytest.raises(InputError, match="got k beside them"):
        ScoringOptions.of(given, {"k": 5}, seed=0)
    with pytest.raises(InputError, match="must be ScoringOptions; got dict"):
        ScoringOptions.of({}, {}, seed=0)
