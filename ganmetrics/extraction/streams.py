"""A network in several streams: threads that each take the next images, on a CPU with one core each.

The usual team of threads divides every layer among them and waits for the slowest, so that one other busy process slows
down all: with one of two cores busy, inception-v3 falls to a quarter. Streams meet only at the queue. And since one
thread computes what a few images give, features do not depend on the number of cores.

A GPU has two: while it computes one batch, the next is copied there, and the host takes what the last one gave. Each
has a CUDA stream of its own.
"""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar, cast

import torch

from ganmetrics.extraction.cropping import CroppingExtractor
from ganmetrics.features.base import Extractor
from ganmetrics.features.network import CPU_PIECE, NetworkExtractor
from ganmetrics.ranks import own_cores
from ganmetrics.timing import stage

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_CPU = torch.device("cpu")

AHEAD = 2
"""Items in work or waiting for each stream: one that is done finds the next one there."""
GPU_STREAMS = 2
"""One batch is computed and one on its way; more would take memory, and a GPU computes one at a time."""


def streams_for(extractor: Extractor, device: torch.device) -> int:
    """Return how many streams run an extractor on a device; 0 where it is called in one thread with torch's own team.

    Streams are for this library's networks, which only read what they share: an extractor of the caller's own may keep
    what it likes between calls. Other devices than CPUs and CUDA's have one queue.
    """
    inner = extractor.inner if isinstance(extractor, CroppingExtractor) else extractor
    if not isinstance(inner, NetworkExtractor):
        return 0
    return {"cpu": own_cores(), "cuda": GPU_STREAMS}.get(device.type, 0)


def piece_size(batch_size: int, device: torch.device, *, streams: int) -> int:
    """Return how many images a stream takes at a time: few on a CPU, where each core computes its own."""
    return min(batch_size, CPU_PIECE) if streams and device.type == "cpu" else batch_size


def in_streams(
    work: Callable[[_Item], _Result], items: Iterable[_Item], *, streams: int, device: torch.device = _CPU
) -> Generator[tuple[_Item, _Result], None, None]:
    """Yield each item with `work(item)`, in order, computed by threads that have one core each.

    Items are taken in the calling thread, at most `AHEAD` a stream before their results are yielded. What an item's
    work raises is raised where its result would come. When this is closed, what has begun is finished, and no more.

    Args:
        work: safe to call from several threads.
        items: what it is called with.
        streams: number of threads; with 0 the calling thread does the work, with the threads that torch has there.
        device: where the work is done. On CUDA each thread has a stream, which waits for what the calling thread has
            asked of the device before; the results must be on the host.

    >>> list(in_streams(lambda item: item * item, range(4), streams=2))
    [(0, 0), (1, 1), (2, 4), (3, 9)]
    """
    if streams == 0:
        for item in items:
            with stage("network"):
                result = work(item)
            yield item, result
        return
    pool: ThreadPoolExecutor | None = None
    pending: deque[tuple[_Item, Future[_Result]]] = deque()
    try:
        for item in items:
            # Only now: taking the first item may fork decoding processes, which should not copy a running stream.
            pool = pool or _start(streams, device)
            pending.append((item, pool.submit(_after, _asked(device), device, work, item)))
            while pending and (len(pending) >= AHEAD * streams or pending[0][1].done()):
                yield _finished(pending)
        while pending:
            yield _finished(pending)
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _finished(pending: deque[tuple[_Item, Future[_Result]]]) -> tuple[_Item, _Result]:
    item, future = pending.popleft()
    with stage("network"):
        return item, future.result()


def _asked(device: torch.device) -> object | None:
    """Return what is over as soon as the device has done all that this thread has asked of it; None on a CPU."""
    return torch.cuda.current_stream(device).record_event() if device.type == "cuda" else None


def _after(asked: object | None, device: torch.device, work: Callable[[_Item], _Result], item: _Item) -> _Result:
    if asked is not None:
        # Images that lie on the device may still be in the making.
        torch.cuda.current_stream(device).wait_event(cast("torch.cuda.Event", asked))
    return work(item)


def _start(streams: int, device: torch.device) -> ThreadPoolExecutor:
    pool = ThreadPoolExecutor(streams, thread_name_prefix="ganmetrics-stream")
    barrier, own = threading.Barrier(streams), torch.get_num_threads()

    def begin(_: int) -> None:
        # Asked first: a thread takes the number set last at its first operation, unless it has asked before.
        torch.get_num_threads()
        torch.set_num_threads(1)
        if device.type == "cuda":
            torch.cuda.set_stream(torch.cuda.Stream(device))  # type: ignore[no-untyped-call]
        # Each waits for the others, so that none of them takes two turns.
        barrier.wait()

    list(pool.map(begin, range(streams)))
    # The number is the calling thread's own, but threads that the program starts later take the one set last.
    torch.set_num_threads(own)
    return pool
