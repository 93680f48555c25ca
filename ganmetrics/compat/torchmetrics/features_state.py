"""Features as a list of batches: the state of metrics that read each image's."""

import torch
from torch import Tensor

from ganmetrics import InputError, NotEnoughSamples
from ganmetrics._text import shown


def all_rows(batches: list[Tensor] | Tensor, side: str) -> Tensor:
    """Return the features of all batches, [n, d]; torchmetrics hands a list over, or one tensor after a gathering.

    Raises:
        InputError: batches have features of several widths.
        NotEnoughSamples: there are none.
    """
    if isinstance(batches, Tensor):
        return batches
    if not batches:
        raise NotEnoughSamples(f"this metric needs {side} images; update has been given none")
    widths = {tuple(batch.shape[1:]) for batch in batches}
    if len(widths) != 1:
        raise InputError(f"all batches need features of one width; got {shown(sorted(widths))}")
    return torch.cat(batches)


def on_host(features: Tensor) -> Tensor:
    """Return features in the CPU's memory, where float64 is at hand on every machine."""
    return features.detach().cpu()
