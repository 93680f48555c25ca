"""The processes of one run (torch.distributed), and the single process that does without them.

What belongs together is done by all: `Ranks.share` divides the images, `Ranks.each` lets every process do its part
and ends all of them where one fails, and the results are joined in the order of the ranks, which is that of the
images. Which processes these are is ambient, as it is in torch: `all_ranks` finds the group where there is one.

Everything that travels lies on the host, so that a gloo group of our own carries it beside whatever backend the caller
trains with: sums stay in float64 on devices that have none, and no collective of the caller is disturbed.
"""

import atexit
import inspect
import os
import pickle
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from ganmetrics.errors import GanMetricsError, InputError

_Value = TypeVar("_Value")

MEETING = timedelta(minutes=10)
"""How long a call waits for the other processes to make it as well."""
WORKING = timedelta(hours=6)
"""How long a process waits for the others' part of the work; one that dies is noticed at once."""
_PIECE_ROWS = 4096
_TURNS = 3


class Ranks:
    """One process that is alone, for which all of this is free; `_Joined` is one of several.

    Attributes:
        rank: the number of this process, from 0.
        size: how many there are.

    >>> ranks = Ranks()
    >>> ranks.share(10), ranks.gather("mine"), ranks.once(lambda: 3)
    (range(0, 10), ['mine'], 3)
    """

    rank = 0
    size = 1

    @property
    def first(self) -> bool:
        """Whether this process is the one that speaks, scores and writes."""
        return self.rank == 0

    def share(self, count: int) -> range:
        """Return which of `count` things in a row are this process's: neighbours, so that joining restores the order.

        >>> [_Joined(rank, 3, None, None).share(7) for rank in range(3)]
        [range(0, 3), range(3, 5), range(5, 7)]
        """
        return share_of(count, self.rank, self.size)

    def gather(self, value: _Value) -> list[_Value]:
        """Return every process's value, in the order of the ranks; small things only."""
        return [value]

    def each(self, work: Callable[[], _Value]) -> _Value:
        """Do this process's part; where any process fails, all raise the first one's error."""
        return work()

    def once(self, work: Callable[[], _Value]) -> _Value:
        """Return what the first process computes, on all; where it fails, all raise its error.

        The others wait, so torch may use their threads meanwhile.
        """
        return work()

    def in_order(self, work: Callable[[], _Value]) -> _Value:
        """Do the same on all, the first process before the others of its machine: so a file is downloaded once."""
        return work()

    def send(self, value: _Value, *, sender: int) -> _Value:  # noqa: ARG002 - there is nobody else
        """Return the value that the process `sender` has, on all."""
        return value

    def add(self, tensor: Tensor) -> Tensor:
        """Return the sum of all processes' tensors, which it replaces."""
        return tensor

    def others_rows(self, rows: Tensor | None) -> Iterator[Tensor]:  # noqa: ARG002
        """Yield on the first process the rows [n, d] of all others in order, in pieces; elsewhere send ours."""
        yield from ()


class _Joined(Ranks):
    """One of several processes: `meeting` has a short timeout, `group` a long one."""

    def __init__(
        self, rank: int, size: int, group: dist.ProcessGroup | None, meeting: dist.ProcessGroup | None
    ) -> None:
        self.rank, self.size = rank, size
        self._group, self._meeting = group, meeting

    def meet(self, call: str) -> None:
        """Wait until all processes make the same call.

        Raises:
            GanMetricsError: one does not come.
            InputError: one makes another call.
        """
        try:
            dist.monitored_barrier(self._meeting, MEETING)
        except RuntimeError as error:
            raise _absent(call, self.size, error) from None
        calls = self.gather(call)
        if len(set(calls)) > 1:
            raise InputError(f"all processes need to make one call; got {'; '.join(dict.fromkeys(calls))}")

    def gather(self, value: _Value) -> list[_Value]:
        """Gather values with what asks for them, so that processes that have parted ways are told rather than hang."""
        asking = _asking()
        found: list[Any] = [None] * self.size
        with _lost(self.size):
            dist.all_gather_object(found, (asking, value), group=self._group)
        if any(other != asking for other, _ in found):
            doing = "; ".join(f"rank {rank}: {other}" for rank, (other, _) in enumerate(found))
            raise InputError(
                f"all processes need the same images, options and files; they have parted ways and do {doing}"
            )
        return [value for _, value in found]

    def each(self, work: Callable[[], _Value]) -> _Value:
        result, error = _attempt(work, self.rank)
        for failed in self.gather(error):
            if failed is not None:
                raise failed
        assert result is not None
        return result[0]

    def once(self, work: Callable[[], _Value]) -> _Value:
        with _idle_cores():
            result, error = _attempt(work, self.rank) if self.first else (None, None)
        result, error = self.send((result, error), sender=0)
        if error is not None:
            raise error
        assert result is not None
        return result[0]

    def in_order(self, work: Callable[[], _Value]) -> _Value:
        turn = self._turn()
        self._sit_out(turn)
        result = self.each(work)
        self._sit_out(_TURNS - 1 - turn)
        return result

    def _turn(self) -> int:
        """Return when this process's turn is: the first of all, the first of each other machine, or everyone else."""
        if self.first:
            return 0
        return 1 if os.environ.get("LOCAL_RANK") == "0" else 2

    def _sit_out(self, turns: int) -> None:
        """Wait while others have their turns; where one of them fails, raise its error."""
        for _ in range(turns):
            self.each(lambda: None)

    def send(self, value: _Value, *, sender: int) -> _Value:
        self.gather(None)
        carried: list[Any] = [value if self.rank == sender else None]
        with _lost(self.size):
            dist.broadcast_object_list(carried, group=self._group, group_src=sender)
        sent: _Value = carried[0]
        return value if self.rank == sender else sent

    def add(self, tensor: Tensor) -> Tensor:
        self.gather(tuple(tensor.shape))
        with _lost(self.size):
            dist.all_reduce(tensor, group=self._group)
        return tensor

    def others_rows(self, rows: Tensor | None) -> Iterator[Tensor]:
        described = self.gather(None if rows is None else (tuple(rows.shape), rows.dtype))
        for sender, found in enumerate(described[1:], start=1):
            if found is None:
                continue
            (count, width), dtype = found
            for start in range(0, count, _PIECE_ROWS):
                stop = min(start + _PIECE_ROWS, count)
                with _lost(self.size):
                    if self.first:
                        piece = torch.empty(stop - start, width, dtype=dtype)
                        dist.recv(piece, group=self._group, group_src=sender)
                    elif self.rank == sender and rows is not None:
                        dist.send(rows[start:stop].contiguous(), group=self._group, group_dst=0)
                if self.first:
                    yield piece


