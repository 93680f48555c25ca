"""Every random number of the training itself, from one generator whose state is saved."""

import torch
from torch import Tensor

from reference_models.config import TrainConfig
from reference_models.networks.latent import draw_latent
from reference_models.training.augment import NUMBERS


class Draws:
    """Latents, classes, mirrored images and points of a penalty.

    They are drawn on the CPU, so that a run has the same numbers on every device.

    Args:
        config: of the run.
        class_counts: images of each class in the data, [c]; None without labels.
        rank: of this process, which has numbers of its own.
    """

    def __init__(self, config: TrainConfig, class_counts: Tensor | None, *, rank: int = 0) -> None:
        self._config = config
        self._class_counts = class_counts
        self.rng = torch.Generator().manual_seed(config.seed + 1_000_003 * rank)

    def latent(self, count: int) -> Tensor:
        """Return latents [count, d]."""
        return draw_latent(count, dimension=self._config.net.latent_dim, kind=self._config.net.latent, rng=self.rng)

    def labels(self, count: int) -> Tensor | None:
        """Return classes [count] for generated images, from 0 to c - 1; None in an unconditional model."""
        net = self._config.net
        if not net.needs_labels:
            return None
        # Where labels are shared with the real batch, fresh ones follow the data as that batch does.
        if self._config.objective.fake_labels == "uniform" or self._class_counts is None:
            return torch.randint(net.classes, (count,), generator=self.rng)
        return torch.multinomial(self._class_counts.float(), count, replacement=True, generator=self.rng)

    def mix(self, count: int) -> Tensor:
        """Return uniform numbers [count] from [0, 1]: where between two images the penalty is taken."""
        return torch.rand(count, generator=self.rng)

    def augmentation(self, count: int) -> Tensor:
        """Return uniform numbers [count, `augment.NUMBERS`] from [0, 1) that decide how images are changed."""
        return torch.rand(count, NUMBERS, generator=self.rng)

    def flips(self, count: int) -> Tensor | None:
        """Return which images to mirror, bool [count]; None where the configuration mirrors none."""
        if not self._config.data.flips:
            return None
        return torch.rand(count, generator=self.rng) < 0.5  # noqa: PLR2004 - a half
