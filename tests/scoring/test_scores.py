"""All metrics that were asked for: in their order, each family once, and what is said of the whole."""

import pytest

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.errors import InputError
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.scoring import scores
from ganmetrics.scoring.scores import METRIC_FAMILIES
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)


def means(images):
    """The features of images."""
    return images.double().mean(dim=(2, 3)).float()


def test_every_family_is_computed_and_every_metric_has_one():
    """A metric whose family nobody computes would fail at run time only."""
    assert {metric.family for metric in METRICS.values()} | {"added"} == set(METRIC_FAMILIES)


@pytest.mark.slow
def test_each_family_is_called_once_with_all_its_names(monkeypatch):
    """Whatever the order in which its metrics were named; the report keeps that order."""
    calls = []
    for family, compute in list(METRIC_FAMILIES.items()):
        monkeypatch.setitem(
            scores.METRIC_FAMILIES,
            family,
            lambda side, names, options, compute=compute: calls.append(names) or compute(side, names, options),
        )
    found = evaluate(REAL, FAKE, metrics=("recall", "fid", "precision"), **FREE)
    assert calls == [("recall", "precision"), ("fid",)]
    assert [name.split("_")[0] for name in found] == ["recall", "fd", "precision"]


@pytest.mark.slow
def test_a_floor_is_a_second_row_without_interval():
    """One half of the real images against the other, of each metric."""
    found = evaluate(REAL, FAKE, metrics=("fid", "kid"), floor=True, **FREE)
    names = list(found)
    assert [name.removesuffix("_floor") for name in names[2:]] == names[:2]
    assert found[names[2]].low is None
    assert found[names[2]].value < found[names[0]].value or found[names[0]].value > 0


def test_a_floor_needs_real_images():
    """A score of the fakes alone has none."""
    with pytest.raises(InputError, match="a floor needs a metric of real images"):
        evaluate(REAL, FAKE, metrics=("is",), floor=True, **FREE)
