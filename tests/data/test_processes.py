"""Where no decoding process can be started, this one decodes, with the same results, and says once why."""

import multiprocessing
import os
import subprocess
import sys
import textwrap

import pytest

from ganmetrics.data import processes
from ganmetrics.data.workers import map_in_workers

pytestmark = pytest.mark.slow

UNGUARDED = """
    import multiprocessing
    from operator import neg
    from ganmetrics.data.workers import map_in_workers

    multiprocessing.set_start_method({method!r}, force=True)
    print("begins")
    print(list(map_in_workers(neg, range(5), workers=2)))
    print(list(map_in_workers(neg, iter(range(3)), workers=1)))
"""


def run(script, *options, text=None):
    """Run a script in a process of its own and return what it printed and what it warned of."""
    # CPython's own tracker of semaphores may warn of one that a worker had just removed as it was told to end.
    # What the script prints before its first call is in the buffer of a process that ends; unbuffered it would be out.
    quiet = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    quiet |= {"PYTHONWARNINGS": "ignore:resource_tracker:UserWarning"}
    done = subprocess.run(
        [sys.executable, *options, script],
        capture_output=True,
        text=True,
        input=text,
        check=False,
        timeout=300,
        env=quiet,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), done.stderr.splitlines()


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_script_without_a_guard(tmp_path, method):
    """It runs to its end, once, with one warning for both calls, which names the guard and workers=0."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(UNGUARDED.format(method=method)))
    out, err = run(script)
    assert out == ["begins", "[0, -1, -2, -3, -4]", "[0, -1, -2]"]
    (line,) = err
    assert line.startswith("images are decoded in this process: the script has no guard")
    assert 'if __name__ == "__main__":' in line
    assert "workers=0" in line


INTERACTIVE = """
    import multiprocessing
    from ganmetrics.data.workers import map_in_workers

    def double(task):
        return 2 * task

    multiprocessing.set_start_method("spawn", force=True)
    print(list(map_in_workers(double, range(5), workers=1)))
"""


def test_a_function_that_exists_in_this_process_only():
    """What was typed in cannot be found by a process that starts anew: its error is shown, and the cause named."""
    out, err = run(textwrap.dedent(INTERACTIVE), "-c")
    assert out == ["[0, 2, 4, 6, 8]"]
    assert "AttributeError: Can't get attribute 'double'" in "\n".join(err)
    assert err[-1].startswith("images are decoded in this process: ")
    assert "interactive session" in err[-1]
    assert "workers=0" in err[-1]


def test_a_script_from_stdin():
    """Where Python says that the script is a file called <stdin>, no other process can run it."""
    out, err = run("-", text=textwrap.dedent(UNGUARDED.format(method="spawn")))
    assert out == ["begins", "[0, -1, -2, -3, -4]", "[0, -1, -2]"]
    assert len(err) <= 1
    assert all("workers=0" in line for line in err)


def decoded_in_a_child(connection):
    """Decode in this process's own processes, if it may have any, and send what came and what was warned of."""
    told = []
    processes._log.addFilter(lambda record: told.append(record.getMessage()) or True)
    results = [list(map_in_workers(abs, [-1, -2, 3], workers=2)) for _ in range(2)]
    connection.send((results, told))


def test_a_daemonic_process():
    """A worker of a DataLoader may not start processes: it decodes by itself, and says so once."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=decoded_in_a_child, args=(sender,), daemon=True)
    child.start()
    assert receiver.poll(120)
    results, told = receiver.recv()
    child.join()
    assert results == [[1, 2, 3], [1, 2, 3]]
    (line,) = told
    assert "daemonic" in line
    assert "workers=0" in line


LIMITED = """
    import resource, sys
    from operator import neg
    from ganmetrics.data.workers import map_in_workers

    resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]),) * 2)
    print(list(map_in_workers(neg, range(50), workers=12)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX's")
@pytest.mark.parametrize("limit", [12, 24])
def test_too_few_open_files(tmp_path, limit):
    """Processes that cannot all be started are ended, and this one decodes."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(LIMITED))
    done = subprocess.run(
        [sys.executable, script, str(limit)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.stdout == str([-number for number in range(50)]) + "\n"
    (line,) = done.stderr.splitlines()
    assert "Too many open files" in line
    assert "workers=0" in line


def test_a_process_that_is_still_starting(monkeypatch):
    """One of the caller's own, whose script calls this library without a guard, decodes by itself."""
    monkeypatch.setattr(multiprocessing.current_process(), "_inheriting", True, raising=False)
    monkeypatch.setattr(multiprocessing.current_process(), "_name", "Process-1")
    monkeypatch.setattr(processes, "_told", set())
    assert "still running its script" in processes.reason_against()
    assert list(map_in_workers(abs, [-1, 2], workers=2)) == [1, 2]
    processes.end_if_the_script_runs_again()  # it is not a decoding process, and goes on


@pytest.mark.parametrize("name", [processes.DECODER_NAME, "MainProcess"])
def test_a_decoding_process_that_runs_the_script_ends(monkeypatch, name):
    """It ends with its own status, which the process that started it understands."""

    class EndedError(BaseException):
        pass

    def end(status):
        raise EndedError(status)

    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(multiprocessing.current_process(), "_inheriting", True, raising=False)
    monkeypatch.setattr(multiprocessing.current_process(), "_name", name)
    for workers in (0, 2):
        with pytest.raises(EndedError, match=str(processes.UNGUARDED_STATUS)):
            list(map_in_workers(abs, [-1], workers=workers))
    assert processes.reason_for_end(processes.UNGUARDED_STATUS) == processes.UNGUARDED


def test_other_ends_are_errors():
    """A signal, or a status that Python does not end with by itself, is not a start that failed."""
    assert processes.reason_for_end(-9) is None
    assert processes.reason_for_end(3) is None
