"""The cores that this process may use, which a launcher of several divides among them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch


def usable_cores() -> int:
    """Return the number of cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def launched_here() -> int | None:
    """Return how many processes a launcher, such as torchrun, has started on this machine; None without one."""
    number = os.environ.get("LOCAL_WORLD_SIZE", "")
    return int(number) if number.isdecimal() and int(number) > 0 else None


def own_cores() -> int:
    """Return how many cores are this process's: as many as torch has threads here, or its part of the machine.

    torchrun gives its processes one thread each, whatever the cores are, so there these are counted and divided.
    """
    processes = launched_here()
    return torch.get_num_threads() if processes is None else max(1, usable_cores() // processes)


@contextmanager
def idle_cores() -> Iterator[None]:
    """Let torch use the threads of all processes of this machine, for work that the others wait for.

    A launcher divides the cores, and torchrun leaves each process one thread: a decomposition would crawl on it.
    """
    own = torch.get_num_threads()
    torch.set_num_threads(max(own, min(own * (launched_here() or 1), usable_cores())))
    try:
        yield
    finally:
        torch.set_num_threads(own)
