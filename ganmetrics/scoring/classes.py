"""Scores of conditional generators: distances class by class, and whether the classes are the ones asked for."""

import logging

from ganmetrics.metrics.catalogue import METRICS, Metric
from ganmetrics.metrics.classes.agreement import class_agreement
from ganmetrics.metrics.classes.distances import ClassDistance, class_distances, mean_distance
from ganmetrics.metrics.neighbours.shares import share_estimate
from ganmetrics.report import Score, Table
from ganmetrics.scoring.comparison import CALIBRATED_FROM, Comparison, interval_at_counts, made_of
from ganmetrics.scoring.family import Scored, classes_of, features_of
from ganmetrics.scoring.options import ScoringOptions

logger = logging.getLogger(__name__)


def class_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return those of ``intra_fid`` and ``class_agreement`` that are named, with a row for each class.

    Raises:
        InputError: a side's features were not kept, or it has no classes, or these do not match.
        NotEnoughSamples: no class has two images a side, or one has a single real image.
    """
    scores, tables = {}, []
    for name in names:
        metric = METRICS[name]
        compute = _intra_fid if name == "intra_fid" else _agreement
        found = compute(comparison, metric, options)
        scores[name], table = found
        tables.append(table)
    return Scored(scores, tuple(tables))


def _intra_fid(comparison: Comparison, metric: Metric, options: ScoringOptions) -> tuple[Score, Table]:
    real, fake = comparison.both(metric)
    found = class_distances(
        features_of(metric, real),
        features_of(metric, fake),
        real_classes=classes_of(metric, real),
        fake_classes=classes_of(metric, fake),
        confidence=options.confidence if options.interval else None,
    )
    left_out = [one.name for one in found if one.value is None]
    notes = (f"without {', '.join(left_out)}: fewer than 2 images a side",) if left_out else ()
    _warn_of_few(found, comparison.spec.dimension)
    table = Table(
        "classes",
        "Fréchet distance by class",
        ("class", "real", "fake", "distance", "corrected", "low", "high"),
        tuple((one.name, one.real_count, one.fake_count, one.value, one.corrected, one.low, one.high) for one in found),
    )
    made = {"classes": len(found) - len(left_out), "left_out": left_out}
    return comparison.score(metric, mean_distance(found), notes=notes, made=made), table


def _warn_of_few(found: list[ClassDistance], dimension: int) -> None:
    few = [one.name for one in found if one.value is not None and min(one.real_count, one.fake_count) <= dimension]
    if few:
        logger.warning(
            "%s of %s classes have no more images than the %s features: their distances are then far too large; "
            "compare them at equal counts only, or take the corrected ones",
            f"{len(few):,}",
            f"{len(found):,}",
            f"{dimension:,}",
        )


def _agreement(comparison: Comparison, metric: Metric, options: ScoringOptions) -> tuple[Score, Table]:
    real, fake = comparison.both(metric)
    found = class_agreement(
        features_of(metric, real),
        features_of(metric, fake),
        real_classes=classes_of(metric, real),
        fake_classes=classes_of(metric, fake),
    )
    made = {"classifier": "linear discriminant on the real features", "of_held_out_real_images": found.of_real}
    title = f"class agreement by class (held-out real images: {found.of_real:.4g})"
    table = Table("class_agreement", title, ("class", "agreement"), tuple(found.by_class.items()))
    if not options.interval:
        return comparison.score(metric, found.agreement, made=made), table
    count = len(classes_of(metric, fake))
    estimate = share_estimate(round(found.agreement * count), count, 0.0, options.confidence)
    # The classifier's own sampling is not in it, and matters where it was fitted to fewer images than it judges.
    enough = len(classes_of(metric, real)) >= count >= CALIBRATED_FROM
    interval = interval_at_counts(estimate.low, estimate.high, options, calibrated=enough)
    return comparison.score(metric, found.agreement, interval=interval, made=made | made_of(interval)), table
