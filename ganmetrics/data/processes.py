"""Whether decoding processes can be started here, and what is said where they cannot.

A process that is started anew (spawn, forkserver: the default on Windows, macOS and since Python 3.14 on Linux) first
runs the caller's script again, as a module. A script without a guard then asks for decoding processes once more, from
within one of them. That process ends at once and in silence; the one that started it decodes by itself and says why.
"""

import copy
import functools
import logging
import multiprocessing
import os
import sys
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

DECODER_NAME = "ganmetrics-decoder"
"""What decoding processes are called, so that one knows itself while it runs the caller's script."""
UNGUARDED_STATUS = 77
"""With what a process ends that was asked for decoding processes while it ran the caller's script."""
_GUARD = 'put what the script does under `if __name__ == "__main__":`, or pass workers=0'
UNGUARDED = f"the script has no guard, and processes that start anew run it again; {_GUARD}"
DAEMONIC = "a daemonic process, such as a worker of a DataLoader, may not start others; workers=0 is right there"
STARTING = f"a process that is still running its script may not start others; {_GUARD}"
ENDED = (
    "the processes that were to do it ended as they started (their error is above); what they need must not have been "
    f"defined in an interactive session, and a script needs a guard: {_GUARD}"
)

_log = logging.getLogger(__name__)
_told: set[str] = set()


class Processes:
    """Starts the decoding processes in the way that this program starts all, and remembers them."""

    def __init__(self) -> None:
        self._started: list[BaseProcess] = []

    def context(self) -> BaseContext:
        """Return the program's context of multiprocessing, whose processes have a name and are remembered here."""
        usual = multiprocessing.get_context()
        named: Any = copy.copy(usual)
        named.Process = functools.partial(self._start, usual)
        return named  # type: ignore[no-any-return]

    def status(self) -> int | None:
        """Return the status of a process that has ended, minus the signal that killed it; None where none has."""
        ended = [process.exitcode for process in self._started if process.exitcode is not None]
        return next((status for status in ended if status), ended[0] if ended else None)

    def end(self) -> None:
        """End those that were started."""
        for process in self._started:
            if process.pid is not None:
                process.kill()
                process.join()

    def _start(self, usual: Any, **options: Any) -> BaseProcess:  # noqa: ANN401 - whatever the loader passes
        process: BaseProcess = usual.Process(**options, name=DECODER_NAME)
        self._started.append(process)
        return process


def end_if_the_script_runs_again() -> None:
    """End this process where it is a decoding process that has not begun, since it still runs the caller's script.

    The server that forks processes for others runs the script for all of them, and is called MainProcess then.
    """
    if _is_starting() and multiprocessing.current_process().name in (DECODER_NAME, "MainProcess"):
        os._exit(UNGUARDED_STATUS)


def reason_against() -> str | None:
    """Return why no process can be started from this one; None where nothing is known to stand against it."""
    if UNGUARDED in _told:
        return UNGUARDED
    if multiprocessing.current_process().daemon:
        return DAEMONIC
    if _is_starting():
        return STARTING
    script = getattr(sys.modules["__main__"], "__file__", None)
    if starts_anew() and script is not None and not Path(script).exists():
        return f"other processes cannot run {script}, which is no file; workers=0 is right there"
    return None


def reason_for_end(status: int | None) -> str | None:
    """Return why a process that ended with a status did so before it began; None where it may have begun.

    Whatever fails in one that has begun is a part of its results.
    """
    if status == UNGUARDED_STATUS:
        return UNGUARDED
    return ENDED if status == 1 and starts_anew() else None


def starts_anew() -> bool:
    """Tell whether processes are started anew, rather than as copies of this one."""
    return multiprocessing.get_start_method() != "fork"


def tell_once(reason: str) -> None:
    """Warn that images are decoded in this process; once for each reason."""
    if reason not in _told:
        _told.add(reason)
        _log.warning("images are decoded in this process: %s", reason)


def _is_starting() -> bool:
    """Tell whether this process was started anew and has not come to its task."""
    return getattr(multiprocessing.current_process(), "_inheriting", False)
