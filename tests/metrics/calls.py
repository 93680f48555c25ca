"""Every function that takes features or histograms, with inputs that it takes: for tests of all of them alike."""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

from ganmetrics.core.gaussian.blocks import Blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.gaussian.roots import psd_sqrt
from ganmetrics.metrics.classes.agreement import class_agreement
from ganmetrics.metrics.classes.distances import class_distances
from ganmetrics.metrics.divergences import earth_movers_distance, histograms, js_divergence, kl_divergence
from ganmetrics.metrics.feature_likelihood import feature_likelihood
from ganmetrics.metrics.frechet.difference import frechet_difference
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.metrics.frechet.infinity import frechet_infinity
from ganmetrics.metrics.frechet.influence import frechet_influence
from ganmetrics.metrics.frechet.joint import frechet_estimate
from ganmetrics.metrics.inception.estimate import inception_score_estimate
from ganmetrics.metrics.inception.score import inception_score
from ganmetrics.metrics.kernel.difference import kernel_difference
from ganmetrics.metrics.kernel.distance import kernel_distance
from ganmetrics.metrics.kernel.estimate import kernel_distance_estimate
from ganmetrics.metrics.kernel.gaussian import maximum_mean_discrepancy, maximum_mean_discrepancy_estimate
from ganmetrics.metrics.kernel.renyi import mode_count
from ganmetrics.metrics.neighbours.clipped import clipped_coverage, clipped_density
from ganmetrics.metrics.neighbours.copied_share import copied_share
from ganmetrics.metrics.neighbours.data_copying import data_copying
from ganmetrics.metrics.neighbours.difference import precision_recall_difference
from ganmetrics.metrics.neighbours.duplicates import duplicates, duplicates_between
from ganmetrics.metrics.neighbours.estimate import precision_recall_estimate
from ganmetrics.metrics.neighbours.memorisation import authenticity, memorisation_distance
from ganmetrics.metrics.neighbours.precision_recall import precision_recall
from ganmetrics.metrics.neighbours.probabilistic import probabilistic_precision_recall
from ganmetrics.metrics.neighbours.symmetric import symmetric_precision_recall
from ganmetrics.metrics.precision_recall_curve import precision_recall_curve
from ganmetrics.metrics.sliced import sliced_distance, sliced_estimate
from ganmetrics.metrics.vendi import vendi_score
from ganmetrics.metrics.vendi_classes import vendi_by_class


class Call(NamedTuple):
    """A function of arrays, and arrays for it."""

    function: Callable[..., object]
    arrays: tuple[torch.Tensor, ...]

    def __call__(self, *arrays):
        return self.function(*arrays)


rng = torch.Generator().manual_seed(0)
REAL, FAKE, THIRD = (torch.randn(40, 4, generator=rng) + shift for shift in (0, 0.3, 0.5))
P, Q = (torch.rand(6, generator=rng).softmax(0) for _ in range(2))
CLASSES = {"real_classes": ["a", "b"] * 20, "fake_classes": ["a", "b"] * 20}
PAIR, THREE = (REAL, FAKE), (REAL, FAKE, THIRD)
SHARES = {"permutations": 19}
COVARIANCE = torch.eye(4) + 0.5


def distance_of(real, fake):
    return frechet_distance(Moments.of(real), Moments.of(fake))


CALLS = {
    "moments": Call(lambda x: Moments.of(x).state(), (REAL,)),
    "rows": Call(lambda x: Moments.of(x).state(), (REAL[:3],)),
    "gaussian": Call(lambda mean, covariance: Moments.gaussian(mean, covariance).state(), (REAL[0], COVARIANCE)),
    "blocks": Call(lambda x: [part.mean for part in Blocks.of(x).parts], (REAL,)),
    "psd_sqrt": Call(psd_sqrt, (COVARIANCE,)),
    "class_agreement": Call(lambda *x: class_agreement(*x, **CLASSES), PAIR),
    "class_distances": Call(lambda *x: class_distances(*x, **CLASSES), PAIR),
    "earth_movers_distance": Call(earth_movers_distance, (P, Q)),
    "positions": Call(lambda *x: earth_movers_distance(*x[:2], positions=x[2]), (P, Q, REAL[:6, 0])),
    "histograms": Call(lambda *x: histograms(*x, bins=5), (REAL[:, 0], FAKE[:, 0])),
    "js_divergence": Call(js_divergence, (P, Q)),
    "kl_divergence": Call(kl_divergence, (P, Q)),
    "duplicates": Call(duplicates, (REAL,)),
    "duplicates_between": Call(duplicates_between, PAIR),
    "frechet_difference": Call(lambda *x: frechet_difference(*x, **SHARES), THREE),
    "frechet_distance": Call(distance_of, PAIR),
    "frechet_estimate": Call(frechet_estimate, PAIR),
    "frechet_infinity": Call(frechet_infinity, PAIR),
    "frechet_influence": Call(frechet_influence, PAIR),
    "inception_score": Call(lambda x: inception_score(x, splits=2), (REAL,)),
    "inception_score_estimate": Call(lambda x: inception_score_estimate(x, splits=2), (REAL,)),
    "kernel_difference": Call(lambda *x: kernel_difference(*x, **SHARES), THREE),
    "kernel_distance": Call(lambda *x: kernel_distance(*x, subsets=2, subset_size=20), PAIR),
    "kernel_distance_estimate": Call(kernel_distance_estimate, PAIR),
    "maximum_mean_discrepancy": Call(maximum_mean_discrepancy, PAIR),
    "maximum_mean_discrepancy_estimate": Call(maximum_mean_discrepancy_estimate, PAIR),
    "authenticity": Call(authenticity, PAIR),
    "memorisation_distance": Call(memorisation_distance, PAIR),
    "precision_recall": Call(precision_recall, PAIR),
    "precision_recall_estimate": Call(precision_recall_estimate, PAIR),
    "precision_recall_difference": Call(lambda *x: precision_recall_difference(*x, **SHARES), THREE),
    "vendi_score": Call(vendi_score, (REAL,)),
    "vendi_by_class": Call(lambda x: vendi_by_class(x, ["a", "b"] * 20), (REAL,)),
    "mode_count": Call(lambda x: mode_count(x, bandwidth=1.0), (REAL,)),
    "clipped_density": Call(clipped_density, PAIR),
    "clipped_coverage": Call(clipped_coverage, PAIR),
    "symmetric_precision_recall": Call(symmetric_precision_recall, PAIR),
    "probabilistic_precision_recall": Call(probabilistic_precision_recall, PAIR),
    "precision_recall_curve": Call(lambda *x: precision_recall_curve(*x, clusters=3, angles=5, runs=1), PAIR),
    "sliced_distance": Call(lambda *x: sliced_distance(*x, directions=5), PAIR),
    "sliced_estimate": Call(lambda *x: sliced_estimate(*x, directions=5), PAIR),
    "copied_share": Call(lambda *x: copied_share(*x, **SHARES), THREE),
    "data_copying": Call(lambda *x: data_copying(*x, cells=1), THREE),
    "feature_likelihood": Call(feature_likelihood, THREE),
}
OF_WHOLE_NUMBERS = ("earth_movers_distance", "positions", "histograms", "js_divergence", "kl_divergence")
"""Functions that take whole numbers as well: counts, positions, samples."""


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
