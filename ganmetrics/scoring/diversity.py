"""How varied the fake images are: the Vendi score, and duplicates within the sets and across."""

import math

from torch import Tensor

from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.kernel.renyi import mode_count
from ganmetrics.metrics.neighbours.duplicates import DuplicatePairs, Duplicates, duplicates, duplicates_between
from ganmetrics.metrics.vendi import vendi_score
from ganmetrics.metrics.vendi_classes import vendi_by_class
from ganmetrics.references.sides import Side
from ganmetrics.report import Score, Table
from ganmetrics.report.table import Cell
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.family import Scored, classes_of, features_of, label_of
from ganmetrics.scoring.options import ScoringOptions

_SHOWN = 5
"""How many pairs the text of a table names; JSON has up to a hundred of each kind."""


def vendi_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return those of ``vendi``, ``vendi_by_class`` and ``rke`` that are named: effective numbers of fake images.

    Raises:
        InputError: the fake side's features were not kept, it has no classes, or ``rke`` has no bandwidth.
        NumericsError: an image's features are all zero.
    """
    order = options.vendi_order
    made: dict[str, object] = {"kernel": "cosine", "order": "infinite" if math.isinf(order) else order}
    scores, tables = {}, []
    for name in names:
        metric = METRICS[name]
        features = features_of(metric, comparison.fake)
        if name == "vendi":
            scores[name] = comparison.score(metric, vendi_score(features, order=order), made=made)
        elif name == "rke":
            scores[name] = _modes(comparison, features, options)
        else:
            found = vendi_by_class(features, classes_of(metric, comparison.fake), order=order)
            scores[name] = comparison.score(metric, found.mean, made={**made, "classes": len(found.scores)})
            tables.append(Table(name, "Vendi score by class", ("class", "vendi"), tuple(found.scores.items())))
    return Scored(scores, tuple(tables))


def _modes(comparison: Comparison, features: Tensor, options: ScoringOptions) -> Score:
    bandwidth = options.bandwidth_of_modes()
    value = mode_count(features, bandwidth=bandwidth, memory=options.memory)
    return comparison.score(METRICS["rke"], value, made={"kernel": "Gaussian", "bandwidth": bandwidth})


def duplicate_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return ``duplicates``: pairs of fake images, and of a real and a fake one, that are alike to the extractor.

    The table has the pairs within the real set, too, for scale.

    Raises:
        InputError: there is no real side, or a side's features were not kept.
        NotEnoughSamples: the real side has fewer than three distinct images.
    """
    (name,) = names
    metric = METRICS[name]
    real, fake = comparison.both(metric)
    within_real, within_fake = (duplicates(features_of(metric, side), memory=options.memory) for side in (real, fake))
    across = duplicates_between(features_of(metric, real), features_of(metric, fake), memory=options.memory)
    found = {
        "within real": (within_real, real, real),
        "within fake": (within_fake, fake, fake),
        "real and fake": (across, real, fake),
    }
    totals = {
        where: {"exact": pairs.exact.total, "near": pairs.near.total, "threshold": pairs.threshold}
        for where, (pairs, _, _) in found.items()
    }
    value = sum(pairs.exact.total + pairs.near.total for pairs in (within_fake, across))
    rows = tuple(row for where, (pairs, first, second) in found.items() for row in _rows(where, pairs, first, second))
    table = Table("duplicates", _title(found), ("where", "kind", "first", "second", "distance"), rows, shown=_SHOWN)
    return Scored({name: comparison.score(metric, float(value), made=totals)}, (table,))


def _title(found: dict[str, tuple[Duplicates, Side, Side]]) -> str:
    counts = (
        f"{where} {pairs.exact.total:,} exact, {pairs.near.total:,} near" for where, (pairs, _, _) in found.items()
    )
    return f"duplicates by features: {'; '.join(counts)}"


def _rows(where: str, pairs: Duplicates, first: Side, second: Side) -> list[tuple[Cell, ...]]:
    kinds: tuple[tuple[str, DuplicatePairs], ...] = (("exact", pairs.exact), ("near", pairs.near))
    return [
        (where, kind, label_of(first, one), label_of(second, other), distance)
        for kind, listed in kinds
        for one, other, distance in zip(
            listed.first.tolist(), listed.second.tolist(), listed.distance.tolist(), strict=True
        )
    ]
