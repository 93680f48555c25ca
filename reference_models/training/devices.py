"""The device that networks train or sample on."""

import torch

from ganmetrics import clipped, shown
from reference_models.errors import ConfigError, one_line


def open_device(given: torch.device | str | None, *, local_rank: int = 0) -> torch.device:
    """Return a device that this torch can use; for None CUDA where there is one, else the CPU.

    Raises:
        ConfigError: it is no such device.

    >>> open_device("cpu")
    device(type='cpu')
    """
    if given is None:
        return torch.device("cuda", local_rank) if torch.cuda.is_available() else torch.device("cpu")
    try:
        device = torch.device(given)
        torch.zeros(1, device=device).cpu()  # the meta device, for one, has no values to give back
    # What a device raises that is not there is its backend's own.
    except Exception as error:
        reason = clipped(one_line(error).split(". ")[0])
        raise ConfigError(f"--device must be one that this torch can use; got {shown(str(given))} ({reason})") from None
    return device
