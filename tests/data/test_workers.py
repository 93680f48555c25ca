"""Work in processes: under every start method, quiet, and refused where it cannot be sent."""

import ctypes
import gc
import multiprocessing
import os
import select
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ganmetrics.data.workers import _give_back_memory, map_in_workers
from ganmetrics.errors import GanMetricsError


def square(number):
    """Return the square of a number."""
    return number * number


def frozen_objects(_):
    """Return how many objects the garbage collector of this process leaves alone."""
    return gc.get_freeze_count()


def die(_):
    """End the process as the system does when memory runs out."""
    os.kill(os.getpid(), 9)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 1, 3])
def test_results_come_in_order(workers):
    """The order is that of the tasks, which may come from a generator."""
    assert list(map_in_workers(square, iter(range(50)), workers=workers)) == [number**2 for number in range(50)]


@pytest.mark.slow
def test_a_killed_worker_is_one_line():
    """A worker that the system kills is told as such, without a traceback."""
    ended = r"^a decoding worker ended early, killed or out of memory: SIGKILL; [^\n]*$"
    with pytest.raises(GanMetricsError, match=ended):
        list(map_in_workers(die, range(3), workers=1))


@pytest.mark.slow
@pytest.mark.skipif(multiprocessing.get_start_method() != "fork", reason="nothing is inherited without fork")
def test_forked_workers_leave_what_they_inherit_alone():
    """Their collectors would write to every object, and hold a copy of its page; the parent's go on as they were."""
    assert gc.get_freeze_count() == 0
    results = map_in_workers(frozen_objects, range(2), workers=1)
    assert next(results) > 10_000
    assert gc.get_freeze_count() == 0
    results.close()
    gc.freeze()
    try:
        (count,) = map_in_workers(frozen_objects, range(1), workers=1)
        assert count > 10_000
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()


def resident():
    """Return the memory that this process holds, in MB."""
    return int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="only glibc keeps what is freed")
def test_freed_memory_is_given_back():
    """What lies freed below a block in use goes back to the system only when it is asked for."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    size = 2**16
    blocks = [libc.malloc(size) for _ in range(1000)]
    for block in blocks:
        libc.memset(block, 1, size)
    for block in blocks[:-1]:
        libc.free(block)
    before = resident()
    _give_back_memory()
    assert resident() < before - 30
    libc.free(blocks[-1])


SCRIPT = """
    import multiprocessing
    import numpy as np
    from ganmetrics.data.loading import prepared_batches
    from ganmetrics.data.sources import open_source
    from ganmetrics.errors import InputError

    def floats(image):
        return image.astype(np.float32)

    if __name__ == "__main__":
        multiprocessing.set_start_method("spawn")
        images = [np.full((4, 4, 3), level, np.uint8) for level in range(6)]
        options = dict(alpha="white", batch_size=4, workers=1)
        for source in (images, np.stack(images)):
            batches = [batch for (batch,) in prepared_batches(open_source(source), [floats], **options)]
            assert np.concatenate(batches)[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4, 5]
        try:
            list(prepared_batches(open_source(images), [lambda image: floats(image)], **options))
        except InputError as error:
            print(error)
"""


@pytest.mark.slow
def test_fresh_processes(tmp_path):
    """Batches are the same in processes that share nothing, where a function that cannot be sent is an error."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT))
    # CPython's own tracker of semaphores may warn of one that a worker had just removed as it was told to end.
    quiet = os.environ | {"PYTHONWARNINGS": "ignore:resource_tracker:UserWarning"}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, timeout=300, env=quiet)
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith("decoding workers need images and a preparation that can be pickled: ")


INTERRUPTED = """
    import os, signal, time
    from ganmetrics.data.workers import _give_back_memory, map_in_workers

    def slow(task):
        time.sleep(0.05)
        return os.getpid()

    results = map_in_workers(slow, range(1000), workers=2)
    print(next(results), next(results), flush=True)
    try:
        os.killpg(0, signal.SIGINT)
        list(results)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@pytest.mark.slow
def test_an_interrupt_is_the_parents(tmp_path):
    """Ctrl-C, which the terminal sends to all processes, raises in the parent alone; the workers end silently."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(INTERRUPTED))
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, timeout=300, start_new_session=True
    )
    assert (done.stderr, done.returncode) == ("", 0)
    *workers, last = done.stdout.split()
    assert last == "interrupted"
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(int(worker), 0)


TERMINATED = """
    import os, time
    from ganmetrics.data.workers import _give_back_memory, map_in_workers

    def first_then_sleep(task):
        if task >= 2:
            time.sleep(600)
        return os.getpid()

    results = map_in_workers(first_then_sleep, range(1000), workers=2)
    print(next(results), next(results), flush=True)
    time.sleep(600)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_workers_do_not_outlive_a_terminated_parent(tmp_path):
    """A scheduler's SIGTERM ends the parent without clean-up; its workers end too, in the middle of a task."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(TERMINATED))
    with subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        workers = [int(word) for word in parent.stdout.readline().split()]
        try:
            assert len(workers) == 2
            parent.terminate()
            # The workers hold the other end of the pipe: it ends when the last of them has.
            ended, _, _ = select.select([parent.stdout], [], [], 60)
            assert ended, "a worker is still there after a minute"
            assert parent.stdout.read() == ""
        finally:
            if not select.select([parent.stdout], [], [], 0)[0]:
                os.killpg(parent.pid, signal.SIGKILL)
