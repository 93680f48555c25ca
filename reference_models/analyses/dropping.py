"""What a generator draws with some of its feature maps: samples before and after the maps are dropped.

Radford et al. (2016, section 6.3.1) dropped the maps that a classifier of windows pointed to, and the windows went.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from reference_models.analyses.subject import Subject
from reference_models.analyses.truth import measure_shapes
from reference_models.errors import ConfigError


@dataclass(frozen=True, eq=False)
class Dropped:
    """Samples without some maps.

    Attributes:
        maps: numbers of the dropped ones, the most important first.
        effects: what dropping each map of the stage alone does, [m].
        before: uint8 [n, 3, s, s].
        after: without all of `maps`.
        measure: what the effect is of: ``area``, of the coloured object of a procedural shape, or ``pixels``.
        remaining: the share of the object's area that is left, or the mean change of a pixel (of 255).
    """

    maps: tuple[int, ...]
    effects: Tensor
    before: Tensor
    after: Tensor
    measure: str
    remaining: float


def drop_maps(subject: Subject, *, stage: int, count: int, samples: int, seed: int) -> Dropped:
    """Drop the maps of a stage that matter most: each alone is tried, then the strongest are dropped together.

    Args:
        subject: the model.
        stage: of the generator's convolutions before the last, counted from 0; negative from the end.
        count: maps to drop.
        samples: to draw.
        seed: of the samples.

    Raises:
        ConfigError: there is no such stage, or it has fewer maps.
    """
    parts = _stages(subject.sampler.network)
    if not -len(parts) <= stage < len(parts):
        raise ConfigError(f"--stage must be from 0 to {len(parts) - 1}; got {stage}")
    part = parts[stage]
    latents = subject.latents(samples, seed=seed)
    width = _width(subject, part, latents[:1])
    if not 1 <= count <= width:
        raise ConfigError(f"--drop must be from 1 to {width}, the maps of that stage; got {count}")
    before = subject.images(latents)
    effects = []
    for number in range(width):
        with without(part, [number]):
            effects.append(_effect(subject, before, subject.images(latents)))
    ranked = torch.tensor(effects)
    chosen = ranked.argsort(descending=True, stable=True)[:count].tolist()
    with without(part, chosen):
        after = subject.images(latents)
    if subject.drawn:
        left = float(measure_shapes(after)["area"].mean() / measure_shapes(before)["area"].mean().clamp(min=1e-6))
        return Dropped(tuple(chosen), ranked, before, after, "area", left)
    return Dropped(tuple(chosen), ranked, before, after, "pixels", _change(before, after))


@contextmanager
def without(part: nn.Module, maps: list[int]) -> Iterator[None]:
    """Set some maps of a part's output to zero while the block runs."""

    def zeroed(module: nn.Module, inputs: object, output: Tensor) -> Tensor:  # noqa: ARG001 - what torch calls with
        dropped = output.clone()
        dropped[:, maps] = 0
        return dropped

    handle = part.register_forward_hook(zeroed)
    try:
        yield
    finally:
        handle.remove()


def _stages(network: nn.Module) -> list[nn.Module]:
    """Return the parts whose output is a stage's maps: before the rectifier, zero is zero after it too."""
    blocks = getattr(network, "blocks", None)
    return list(blocks if blocks is not None else network.norms)  # type: ignore[arg-type]


def _width(subject: Subject, part: nn.Module, latent: Tensor) -> int:
    seen: list[int] = []
    handle = part.register_forward_hook(lambda _module, _inputs, output: seen.append(output.shape[1]))
    try:
        subject.images(latent)
    finally:
        handle.remove()
    return seen[0]


def _effect(subject: Subject, before: Tensor, after: Tensor) -> float:
    if subject.drawn:
        return float((measure_shapes(before)["area"] - measure_shapes(after)["area"]).mean())
    return _change(before, after)


def _change(before: Tensor, after: Tensor) -> float:
    return float((before.float() - after.float()).abs().mean())
