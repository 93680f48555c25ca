"""Features as a list of batches: the state of metrics that read each image's."""

import torch
from torch import Tensor

from ganmetrics import InputError, NotEnoughSamples
from ganmetrics._text import shown
from ganmetrics.compat.shared_network import described, is_dense

AXES = 2


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


def checked_rows(name: str, state: object, width: int | None) -> list[Tensor]:
    """Return batches that were stored, where they can be features: a list, or one tensor as after a gathering.

    Args:
        name: of the state, for the message.
        state: what was stored.
        width: of the features; None where it is not known.

    Raises:
        InputError: they are no features, or of another width.

    >>> checked_rows("features", [torch.zeros(2, 3)], 3)
    [tensor([[0., 0., 0.],
            [0., 0., 0.]])]
    """
    batches = [state] if isinstance(state, Tensor) else state
    if not isinstance(batches, list | tuple):
        raise InputError(f"{name} must be a list of features [n, d]; got {described(state)}")
    rows = []
    for place, batch in enumerate(batches):
        if not isinstance(batch, Tensor) or not is_dense(batch) or not batch.is_floating_point():
            raise InputError(f"{name} must be features [n, d], floating point; got {described(batch)} as batch {place}")
        if batch.ndim != AXES or 0 in batch.shape or width not in (None, batch.shape[1]):
            needed = f"[n, {'d' if width is None else width}]"
            raise InputError(f"{name} must be features {needed}; got {described(batch)} as batch {place}")
        if not bool(batch.isfinite().all()):
            raise InputError(f"{name} must be finite features; got batch {place} with what is no number")
        width = batch.shape[1]
        rows.append(batch.detach().clone())
    return rows


def on_host(features: Tensor) -> Tensor:
    """Return features in the CPU's memory, where float64 is at hand on every machine."""
    return features.detach().cpu()
