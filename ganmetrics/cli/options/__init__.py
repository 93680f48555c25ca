"""Options that several commands share, and what they become."""

from ganmetrics.cli.options.extraction import Networks, extraction_options, several_extractions_options
from ganmetrics.cli.options.features import Opener, features_options
from ganmetrics.cli.options.parsing import SOURCE, PathType, Source, check_confidence
from ganmetrics.cli.options.running import (
    cache_features_option,
    cache_options,
    json_option,
    quiet_option,
    timing_option,
)
from ganmetrics.cli.options.scoring import interval_options, memory_option, scoring_options

__all__ = [
    "SOURCE",
    "Networks",
    "Opener",
    "PathType",
    "Source",
    "cache_features_option",
    "cache_options",
    "check_confidence",
    "extraction_options",
    "features_options",
    "interval_options",
    "json_option",
    "memory_option",
    "quiet_option",
    "scoring_options",
    "several_extractions_options",
    "timing_option",
]
