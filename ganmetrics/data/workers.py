"""Work on images in other processes: in order, with bounded memory, and gone as soon as nobody asks for more."""

import ctypes
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any, TypeVar

import torch
from torch.utils.data import DataLoader, Dataset

from ganmetrics._text import one_line
from ganmetrics.data import processes
from ganmetrics.errors import GanMetricsError, InputError

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


def map_in_workers(
    work: Callable[[_Task], _Result], tasks: Iterable[_Task], *, workers: int, ahead: int = 2
) -> Iterator[_Result]:
    """Yield `work(task)` for every task in order, computed by `workers` processes; 0 computes in this one.

    Each worker is ahead by `ahead` tasks at most, which bounds memory. Results come through pipes, pickled, and must
    not be tensors: those would pass through shared memory, of which containers have little. `work` reports failures in
    its result rather than by raising. When the iterator is closed or dropped, the workers end; they also end when this
    process dies, and leave Ctrl-C to it. Where no process can be started, this one computes, and a warning says why.

    Raises:
        InputError: `workers` is negative, or `work` cannot be sent to a process.
        GanMetricsError: a worker was killed, or can no longer be reached.
    """
    if workers < 0:
        raise InputError(f"workers needs to be 0 or more; got {workers}")
    processes.end_if_the_script_runs_again()
    if workers == 0:
        yield from map(work, tasks)
        return
    handed = _Handed(tasks)
    reason = processes.reason_against()
    if reason is None:
        started = processes.Processes()
        try:
            yield from _results(_start(_Work(work), handed, workers, ahead, started), handed, started)
        except _NotStartedError as error:
            reason = str(error)
        else:
            return
    processes.tell_once(reason)
    yield from map(work, handed.left())


class _NotStartedError(Exception):
    """No process has come so far as to give a result; the message says why."""


class _Work(Dataset[Any]):
    """A function in the shape of a data set, whose "indices" are the tasks."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self._work = work

    def __getitem__(self, task: object) -> object:
        return self._work(task)


class _Handed:
    """Tasks, of which those that processes have been handed are kept until the first result comes."""

    def __init__(self, tasks: Iterable[Any]) -> None:
        self._tasks = iter(tasks)
        self._kept: list[Any] | None = []

    def __iter__(self) -> Iterator[Any]:
        for task in self._tasks:
            if self._kept is not None:
                self._kept.append(task)
            yield task

    @property
    def all_kept(self) -> bool:
        """Whether no result has come."""
        return self._kept is not None

    def forget(self) -> None:
        """Keep tasks no longer: the processes work."""
        self._kept = None

    def left(self) -> Iterator[Any]:
        """Return all tasks, those handed out included; there must have been no result."""
        assert self._kept is not None
        return chain(self._kept, self._tasks)


def _start(work: _Work, tasks: Iterable[Any], workers: int, ahead: int, started: processes.Processes) -> Iterator[Any]:
    try:
        with _interrupts_held(), _ends_not_signalled(), _shared_with_workers(), warnings.catch_warnings():
            # The loader warns of more workers than cores, which are the caller's choice, and before the errors below.
            warnings.filterwarnings("ignore", category=UserWarning, module=r"torch\.utils\.data")
            loader = DataLoader(
                work,
                batch_size=None,
                sampler=tasks,
                num_workers=workers,
                prefetch_factor=ahead,
                collate_fn=_unchanged,
                worker_init_fn=_begin,
                multiprocessing_context=started.context(),
                # Drawn from the global generator, the seed of the workers would change the caller's run.
                generator=torch.Generator(),
            )
            return iter(loader)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        text = one_line(error)
        raise InputError(
            f"decoding workers need images and a preparation that can be pickled: {text}; workers=0 decodes without"
        ) from None
    except GanMetricsError:
        raise
    # Too many open files or processes, no semaphores in /dev/shm, no thread, a server of processes that has ended.
    except (OSError, EOFError, RuntimeError, ImportError) as error:
        _let_go(error)
        started.end()
        raise _NotStartedError(_cause(error)) from None


def _let_go(error: Exception) -> None:
    """Let go of the half-made loader that an error holds; its own clean-up would print that it lacks an attribute."""
    before, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        traceback.clear_frames(error.__traceback__)
    finally:
        sys.unraisablehook = before


def _cause(error: Exception) -> str:
    text = (isinstance(error, OSError) and error.strerror) or " ".join(str(error).split()) or type(error).__name__
    return f"no other can be started ({text}); workers=0 is right where that cannot be helped"


def _results(results: Iterator[_Result], handed: _Handed, started: processes.Processes) -> Iterator[_Result]:
    while True:
        try:
            result = next(results)
        except StopIteration:
            return
        except RuntimeError as error:
            text = str(error)
            if text.startswith("Too many open files"):
                raise GanMetricsError(
                    "decoding workers can no longer be reached: too many open files; raise the limit "
                    "(ulimit -n), or use fewer workers or workers=0"
                ) from None
            if not text.startswith("DataLoader worker"):
                raise
            reason = processes.reason_for_end(started.status())
            if reason is not None and handed.all_kept:
                raise _NotStartedError(reason) from None
            raise GanMetricsError(_ended(started.status())) from None
        handed.forget()
        yield result


def _ended(status: int | None) -> str:
    """Say how a worker ended: minus a signal, or with a status of its own."""
    if status is not None and status >= 0:
        return f"a decoding worker ended early, with status {status}; workers=0 decodes without"
    names = {-number: number.name for number in signal.Signals}
    told = "" if status is None else f": {names.get(status, status)}"
    return f"a decoding worker ended early, killed or out of memory{told}; use fewer workers, or workers=0"


def _unchanged(result: _Result) -> _Result:
    return result


def _begin(_: int) -> None:
    """Begin a worker."""
    _follow_the_parent()
    _give_back_memory()


def _give_back_memory() -> None:
    """In a forked worker: give back what the parent had freed, but not returned, and would soon write to.

    Every page that one of the two writes to is held twice from then on; after a pass of inception-v3 it is 40 MB a
    worker. Only glibc keeps such pages and has the call.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


@contextmanager
def _shared_with_workers() -> Iterator[None]:
    """While workers are forked: keep their garbage collectors, which write to every object, off what they inherit."""
    frozen = gc.get_freeze_count() == 0
    if frozen:
        gc.freeze()
    try:
        yield
    finally:
        if frozen:
            gc.unfreeze()


def _follow_the_parent() -> None:
    """In a worker: leave Ctrl-C to the parent, and end with it, however it ends.

    The loader's own workers look for their parent every five seconds, and only between two tasks.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The parent may turn SIGHUP into an exception, which is for it alone. SIGTERM the loader has seen to by now.
    if hasattr(signal, "SIGHUP") and callable(signal.getsignal(signal.SIGHUP)):
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back while workers start: they inherit that, and are quiet until they ignore it themselves."""
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _ends_not_signalled() -> Iterator[None]:
    """Keep the loader from being told at once that a worker has ended: it would raise in whatever runs just then.

    It looks for itself, every five seconds, while it waits for a result; and there the error belongs.
    """
    signalled = hasattr(signal, "SIGCHLD") and threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGCHLD) if signalled else None
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGCHLD, before)
