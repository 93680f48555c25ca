"""What programs change of torch for all that they call."""

from contextlib import contextmanager

import torch


def under_a_dtype(dtype):
    """Make torch's numbers of another kind for a block."""

    @contextmanager
    def changed():
        torch.set_default_dtype(dtype)
        try:
            yield
        finally:
            torch.set_default_dtype(torch.float32)

    return changed()


SETTINGS = {
    "meta": lambda: torch.device("meta"),
    "float16": lambda: under_a_dtype(torch.float16),
    "float64": lambda: under_a_dtype(torch.float64),
    "inference": torch.inference_mode,
    "no gradients": torch.no_grad,
}
