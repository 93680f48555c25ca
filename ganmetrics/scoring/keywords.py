"""The keywords of functions that score, and the two values that they are fields of."""

from dataclasses import fields
from typing import cast

from ganmetrics.extraction.options import Extraction, ExtractionOptions
from ganmetrics.scoring.options import IntervalKeywords, ScoringKeywords, ScoringOptions


class EvaluationOptions(ExtractionOptions, ScoringKeywords, total=False):
    """The keywords of `evaluate`: how images become features, and what is chosen about the metrics."""


class DistanceOptions(ExtractionOptions, IntervalKeywords, total=False):
    """The keywords of `fid`."""


def split_options(
    how: Extraction | None, scoring: ScoringOptions | None, options: EvaluationOptions
) -> tuple[Extraction, ScoringOptions]:
    """Return the keywords as the two values that they are fields of; a seed is both's."""
    about_metrics = {field.name for field in fields(ScoringOptions)} - {"seed"}
    of_metrics = {name: value for name, value in options.items() if name in about_metrics}
    rest = cast("ExtractionOptions", {name: value for name, value in options.items() if name not in about_metrics})
    extraction = Extraction.of(how, rest)
    return extraction, ScoringOptions.of(scoring, cast("ScoringKeywords", of_metrics), seed=extraction.seed)
