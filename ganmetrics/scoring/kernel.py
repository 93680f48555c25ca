"""Kernel distances of two sides."""

import logging

from ganmetrics.core.kernels.discrepancy import VARIANCE_COUNT
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.kernel.distance import KERNEL_CONVENTIONS, kernel_distance
from ganmetrics.metrics.kernel.estimate import kernel_distance_estimate
from ganmetrics.metrics.kernel.gaussian import maximum_mean_discrepancy, maximum_mean_discrepancy_estimate
from ganmetrics.report import Score
from ganmetrics.scoring.comparison import Comparison, Interval
from ganmetrics.scoring.family import Scored, features_of
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.scoring.preflight import check_network

logger = logging.getLogger(__name__)


def kernel_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return those of ``kid``, ``mmd`` and ``cmmd`` that are named.

    Raises:
        InputError: there is no real side, a side's features were not kept, or ``cmmd`` is asked of another network.
        NotEnoughSamples: a side has fewer images than a subset.
    """
    scores = {"kid": _kid, "mmd": _mmd, "cmmd": _cmmd}
    return Scored({name: scores[name](comparison, options) for name in names})


def _kid(comparison: Comparison, options: ScoringOptions) -> Score:
    metric = METRICS["kid"]
    real, fake = (features_of(metric, side) for side in comparison.both(metric))
    convention = comparison.protocol.kernel_distance
    # Libraries that draw from a global generator are followed from the seed that stands for it.
    draws = KERNEL_CONVENTIONS[convention]
    seed = options.seed if draws.seed is None and draws.subsets else None
    found = kernel_distance(
        real,
        fake,
        subsets=options.subsets,
        subset_size=options.subset_size,
        seed=seed,
        convention=convention,
        memory=options.memory,
    )
    logger.info("kid: %s subsets of %s images a side", f"{found.subsets:,}", f"{found.subset_size:,}")
    made = {"convention": convention, "subsets": found.subsets, "subset_size": found.subset_size, "seed": seed}
    if not options.interval:
        return comparison.score(metric, found.value, std=found.std, made=made)
    estimate = kernel_distance_estimate(real, fake, confidence=options.confidence, memory=options.memory)
    interval = Interval(estimate.value, estimate.low, estimate.high, options.confidence, calibrated=True)
    made |= {"corrected": "unbiased, from all pairs of images", "interval": "calibrated"}
    return comparison.score(metric, found.value, std=found.std, interval=interval, made=made)


def _cmmd(comparison: Comparison, options: ScoringOptions) -> Score:
    check_network(METRICS["cmmd"], comparison.spec.name)
    return _mmd(comparison, options, name="cmmd")


def _mmd(comparison: Comparison, options: ScoringOptions, name: str = "mmd") -> Score:
    metric = METRICS[name]
    real, fake = (features_of(metric, side) for side in comparison.both(metric))
    made = {"kernel": "Gaussian, standard deviation 10", "scale": 1000, "estimate": "biased, as CMMD's code"}
    if not options.interval or min(len(real), len(fake)) < VARIANCE_COUNT:
        value = maximum_mean_discrepancy(real, fake, memory=options.memory)
        return comparison.score(metric, value, made=made)
    value, estimate = maximum_mean_discrepancy_estimate(
        real, fake, confidence=options.confidence, memory=options.memory
    )
    interval = Interval(estimate.value, estimate.low, estimate.high, options.confidence, calibrated=True)
    made |= {"corrected": "unbiased", "interval": "calibrated"}
    return comparison.score(metric, value, interval=interval, made=made)
