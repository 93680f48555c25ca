"""Which processes work together: ambient, as it is in torch."""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

import torch.distributed as dist

from ganmetrics.ranks.alone import ALONE, Ranks
from ganmetrics.ranks.joined import MEETING, JoinedRanks, absent

WORKING = timedelta(hours=6)
"""How long a process waits for the others' part of the work; one that dies is noticed at once."""
_current: ContextVar[Ranks] = ContextVar("ranks", default=ALONE)
_apart: ContextVar[bool] = ContextVar("apart", default=False)
_known: dict[str, Any] = {"world": None, "ranks": ALONE}


def current() -> Ranks:
    """Return the processes that work together here and now: this one alone, unless a call has joined them."""
    return _current.get()


@contextmanager
def all_ranks(call: str) -> Iterator[Ranks]:
    """Join the processes of torch.distributed's group for the block, where there is one and they are not apart.

    Args:
        call: what is called, for the message where a process calls something else.

    Raises:
        GanMetricsError: another process does not make the call.
    """
    joined: Ranks = ALONE
    if not _apart.get() and dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1:
        joined = _join(call)
    token = _current.set(joined)
    try:
        yield joined
    finally:
        _current.reset(token)


@contextmanager
def this_process_only() -> Iterator[None]:
    """Score on this process alone for the block, in a program that runs on several.

    >>> with this_process_only(), all_ranks("fid") as ranks:
    ...     ranks.size
    1
    """
    token = _apart.set(True)
    try:
        yield
    finally:
        _apart.reset(token)


def _join(call: str) -> Ranks:
    """Meet the other processes, in groups that are made once for each group of the caller."""
    if _known["world"] is not dist.group.WORLD:
        try:
            meeting = dist.new_group(backend="gloo", timeout=MEETING)
            group = dist.new_group(backend="gloo", timeout=WORKING)
        except RuntimeError as error:
            raise absent(call, dist.get_world_size(), error) from None
        assert isinstance(meeting, dist.ProcessGroup) and isinstance(group, dist.ProcessGroup)
        _known["ranks"] = JoinedRanks(dist.get_rank(), dist.get_world_size(), group, meeting)
        _known["world"] = dist.group.WORLD
        # Groups that live until the interpreter's own end are torn down with their threads running, which aborts.
        atexit.register(_forget)
    ranks = _known["ranks"]
    ranks.meet(call)
    return ranks  # type: ignore[no-any-return]


def _forget() -> None:
    _known.update(world=None, ranks=ALONE)
