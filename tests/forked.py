"""Programs that tests fork, in a session of their own: importing torch and this package again takes seconds each time.

A few of these tests run in real interpreters, and show that what is forked behaves as they do.
"""

import contextlib
import logging
import os
import runpy
import signal
import socket
import sys
import time
import traceback

import torch
from jaxtyping import config


class Forked:
    """A call in a process of its own, whose output goes to the files `output`.out and `output`.err.

    `prepare()` is called in it before the call; `variables` join its environment.
    """

    def __init__(self, call, *arguments, output, prepare=lambda: None, **variables):
        self._output = output
        self.status = None
        for ending in (".out", ".err"):
            output.with_suffix(ending).touch()
        self.pid = os.fork()
        if not self.pid:
            os.environ.update(variables)
            _run(lambda: (prepare(), call(*arguments)), output)

    @property
    def out(self):
        """What it has written to stdout so far."""
        return self._output.with_suffix(".out").read_text(encoding="utf-8")

    @property
    def err(self):
        """What it has written to stderr so far."""
        return self._output.with_suffix(".err").read_text(encoding="utf-8")

    def wait(self, timeout):
        """Wait until it has ended, and return its status: minus the signal that killed it."""
        until = time.monotonic() + timeout
        while self.status is None:
            assert time.monotonic() < until, f"still running after {timeout} s: {self.err}"
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.status = os.waitstatus_to_exitcode(status)
            else:
                time.sleep(0.01)
        return self.status

    def kill(self):
        """End it and all that it has started, where that has not ended."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        if self.status is None:
            self.wait(20)


def run_interpreter(path, *arguments):
    """Become a new interpreter that runs a file of Python."""
    os.execv(sys.executable, [sys.executable, str(path), *map(str, arguments)])


def run_program(path, *arguments):
    """Run a file of Python as the main program."""
    sys.argv = [str(path), *map(str, arguments)]
    runpy.run_path(str(path), run_name="__main__")


def run_main(main, *arguments):
    """Run a command line."""
    sys.argv = [main.__module__, *map(str, arguments)]
    main()


def ranks(size):
    """Return the variables with which a launcher starts each of `size` processes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    group = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": str(size), "LOCAL_WORLD_SIZE": str(size)}
    return [{**group, "RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(size)]


def _run(call, output):
    status = 1
    try:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for descriptor, ending in ((1, ".out"), (2, ".err")):
            file = os.open(output.with_suffix(ending), os.O_WRONLY)
            os.dup2(file, descriptor)
            os.close(file)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - until the process ends
        sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
        logging.getLogger().handlers.clear()  # pytest's
        torch.set_num_threads(1)
        config.update("jaxtyping_disable", True)  # as a user's are
        call()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        os._exit(status)
