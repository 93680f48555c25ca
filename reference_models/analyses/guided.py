"""Which pixels make a filter answer: guided gradients (Springenberg et al. 2015)."""

import copy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from reference_models.data.batches import to_floats
from reference_models.errors import ConfigError
from reference_models.networks.layers import SLOPE

STRONGEST = 0.1


class _GuidedLeaky(torch.autograd.Function):
    """A leaky rectifier whose gradients are passed on only where they are positive."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor) -> Tensor:  # noqa: ANN401 - torch's context
        ctx.save_for_backward(maps)
        return torch.where(maps > 0, maps, SLOPE * maps)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:  # noqa: ANN401
        (maps,) = ctx.saved_tensors
        return gradient.clamp(min=0) * torch.where(maps > 0, 1.0, SLOPE)


class _Guided(nn.Module):
    def forward(self, maps: Tensor) -> Tensor:
        guided: Tensor = _GuidedLeaky.apply(maps)
        return guided


@dataclass(frozen=True, eq=False)
class FilterView:
    """What the filters of one stage look at.

    Attributes:
        filters: numbers of those shown, [f].
        images: for each, the images that it answers to most, uint8 [f, k, 3, s, s].
        gradients: guided gradients of those answers, [f, k, 3, s, s].
        focus: share of the gradients' energy in the strongest tenth of the pixels, the mean: 0.1 for looking
            everywhere alike, 1 for looking at one place.
    """

    filters: Tensor
    images: Tensor
    gradients: Tensor
    focus: float


def view_filters(discriminator: nn.Module, images: Tensor, *, stage: int, filters: int, examples: int) -> FilterView:
    """Return what the filters of a stage look at: those with the strongest answers to any image.

    Args:
        discriminator: in any mode; it is copied.
        images: uint8 [n, 3, s, s] to look for answers in.
        stage: of its convolutions, counted from 0; negative from the end.
        filters: how many to show.
        examples: images for each.

    Raises:
        ConfigError: there is no such stage, or more is asked for than there is.
    """
    network = guided_copy(discriminator)
    count = len(network.stages)  # type: ignore[arg-type]
    if not -count <= stage < count:
        raise ConfigError(f"--stage must be from 0 to {count - 1}; got {stage}")
    with torch.no_grad():
        answers = torch.cat([_answers(network, chunk, stage) for chunk in torch.split(images, 250)])
    if filters > answers.shape[1] or examples > len(images):
        raise ConfigError(
            f"the stage has {answers.shape[1]} filters and there are {len(images)} images; "
            f"got --filters {filters}, --examples {examples}"
        )
    chosen = answers.amax(dim=0).argsort(descending=True, stable=True)[:filters]
    shown, gradients = [], []
    for number in chosen.tolist():
        best = answers[:, number].argsort(descending=True, stable=True)[:examples]
        inputs = to_floats(images[best]).requires_grad_()
        total = _maps(network, inputs, stage)[:, number].flatten(1).amax(dim=1).sum()
        (gradient,) = torch.autograd.grad(total, inputs)
        shown.append(images[best])
        gradients.append(gradient)
    stacked = torch.stack(gradients)
    return FilterView(chosen, torch.stack(shown), stacked, focus(stacked.flatten(0, 1)))


def guided_copy(discriminator: nn.Module) -> nn.Module:
    """Return a copy in evaluation mode whose leaky rectifiers guide gradients."""
    network = copy.deepcopy(discriminator).eval().requires_grad_(requires_grad=False)
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.LeakyReLU):
                setattr(module, name, _Guided())
    return network


def focus(gradients: Tensor) -> float:
    """Return the mean share of the energy of gradients [n, 3, s, s] that lies in their strongest tenth of pixels.

    >>> focus(torch.ones(1, 3, 10, 10))
    0.10000000149011612
    """
    energy = gradients.square().sum(dim=1).flatten(1)
    strongest = energy.topk(max(round(energy.shape[1] * STRONGEST), 1), dim=1).values.sum(dim=1)
    return float((strongest / energy.sum(dim=1).clamp(min=1e-30)).mean())


def _maps(network: nn.Module, inputs: Tensor, stage: int) -> Tensor:
    maps: list[Tensor] = network.maps(inputs)  # type: ignore[operator]
    return maps[stage]


def _answers(network: nn.Module, images: Tensor, stage: int) -> Tensor:
    """Return the largest value of each map, [n, filters]."""
    return _maps(network, to_floats(images), stage).flatten(2).amax(dim=2)
