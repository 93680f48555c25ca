"""Images from a trained generator: seeded, in evaluation mode, one batch at a time."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ganmetrics import InputError, clipped, shown
from reference_models.arguments import MOST_SEED, check_type, whole_number
from reference_models.config import NetConfig
from reference_models.networks.latent import draw_latent
from reference_models.scoring.pattern import evaluating


class Sampler:
    """Draws latents and classes from a generator of its own, so that sampling never changes a training run.

    Args:
        generator: from `build_generator` or `load_generator`, in whatever mode.
        class_weights: how often each class is drawn, [c]; None for all alike.

    Raises:
        InputError: it is no such network, or the weights are not one of each class.

    >>> from reference_models.networks.build import build_generator
    >>> sampler = Sampler(build_generator(NetConfig(width=4, size=8)))
    >>> first, again = sampler.source(seed=1)(3), sampler.source(seed=1)(3)
    >>> first.shape, torch.equal(first, again)
    (torch.Size([3, 3, 8, 8]), True)
    """

    def __init__(self, generator: nn.Module, *, class_weights: Tensor | None = None) -> None:
        config = getattr(generator, "config", None)
        if not isinstance(generator, nn.Module) or not isinstance(config, NetConfig):
            came = clipped(type(generator).__name__)
            raise InputError(f"generator must be a network from build_generator or load_generator; got {came}")
        if class_weights is not None:
            _check_weights(class_weights, config.classes)
        self.network = generator
        self._class_weights = class_weights

    @property
    def config(self) -> NetConfig:
        """What the network was built from."""
        config = self.network.config
        assert isinstance(config, NetConfig)
        return config

    @property
    def conditional(self) -> bool:
        """Whether the network is told a class."""
        return self.config.needs_labels

    def images(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return images [n, 3, s, s] in [-1, 1], float32 on the CPU, of latents [n, d] and classes [n]."""
        device = next(self.network.parameters()).device
        told = labels.to(device) if labels is not None and self.conditional else None
        with evaluating(self.network):
            made: Tensor = self.network(latent.to(device), told)
        return made.float().cpu()

    def draw(self, count: int, rng: torch.Generator, *, label: int | None = None) -> tuple[Tensor, Tensor | None]:
        """Return latents [count, d] and classes [count]; all of class `label` where one is given.

        Raises:
            InputError: the count is not at least 1, or there is no such class.
        """
        count = whole_number("count", count, least=1)
        if label is not None and self.conditional:
            label = whole_number("label", label, least=0, most=self.config.classes - 1)
        latent = draw_latent(count, dimension=self.config.latent_dim, kind=self.config.latent, rng=rng)
        if not self.conditional:
            return latent, None
        if label is not None:
            return latent, torch.full((count,), label)
        if self._class_weights is None:
            return latent, torch.randint(self.config.classes, (count,), generator=rng)
        return latent, torch.multinomial(self._class_weights.float(), count, replacement=True, generator=rng)

    def source(self, *, seed: int, label: int | None = None) -> Callable[[int], Tensor]:
        """Return a function of a number to that many new images; the same seed gives the same images in order.

        Raises:
            InputError: the seed is no whole number from 0 on; or, later, as `draw`.
        """
        rng = torch.Generator().manual_seed(whole_number("seed", seed, least=0, most=MOST_SEED))

        def generate(count: int) -> Tensor:
            return self.images(*self.draw(count, rng, label=label))

        return generate


def _check_weights(weights: Tensor, classes: int) -> None:
    check_type("class_weights", weights, Tensor, "a tensor")
    plain = weights.layout == torch.strided and not weights.is_nested and not weights.is_meta
    fits = plain and weights.shape == (classes,) and not weights.is_complex() and not weights.is_quantized
    if not fits or not bool(((weights >= 0) & weights.isfinite()).all()) or not bool((weights > 0).any()):
        raise InputError(f"class_weights must be {classes} finite numbers from 0 on, not all 0; got {shown(weights)}")
