"""Which extractor a run is scored with when none is named."""

import dataclasses
from collections.abc import Callable

import torch

from ganmetrics import WeightsError, extract
from reference_models.config import TrainConfig
from reference_models.data.load import SHAPES_SOURCE, STACKED
from reference_models.errors import ConfigError

CANONICAL = "inception-v3"
OFFLINE = "efficientnet-lite0"


def with_extractor(config: TrainConfig, *, say: Callable[[str], object]) -> TrainConfig:
    """Return the configuration with an extractor chosen where it names none and the run is scored.

    That is ``inception-v3`` where its weights are at hand. Procedural shapes, whose scores compare with nothing
    published, are scored with ``efficientnet-lite0``, which needs no download.

    Raises:
        ConfigError: the weights are not at hand, and no other extractor is named.
    """
    if config.eval.extractor or not config.eval.epochs:
        return config
    if config.data.source in {SHAPES_SOURCE, STACKED}:
        say(f"scored with {OFFLINE}, which needs no download (--extractor names another)")
        return _named(config, OFFLINE)
    try:
        extract(torch.zeros(1, 3, 8, 8, dtype=torch.uint8), extractor=CANONICAL, offline=True, workers=0)
    except WeightsError:
        raise ConfigError(
            f"scoring needs the weights of {CANONICAL}, which are not on this machine, or --extractor NAME: "
            f"`ganmetrics weights fetch` downloads them, {OFFLINE} needs none"
        ) from None
    say(f"scored with {CANONICAL}")
    return _named(config, CANONICAL)


def _named(config: TrainConfig, extractor: str) -> TrainConfig:
    return dataclasses.replace(config, eval=dataclasses.replace(config.eval, extractor=extractor))
