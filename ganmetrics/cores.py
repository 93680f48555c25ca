"""How many cores there are, and among how many processes of this machine a launcher divided them."""

import os


def usable_cores() -> int:
    """Return the number of cores that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def launched_here() -> int | None:
    """Return how many processes a launcher, such as torchrun, has started on this machine; None without one."""
    number = os.environ.get("LOCAL_WORLD_SIZE", "")
    return int(number) if number.isdecimal() and int(number) > 0 else None
