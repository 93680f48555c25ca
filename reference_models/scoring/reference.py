"""The real side of a run's scores, computed once for all runs on the same images."""

from pathlib import Path

import torch
from platformdirs import user_cache_path

from ganmetrics import Extraction, Extractor
from reference_models.config import EvalConfig


def extraction(config: EvalConfig, *, extractor: Extractor | None, device: torch.device | None) -> Extraction:
    """Return how the images of both sides become features: by an extractor object, or by the one that is named."""
    weights = None if extractor is not None else config.weights or None
    return Extraction(extractor=extractor or config.extractor, weights=weights, workers=0, device=device)


def statistics_directory() -> Path:
    """Return where statistics of training images are kept; XDG_CACHE_HOME moves it."""
    return user_cache_path("ganmetrics", appauthor=False) / "reference-models"
