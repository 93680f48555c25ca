"""The command line on several processes, as torchrun starts them."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from ganmetrics._text import clipped, one_line, shown
from ganmetrics.errors import InputError

SHARED = ("fid", "evaluate", "compare", "plan", "influence", "explain", "sanity", "reference build")
"""The commands that divide their images among processes."""
FAREWELL = timedelta(seconds=20)
"""How long a process waits for the others at its end: a launcher kills them all as soon as one has failed."""


_MOST = 10**6
_PORTS = 65535


def processes() -> int:
    """Return how many processes the launcher has started; 1 without one.

    Raises:
        InputError: what the launcher says is no such number.
    """
    said = os.environ.get("WORLD_SIZE", "") and "RANK" in os.environ and "MASTER_ADDR" in os.environ
    return _number("WORLD_SIZE", 1, _MOST) if said else 1


def _number(name: str, least: int, most: int) -> int:
    """Return the number that a launcher's variable holds."""
    value = os.environ.get(name, "")
    if value.isdecimal() and len(value) <= len(str(_MOST)) and least <= int(value) <= most:
        return int(value)
    came = shown(value) if name in os.environ else "none"
    raise InputError(f"{name}, which a launcher sets, must be a whole number from {least} to {most}; got {came}")


def check_shared(path: str) -> None:
    """Refuse a command, such as ``ganmetrics cache clear``, that every process would do for itself.

    Raises:
        InputError: there are several processes, and this is no command for them.
    """
    if processes() > 1 and path not in SHARED:
        raise InputError(
            f"{path} runs on one process; got WORLD_SIZE {processes()} (those for several: {', '.join(SHARED)})"
        )


@contextmanager
def launched() -> Iterator[None]:
    """Join the processes of the launcher for the block; only the first one speaks.

    A group that exists is used and left alone.

    Raises:
        InputError: the launcher's variables are wrong, or the others cannot be reached.
    """
    if processes() == 1:
        yield
        return
    _number("RANK", 0, processes() - 1)
    local = _number("LOCAL_RANK", 0, _MOST) if "LOCAL_RANK" in os.environ else 0
    import torch
    import torch.distributed as dist

    if torch.cuda.is_available():
        torch.cuda.set_device(local % torch.cuda.device_count())
    made = not dist.is_initialized()
    if made:
        _number("MASTER_PORT", 1, _PORTS)
        try:
            # What travels lies on the host whatever the network runs on, so this serves CUDA as well.
            dist.init_process_group("gloo")
        except (RuntimeError, ValueError) as error:
            raise InputError(
                f"{processes()} processes must reach each other at {clipped(os.environ['MASTER_ADDR'])}; "
                f"they do not: {one_line(error)}"
            ) from None
    spoken = sys.stdout, sys.stderr
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        if dist.get_rank():
            sys.stdout = sys.stderr = nowhere
        try:
            yield
        finally:
            for stream in spoken:
                if stream is not None:  # closed by the shell
                    stream.flush()
            # The first process's line must be out before another's status makes the launcher end it.
            with suppress(RuntimeError):
                dist.monitored_barrier(timeout=FAREWELL)
            sys.stdout, sys.stderr = spoken
            if made:
                dist.destroy_process_group()
