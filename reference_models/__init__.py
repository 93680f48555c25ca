"""Reference models: the classic GANs, trained, scored epoch by epoch with `ganmetrics`, and resumable.

The names below are the public interface; each is imported when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reference_models.config import TrainConfig as TrainConfig
    from reference_models.data.images import LabelledImages as LabelledImages
    from reference_models.data.load import load_images as load_images
    from reference_models.data.shapes import draw_shapes as draw_shapes
    from reference_models.presets import PRESETS as PRESETS
    from reference_models.presets import build_config as build_config
    from reference_models.scoring.pattern import evaluating as evaluating
    from reference_models.scoring.pattern import score_samples as score_samples
    from reference_models.scoring.sampler import Sampler as Sampler
    from reference_models.training.checkpoint import load_discriminator as load_discriminator
    from reference_models.training.checkpoint import load_generator as load_generator
    from reference_models.training.checkpoint import read_checkpoint as read_checkpoint
    from reference_models.training.start import resume as resume
    from reference_models.training.start import train as train
    from reference_models.training.trainer import Trainer as Trainer

_HOMES = {
    "LabelledImages": "data.images",
    "PRESETS": "presets",
    "Sampler": "scoring.sampler",
    "TrainConfig": "config",
    "Trainer": "training.trainer",
    "build_config": "presets",
    "draw_shapes": "data.shapes",
    "evaluating": "scoring.pattern",
    "load_discriminator": "training.checkpoint",
    "load_generator": "training.checkpoint",
    "load_images": "data.load",
    "read_checkpoint": "training.checkpoint",
    "resume": "training.start",
    "score_samples": "scoring.pattern",
    "train": "training.start",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 - a list of names, made from the table above


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name not in _HOMES:
        raise AttributeError(f"module 'reference_models' has no attribute {name!r}")
    value = getattr(import_module(f"reference_models.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
