"""`JoinedRanks`: one of several processes of torch.distributed that work together."""

import inspect
import os
import pickle
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

from ganmetrics.errors import GanMetricsError, InputError
from ganmetrics.ranks.alone import Ranks
from ganmetrics.ranks.cores import idle_cores

_Value = TypeVar("_Value")

MEETING = timedelta(minutes=10)
"""How long a call waits for the other processes to make it as well."""
_PIECE_ROWS = 4096
_TURNS = 3


class JoinedRanks(Ranks):
    """One of several processes: `meeting` has a short timeout, `group` a long one.

    >>> [JoinedRanks(rank, 3, None, None).share(7) for rank in range(3)]
    [range(0, 3), range(3, 5), range(5, 7)]
    """

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
            raise absent(call, self.size, error) from None
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
        """Do this process's part; raise the first error of any process."""
        result, error = _attempt(work, self.rank)
        for failed in self.gather(error):
            if failed is not None:
                raise failed
        assert result is not None
        return result[0]

    def once(self, work: Callable[[], _Value]) -> _Value:
        """Return what the first process computes, with the cores of all on its machine; the others wait."""
        with idle_cores():
            result, error = _attempt(work, self.rank) if self.first else (None, None)
        result, error = self.send((result, error), sender=0)
        if error is not None:
            raise error
        assert result is not None
        return result[0]

    def in_order(self, work: Callable[[], _Value]) -> _Value:
        """Do the same on all, in three turns: the first process, the first of each other machine, everyone else."""
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
        """Return the value that the process `sender` has."""
        self.gather(None)
        carried: list[Any] = [value if self.rank == sender else None]
        with _lost(self.size):
            dist.broadcast_object_list(carried, group=self._group, group_src=sender)
        sent: _Value = carried[0]
        return value if self.rank == sender else sent

    def add(self, tensor: Tensor) -> Tensor:
        """Return the sum of all processes' tensors, which it replaces."""
        self.gather(tuple(tensor.shape))
        with _lost(self.size):
            dist.all_reduce(tensor, group=self._group)
        return tensor

    def others_rows(self, rows: Tensor | None) -> Iterator[Tensor]:
        """Yield the others' rows on the first process, `_PIECE_ROWS` at a time; elsewhere send ours."""
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


def absent(call: str, size: int, error: RuntimeError) -> GanMetricsError:
    """Return what is raised where a process does not make a call."""
    return GanMetricsError(
        f"{call} needs to be called on all {size} processes (or within ganmetrics.this_process_only()); "
        f"one did not come: {_first_line(error)}"
    )


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
    # Between them are these modules, and wrappers that check types, as tests put around everything.
    while frame is not None and not _is_asking(frame):
        frame = frame.f_back
    return "something else" if frame is None else f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_qualname}"


def _is_asking(frame: FrameType) -> bool:
    ours = str(frame.f_globals.get("__name__")).startswith("ganmetrics.")
    return ours and not frame.f_code.co_filename.startswith((str(Path(__file__).parent), "<"))


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
