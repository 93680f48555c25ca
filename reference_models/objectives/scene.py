"""What a loss can look at, and what a loss is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from reference_models.networks.discriminator import Verdict

Judge = Callable[[Tensor, Tensor | None], Verdict]
Losses = dict[str, Tensor]
"""Weighted contributions to one network's loss, by name; they add up."""


@dataclass(frozen=True)
class Scene:
    """One step as the losses see it.

    Attributes:
        judge: the discriminator: images and labels to a verdict, outside of any autocast.
        fake: the verdict on the generated images.
        fake_images: float32 [n, 3, s, s].
        fake_labels: their classes [n]; None in an unconditional model.
        real: the verdict on the real images; None in a generator step whose losses do not need it.
        real_images: float32 [n, 3, s, s]; None likewise.
        real_labels: their classes [n]; None likewise, or without labels.
        mix: for each pair of images the share of the real one at the point where a penalty is taken, [n], from [0, 1].
        progress: share of the scheduled epochs that is done.
    """

    judge: Judge
    fake: Verdict
    fake_images: Tensor
    fake_labels: Tensor | None
    real: Verdict | None = None
    real_images: Tensor | None = None
    real_labels: Tensor | None = None
    mix: Tensor | None = None
    progress: float = 0.0


class Term(Protocol):
    """A part of both networks' losses."""

    def discriminator(self, scene: Scene) -> Losses:
        """Return the contributions to the discriminator's loss."""
        ...

    def generator(self, scene: Scene) -> Losses:
        """Return the contributions to the generator's loss."""
        ...
