"""`Subject`: a trained model as the analyses look at it."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ganmetrics import to_uint8
from reference_models.data.load import SHAPES_SOURCE
from reference_models.errors import ConfigError
from reference_models.export.sample import checkpoint_sampler, class_index, latents
from reference_models.scoring.sampler import Sampler
from reference_models.training.checkpoint import Checkpoint, read_checkpoint


@dataclass(frozen=True, eq=False)
class Subject:
    """A checkpoint, its generator, and the one class that a conditional model is looked at in.

    Attributes:
        checkpoint: of the run.
        sampler: of its generator, with averaged weights where the run had them.
        label: the class; None in an unconditional model.
    """

    checkpoint: Checkpoint
    sampler: Sampler
    label: int | None

    @property
    def drawn(self) -> bool:
        """Whether it was trained on the procedural shapes, whose attributes can be measured."""
        return self.checkpoint.config.data.source == SHAPES_SOURCE

    def latents(self, count: int, *, seed: int) -> Tensor:
        """Return latents [count, d]; number i is that of the i-th image that `sample` writes with this seed."""
        return torch.cat([latent for latent, _ in latents(self.sampler, count, seed=seed, label=self.label)])

    def images(self, latent: Tensor) -> Tensor:
        """Return uint8 images [n, 3, s, s] of latents [n, d]."""
        labels = None if self.label is None else torch.full((len(latent),), self.label)
        return to_uint8(self.sampler.images(latent, labels))


def open_subject(path: str | Path, *, label: str | None = None) -> Subject:
    """Return the subject of a checkpoint or run; of a conditional model the first class where none is named.

    Raises:
        CheckpointError: there is none, or it is damaged.
        ConfigError: the model has no such class.
    """
    checkpoint = read_checkpoint(path)
    sampler = checkpoint_sampler(checkpoint)
    chosen = class_index(checkpoint, label)
    return Subject(checkpoint, sampler, 0 if chosen is None and sampler.conditional else chosen)


def require_drawn(subject: Subject, what: str) -> None:
    """Refuse a model whose images have no measured attributes.

    Raises:
        ConfigError: it was not trained on the procedural shapes.
    """
    if not subject.drawn:
        source = subject.checkpoint.config.data.source
        raise ConfigError(f"{what} needs a model of --data shapes; this one was trained on {source}")
