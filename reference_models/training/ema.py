"""The moving average of a generator's weights."""

import torch
from torch import nn


def update_average(average: nn.Module, network: nn.Module, *, decay: float) -> None:
    """Move the average's weights by a share 1 - decay towards the network's, and copy its buffers, in place.

    Buffers are statistics already; averaging weights alone and leaving the running statistics of the first step behind,
    a common slip, ruins every image.
    """
    with torch.no_grad():
        kept, current = ([*part.parameters()] for part in (average, network))
        torch._foreach_lerp_(kept, current, 1 - decay)  # type: ignore[arg-type]
        for old, buffer in zip(average.buffers(), network.buffers(), strict=True):
            old.copy_(buffer)