ALONE = Ranks()
_current: ContextVar[Ranks] = ContextVar("ranks", default=ALONE)
_apart: ContextVar[bool] = ContextVar("apart", default=False)
_known: dict[str, Any] = {"world": None, "ranks": ALONE}


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


def share_of(count: int, number: int, parts: int) -> range:
    """Return the part with a number, from 0, of `count` things in a row: sizes differ by one at most.

    >>> share_of(1, 0, 2), share_of(1, 1, 2)
    (range(0, 1), range(1, 1))
    """
    base, extra = divmod(count, parts)
    start = number * base + min(number, extra)
    return range(start, start + base + (number < extra))


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
            raise _absent(call, dist.get_world_size(), error) from None
        assert isinstance(meeting, dist.ProcessGroup) and isinstance(group, dist.ProcessGroup)
        _known["ranks"] = _Joined(dist.get_rank(), dist.get_world_size(), group, meeting)
        _known["world"] = dist.group.WORLD
        # Groups that live until the interpreter's own end are torn down with their threads running, which aborts.
        atexit.register(_forget)
    ranks = _known["ranks"]
    ranks.meet(call)
    return ranks  # type: ignore[no-any-return]


def _forget() -> None:
    _known.update(world=None, ranks=ALONE)


def _absent(call: str, size: int, error: RuntimeError) -> GanMetricsError:
    return GanMetricsError(
        f"{call} needs to be called on all {size} processes (or within ganmetrics.this_process_only()); "
        f"one did not come: {_first_line(error)}"
    )


@contextmanager
def _idle_cores() -> Iterator[None]:
    """Let torch use the threads of all processes of this machine, for work that the others wait for.

    A launcher divides the cores, and torchrun leaves each process one thread: a decomposition would crawl on it.
    """
    own = torch.get_num_threads()
    torch.set_num_threads(max(own, min(own * (launched_here() or 1), usable_cores())))
    try:
        yield
    finally:
        torch.set_num_threads(own)


@contextmanager
def _lost(size: int) -> Iterator[None]:
    """Tell in one line that a process has gone."""
    try:
        yield
    except RuntimeError as error:
        raise GanMetricsError(f"all {size} processes need to go on; one is gone: {_first_line(error)}") from None


def _asking() -> str:
    """Return the name of the function of this package that asks for what processes do together: the nearest one."""
    frame = inspect.currentframe()
    # Between them are this module, and wrappers that check types, as tests put around everything.
    while frame is not None and not _is_asking(frame):
        frame = frame.f_back
    return "something else" if frame is None else f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_qualname}"


def _is_asking(frame: FrameType) -> bool:
    ours = str(frame.f_globals.get("__name__")).startswith("ganmetrics.")
    return ours and not frame.f_code.co_filename.startswith((__file__, "<"))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _attempt(work: Callable[[], _Value], rank: int) -> tuple[tuple[_Value] | None, Exception | None]:
    """Return the result in a tuple, or what was raised, in a form that reaches another process."""
    try:
        return (work(),), None
    except Exception as error:
        if not isinstance(error, GanMetricsError):
            error.add_note(f"on rank {rank}:\n{traceback.format_exc()}")
        try:
            pickle.loads(pickle.dumps(error))  # nosec B301
        except Exception:
            return None, RuntimeError(f"{type(error).__name__} on rank {rank}: {error}")
        return None, error
