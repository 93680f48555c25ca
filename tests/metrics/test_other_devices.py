"""Features that lie on a GPU give what they give on the CPU, also where the device has no float64.

The device is played by the CPU (`tests/other_device.py`): mixing devices fails as it does on hardware, and so does
float64 on MPS.
"""

import dataclasses

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.blocks import Blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.metrics.classes.agreement import class_agreement
from ganmetrics.metrics.classes.distances import class_distances
from ganmetrics.metrics.divergences import (
    earth_movers_distance,
    earth_movers_distance_of_samples,
    histograms,
    js_divergence,
    kl_divergence,
)
from ganmetrics.metrics.frechet.difference import frechet_difference
from ganmetrics.metrics.frechet.estimate import frechet_estimate
from ganmetrics.metrics.frechet.infinity import frechet_infinity
from ganmetrics.metrics.frechet.influence import influences
from ganmetrics.metrics.inception.score import inception_score
from ganmetrics.metrics.kernel.difference import kernel_difference
from ganmetrics.metrics.kernel.distance import kernel_distance
from ganmetrics.metrics.kernel.estimate import kernel_distance_estimate, kernel_distance_influence
from ganmetrics.metrics.kernel.gaussian import maximum_mean_discrepancy
from ganmetrics.metrics.neighbours.difference import precision_recall_difference
from ganmetrics.metrics.neighbours.duplicates import duplicates, duplicates_between
from ganmetrics.metrics.neighbours.memorisation import authenticity, memorisation, memorisation_distance
from ganmetrics.metrics.neighbours.precision_recall import precision_recall
from ganmetrics.metrics.neighbours.realism import realism
from ganmetrics.metrics.vendi import vendi_score
from tests.other_device import other_device

rng = torch.Generator().manual_seed(0)
REAL, FAKE, THIRD = (torch.randn(40, 4, generator=rng) + shift for shift in (0, 0.3, 0.5))
P, Q = (torch.rand(6, generator=rng).softmax(0) for _ in range(2))
CLASSES = {"real_classes": ["a", "b"] * 20, "fake_classes": ["a", "b"] * 20}
PAIR, THREE = (REAL, FAKE), (REAL, FAKE, THIRD)
CALLS = {
    "moments": (lambda x: Moments.of(x).state(), (REAL,)),
    "rows": (lambda x: Moments.of(x).state(), (REAL[:3],)),
    "gaussian": (lambda m, s: Moments.gaussian(m, s).state(), (REAL[0], torch.eye(4))),
    "blocks": (lambda x: [part.mean for part in Blocks.of(x).parts], (REAL,)),
    "class_agreement": (lambda *x: class_agreement(*x, **CLASSES), PAIR),
    "class_distances": (lambda *x: class_distances(*x, **CLASSES), PAIR),
    "earth_movers_distance": (earth_movers_distance, (P, Q)),
    "earth_movers_distance_of_samples": (earth_movers_distance_of_samples, (REAL[:, 0], FAKE[:, 0])),
    "histograms": (lambda *x: histograms(*x, bins=5), (REAL[:, 0], FAKE[:, 0])),
    "js_divergence": (js_divergence, (P, Q)),
    "kl_divergence": (kl_divergence, (P, Q)),
    "duplicates": (duplicates, (REAL,)),
    "duplicates_between": (duplicates_between, PAIR),
    "frechet_difference": (lambda *x: frechet_difference(*x, permutations=19), THREE),
    "frechet_estimate": (frechet_estimate, PAIR),
    "frechet_infinity": (frechet_infinity, PAIR),
    "inception_score": (lambda x: inception_score(x, splits=2), (REAL,)),
    "influence": (influences, PAIR),
    "kernel_difference": (lambda *x: kernel_difference(*x, permutations=19), THREE),
    "kernel_distance": (lambda *x: kernel_distance(*x, subsets=2, subset_size=20), PAIR),
    "kernel_distance_estimate": (kernel_distance_estimate, PAIR),
    "kernel_distance_influence": (kernel_distance_influence, PAIR),
    "maximum_mean_discrepancy": (maximum_mean_discrepancy, PAIR),
    "authenticity": (authenticity, PAIR),
    "memorisation": (memorisation, PAIR),
    "memorisation_distance": (memorisation_distance, PAIR),
    "precision_recall": (precision_recall, PAIR),
    "precision_recall_difference": (lambda *x: precision_recall_difference(*x, permutations=19), THREE),
    "realism": (realism, PAIR),
    "vendi_score": (vendi_score, (REAL,)),
}


def numbers(result):
    """Return all numbers in a result, which must lie on the CPU."""
    if dataclasses.is_dataclass(result):
        result = [getattr(result, field.name) for field in dataclasses.fields(result)]
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, list | tuple):
        return [number for part in result for number in numbers(part)]
    if result is None or isinstance(result, str):
        return []
    return np.asarray(result, dtype=float).ravel().tolist()


@pytest.mark.parametrize("device", ["ipu", "mps"])
@pytest.mark.parametrize("name", CALLS)
def test_features_may_lie_on_another_device(name, device):
    """Both sides there: the same numbers, on the CPU."""
    call, features = CALLS[name]
    expected = numbers(call(*features))
    with other_device(device) as there:
        found = call(*(there(part.clone()) for part in features))
    assert expected
    assert numbers(found) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", ["frechet_estimate", "kernel_distance", "precision_recall", "memorisation"])
def test_the_sides_may_lie_on_two_devices(name):
    """The real features on the CPU, the fakes there."""
    call, (real, fake) = CALLS[name]
    with other_device("ipu") as there:
        found = call(real, there(fake.clone()))
    assert numbers(found) == pytest.approx(numbers(call(real, fake)), rel=1e-9)


def test_the_played_device_refuses_what_hardware_does():
    """Two devices in one operation, NumPy, and double precision on MPS."""
    with other_device("mps") as there:
        with pytest.raises(RuntimeError, match="same device"):
            there(REAL.clone()) + REAL
        with pytest.raises((RuntimeError, TypeError), match="numpy"):
            there(REAL.clone()).numpy()
        with pytest.raises(TypeError, match="float64"):
            there(REAL.clone()).double()


@pytest.mark.parametrize("name", CALLS)
def test_a_callers_autocast_changes_nothing(name):
    """Reduced precision that a training loop has switched on is for its own products."""
    call, features = CALLS[name]
    expected = numbers(call(*features))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert numbers(call(*features)) == pytest.approx(expected, rel=1e-9, abs=1e-12)
