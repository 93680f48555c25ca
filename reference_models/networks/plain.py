"""Torch as it is when nobody has changed it: what networks are built, loaded and trained in."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch


@contextmanager
def plain_torch() -> Iterator[None]:
    """For the block or the function, make tensors on the CPU and of float32, and record gradients.

    A program may have torch's defaults changed for all that it calls: gradients off, as notebooks have them, another
    kind of numbers, or another device, such as meta, on which a network has no weights. Ours depend on none of it.

    >>> with torch.inference_mode(), torch.device("meta"), plain_torch():
    ...     weight = torch.nn.Linear(2, 1).weight
    >>> weight.device, weight.is_inference()
    (device(type='cpu'), False)
    """
    before = torch.get_default_dtype()
    with ExitStack() as entered:
        entered.enter_context(torch.inference_mode(mode=False))
        entered.enter_context(torch.enable_grad())
        if _default_device() != "cpu":  # one that is set takes time at every call
            entered.enter_context(torch.device("cpu"))
        if before != torch.float32:  # of all threads
            entered.callback(torch.set_default_dtype, before)
            torch.set_default_dtype(torch.float32)
        yield


def _default_device() -> str:
    """Return where new tensors go, nowhere where that device is not there."""
    try:
        return torch.empty(0).device.type
    # What a device raises that is not there is its backend's own.
    except Exception:
        return ""
