"""Work on images in other processes: in order, with bounded memory, and gone as soon as nobody asks for more."""

import ctypes
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch.utils.data import DataLoader, Dataset

from ganmetrics._text import clipped, one_line
from ganmetrics.errors import GanMetricsError, InputError

Task = TypeVar("Task")
Result = TypeVar("Result")


def map_in_workers(
    work: Callable[[Task], Result], tasks: Iterable[Task], *, workers: int, ahead: int = 2
) -> Iterator[Result]:
    """Yield `work(task)` for every task in order, computed by `workers` processes; 0 computes in this one.

    Each worker is ahead by `ahead` tasks at most, which bounds memory. Results come through pipes, pickled, and must
    not be tensors: those would pass through shared memory, of which containers have little. `work` reports failures in
    its result rather than by raising. When the iterator is closed or dropped, the workers end; they also end when this
    process dies, and leave Ctrl-C to it.

    Raises:
        InputError: `workers` is negative, or `work` cannot be sent to a process.
        GanMetricsError: a worker was killed.
    """
    if workers < 0:
        raise InputError(f"workers needs to be 0 or more, got {workers}")
    if workers == 0:
        yield from map(work, tasks)
        return
    results = _start(_Work(work), tasks, workers, ahead)
    try:
        yield from _results(results)
    finally:
        # The loader's iterator ends its workers when its last reference goes.
        del results


class _Work(Dataset[Any]):
    """A function in the shape of a data set, whose "indices" are the tasks."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        self._work = work

    def __getitem__(self, task: object) -> object:
        return self._work(task)


def _start(work: _Work, tasks: Iterable[Any], workers: int, ahead: int) -> Iterator[Any]:
    try:
        with _interrupts_held(), _shared_with_workers(), warnings.catch_warnings():
            # The loader warns of more workers than cores, which are the caller's choice, and before the error below.
            warnings.filterwarnings("ignore", category=UserWarning, module=r"torch\.utils\.data")
            loader = DataLoader(
                work,
                batch_size=None,
                sampler=tasks,
                num_workers=workers,
                prefetch_factor=ahead,
                collate_fn=_unchanged,
                worker_init_fn=_begin,
                # Drawn from the global generator, the seed of the workers would change the caller's run.
                generator=torch.Generator(),
            )
            return iter(loader)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        text = one_line(error)
        raise InputError(
            f"decoding workers need images and a preparation that can be pickled: {text}; workers=0 decodes without"
        ) from None


def _results(results: Iterator[Result]) -> Iterator[Result]:
    while True:
        try:
            result = next(results)
        except StopIteration:
            return
        except RuntimeError as error:
            if not str(error).startswith("DataLoader worker"):
                raise
            text = clipped(str(error).splitlines()[0])
            raise GanMetricsError(f"a decoding worker ended early, killed or out of memory: {text}") from None
        yield result


def _unchanged(result: Result) -> Result:
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
