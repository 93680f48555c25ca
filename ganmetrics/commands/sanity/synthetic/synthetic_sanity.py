"""`synthetic_sanity`: which metric notices what, where it is known what is wrong."""

import math
from collections.abc import Sequence

import numpy as np

from ganmetrics._types import Progress, silent
from ganmetrics.commands.sanity.synthetic.claims import Word, expected
from ganmetrics.commands.sanity.synthetic.draws import CHECKS, FAULT_DRAWS, DrawnValues, Rng, SyntheticSets
from ganmetrics.commands.sanity.synthetic.result import Finding, SyntheticStudy
from ganmetrics.commands.sanity.synthetic.sides import DRAWN, UNIT_LENGTH, side_of
from ganmetrics.core.checks import function, seed_number, whole
from ganmetrics.metrics.catalogue import METRICS, Metric, choose_metrics
from ganmetrics.references.key import library_versions
from ganmetrics.scoring import ScoringOptions, score_sides
from ganmetrics.scoring.scores import Baseline

COUNT = 300
"""Images a set: a whole study then takes about a minute."""
_LEAST = 60
"""Images a set from which six classes have more than a few each."""
UNDISTURBED = 12
DISTURBED = 4
"""Draws of each family and of each check; the spread comes from the former."""
DEVIATIONS = 3.0
"""Of undisturbed values: a metric has moved where the mean of its disturbed ones is further away."""
_K = 5
"""Neighbours, the same for all metrics of neighbours."""
BANDWIDTH = 3.0
"""Of RKE's kernel: about half the distance of two images of one Gaussian of 16 features."""


OF_FEATURES = tuple(name for name, metric in METRICS.items() if "pixels" not in metric.fake)
"""The metrics that drawn features can be scored by; pixels cannot be drawn so."""


def synthetic_sanity(
    *,
    metrics: Sequence[str] = OF_FEATURES,
    count: int = COUNT,
    seed: int = 0,
    progress: Progress = silent,
) -> SyntheticStudy:
    """Return what each metric makes of drawn features, of which it is known what is wrong with them.

    After the position paper of 2025 (arXiv 2505.22450), in which no metric of fidelity or diversity passed all checks:
    here for every metric of the catalogue, through the same code as for images. A metric says *worse* or *better* of a
    check if the mean of 4 disturbed draws is that much further than 3 standard deviations of 12 undisturbed ones, else
    *same*; it passes if it says what one should say that sees what it claims to see.

    Args:
        metrics: names of the catalogue; all that read features unless said otherwise.
        count: images in each set.
        seed: of all that is drawn.
        progress: shows how far it has come.

    Raises:
        InputError: a metric is unknown, or an option is out of range; six classes need 60 images a set.

    >>> study = synthetic_sanity(metrics=["fid"], count=100)
    >>> study["fid"]["mean moved by half a deviation"].word, study["fid"]["one wide mode in the place of two"].passed
    ('worse', False)
    """
    function("progress", progress)
    chosen = choose_metrics(metrics, OF_FEATURES)
    number = whole("count", count, least=_LEAST)
    root = seed_number("seed", seed)
    options = ScoringOptions(interval=False, k=_K, subsets=1, subset_size=number, bandwidth=BANDWIDTH, seed=root)
    total = UNDISTURBED * len(FAULT_DRAWS) + DISTURBED * len(CHECKS)
    with progress(total=total, stage="scoring draws") as advance:

        def values(rngs: Sequence[Rng], family: str, check: int | None = None) -> dict[str, DrawnValues]:
            found = []
            for rng in rngs:
                sets = SyntheticSets(*(FAULT_DRAWS[family](rng, number) for _ in range(3)))
                found.append(_scores(chosen, sets if check is None else CHECKS[check].disturb(rng, sets), options))
                advance(1)
            return {metric.name: np.array([one[metric.name] for one in found]) for metric in chosen}

        sources = iter(np.random.default_rng(root).spawn(total))
        plain = {family: values([next(sources) for _ in range(UNDISTURBED)], family) for family in FAULT_DRAWS}
        disturbed = [
            values([next(sources) for _ in range(DISTURBED)], check.family, at) for at, check in enumerate(CHECKS)
        ]
    findings = {
        metric.name: {
            check.name: _finding(metric, check.name, plain[check.family][metric.name], disturbed[at][metric.name])
            for at, check in enumerate(CHECKS)
        }
        for metric in chosen
    }
    provenance = {"versions": library_versions(), "count": number, "seed": root, "k": _K, "deviations": DEVIATIONS}
    return SyntheticStudy(findings, provenance)


def _scores(metrics: tuple[Metric, ...], sets: SyntheticSets, options: ScoringOptions) -> dict[str, float]:
    """Return the value of each metric; nan where it cannot be scored."""
    found: dict[str, float] = {}
    for spec, some in (
        (DRAWN, tuple(metric for metric in metrics if metric.network != UNIT_LENGTH.name)),
        (UNIT_LENGTH, tuple(metric for metric in metrics if metric.network == UNIT_LENGTH.name)),
    ):
        if not some:
            continue
        real, fake = side_of(sets.real, spec), side_of(sets.fake, spec)
        held_out = Baseline(test=side_of(sets.test, spec)) if any(metric.test for metric in some) else None
        report = score_sides(some, real, fake, options, baseline=held_out, warn=False)
        for metric, line in zip(some, report.lines, strict=True):
            found[metric.name] = getattr(line, "value", math.nan)
    return found


def _finding(metric: Metric, check: str, plain: DrawnValues, disturbed: DrawnValues) -> Finding:
    wanted = expected(metric.name, check)
    if not np.isfinite(plain).all() or np.isnan(disturbed).any():
        return Finding(None, None, wanted)
    moved = (disturbed.mean() - plain.mean()) / max(plain.std(ddof=1), _RESOLVED * max(1.0, abs(plain.mean())))
    bad = float(moved if metric.lower_is_better else -moved)
    word: Word = "worse" if bad > DEVIATIONS else "better" if bad < -DEVIATIONS else "same"
    return Finding(word, bad, wanted)


_RESOLVED = 1e-9
"""Deviation of a metric that does not vary over undisturbed draws, as a share of its value."""
