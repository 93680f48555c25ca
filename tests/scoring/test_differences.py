"""The differences of two generators, by each metric that was asked for."""

import pytest
import torch

from ganmetrics.metrics.frechet.difference import frechet_difference
from ganmetrics.metrics.kernel.difference import kernel_difference
from ganmetrics.metrics.neighbours.difference import precision_recall_difference
from ganmetrics.scoring import differences
from ganmetrics.scoring.differences import Choices, score_differences

DRAW = torch.Generator().manual_seed(0)
SETS = [torch.randn(40, 3, generator=DRAW) + shift for shift in (0, 0.1, 1)]
OPTIONS = {"confidence": 0.9, "permutations": 99, "seed": 3}


@pytest.mark.slow
def test_each_is_the_metrics_own_in_the_asked_order(monkeypatch):
    """Precision and recall come from one search."""
    searches = []

    def counted(*sets, **options):
        searches.append(1)
        return precision_recall_difference(*sets, **options)

    monkeypatch.setattr(differences, "precision_recall_difference", counted)
    names = ("recall", "kid", "precision", "fid")
    found = score_differences(SETS, Choices(names, 0.9, 99, 3))
    both = precision_recall_difference(*SETS, **OPTIONS)
    assert list(found) == list(names)
    assert searches == [1]
    assert found["fid"] == frechet_difference(*SETS, **OPTIONS)
    assert found["kid"] == kernel_difference(*SETS, **OPTIONS)
    assert (found["precision"], found["recall"]) == both


@pytest.mark.parametrize("name", ["fid", "kid"])
def test_only_what_is_asked_is_computed(name):
    """One metric, one difference."""
    assert list(score_differences(SETS, Choices((name,), 0.9, 9, 0))) == [name]
