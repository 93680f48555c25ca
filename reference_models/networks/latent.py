"""The random input of a generator."""

import torch
from torch import Tensor


def draw_latent(count: int, *, dimension: int, kind: str, rng: torch.Generator) -> Tensor:
    """Return latents [count, dimension] from N(0, 1) or from the uniform distribution on [-1, 1].

    >>> draw_latent(1000, dimension=4, kind="uniform", rng=torch.Generator()).abs().max().item() <= 1
    True
    """
    if kind == "uniform":
        return torch.rand(count, dimension, generator=rng) * 2 - 1
    return torch.randn(count, dimension, generator=rng)
