"""Several processes as one run, started by torchrun; one process is the case of one rank."""

import datetime
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn

_TIMEOUT = datetime.timedelta(hours=12)
"""The other processes wait while the first scores, which may take long."""


@dataclass(frozen=True)
class TrainingRanks:
    """This process among those of a run.

    Attributes:
        rank: its number.
        count: how many there are.
        local: its number on this machine.
    """

    rank: int = 0
    count: int = 1
    local: int = 0

    @property
    def is_first(self) -> bool:
        """Whether this process scores, saves and shows."""
        return self.rank == 0

    def average_gradients(self, network: nn.Module) -> None:
        """Replace each process's gradients by their mean over all, in place.

        One reduction after the backward pass, instead of a wrapper around the network: it works with the penalty's
        gradient of a gradient, with several passes before one backward, and with a frozen discriminator, and leaves
        buffers alone.
        """
        if self.count == 1:
            return
        gradients = [parameter.grad for parameter in network.parameters() if parameter.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.count
        for gradient, mean in zip(gradients, torch.split(flat, [part.numel() for part in gradients]), strict=True):
            gradient.copy_(mean.view_as(gradient))

    def gather(self, state: Tensor) -> list[Tensor]:
        """Return every process's tensor of one shape, on all of them."""
        if self.count == 1:
            return [state]
        device = torch.device("cuda", self.local) if distributed.get_backend() == "nccl" else torch.device("cpu")
        gathered = [torch.empty_like(state, device=device) for _ in range(self.count)]
        distributed.all_gather(gathered, state.to(device))
        return [part.cpu() for part in gathered]

    def agree(self, stop: bool) -> bool:
        """Return whether any process wants to stop, on all of them."""
        if self.count == 1:
            return stop
        return any(bool(part.item()) for part in self.gather(torch.tensor([float(stop)])))

    def wait(self) -> None:
        """Wait until every process has come here."""
        if self.count > 1:
            distributed.barrier()


@contextmanager
def joined_ranks() -> Iterator[TrainingRanks]:
    """Join the processes that torchrun started, with NCCL where there are GPUs and gloo elsewhere."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield TrainingRanks()
        return
    local = int(os.environ.get("LOCAL_RANK", "0"))
    backend = "gloo"
    if torch.cuda.is_available():
        backend = "nccl"
        torch.cuda.set_device(local)
    distributed.init_process_group(backend, timeout=_TIMEOUT)
    try:
        yield TrainingRanks(distributed.get_rank(), count, local)
        # gloo's threads abort a process that lets its group go while another still uses it.
        distributed.barrier()
    finally:
        distributed.destroy_process_group()


def total_norm(parameters: Iterable[nn.Parameter]) -> Tensor:
    """Return the norm of all gradients together."""
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    norm: Tensor = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
    return norm
