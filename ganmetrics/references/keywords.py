"""The keywords of functions that gather images: how they become features, and where and before whom that is done."""

from pathlib import Path
from typing import TypedDict

from ganmetrics._types import Progress
from ganmetrics.extraction.options import ExtractionOptions


class RunKeywords(TypedDict, total=False):
    """What a caller may say about a run itself; no number depends on it.

    Attributes:
        cache: a folder to keep statistics in between runs; None keeps none.
        cache_features: keep the features of each image there as well, so that metrics that read them cost no second
            extraction: 8 KB an image with ``inception-v3``, within the cache's bound.
        progress: shows how far a stage has come.
    """

    cache: str | Path | None
    cache_features: bool
    progress: Progress


class GatheringOptions(ExtractionOptions, RunKeywords, total=False):
    """The fields of `ganmetrics.Extraction`, and the keywords of a run."""
