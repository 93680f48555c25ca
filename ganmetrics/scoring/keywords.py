"""The keywords of functions that score, and the three values that they are fields of."""

from dataclasses import fields
from typing import cast

from ganmetrics.extraction.options import Extraction, ExtractionOptions
from ganmetrics.references.keywords import GatheringOptions
from ganmetrics.references.run import Run, split_run
from ganmetrics.scoring.options import IntervalKeywords, ScoringKeywords, ScoringOptions


class EvaluationOptions(GatheringOptions, ScoringKeywords, total=False):
    """The keywords of `evaluate`: how images become features, what is chosen about the metrics, and the run."""


class DistanceOptions(GatheringOptions, IntervalKeywords, total=False):
    """The keywords of `fid`."""


def split_options(
    how: Extraction | None, scoring: ScoringOptions | None, options: EvaluationOptions
) -> tuple[Extraction, ScoringOptions, Run]:
    """Return the keywords as the values that they are fields of; a seed is the images' and the metrics'."""
    run, others = split_run(options)
    about_metrics = {field.name for field in fields(ScoringOptions)} - {"seed"}
    of_metrics = {name: value for name, value in others.items() if name in about_metrics}
    rest = cast("ExtractionOptions", {name: value for name, value in others.items() if name not in about_metrics})
    extraction = Extraction.of(how, rest)
    choices = ScoringOptions.of(scoring, cast("ScoringKeywords", of_metrics), seed=extraction.seed)
    return extraction, choices, run
