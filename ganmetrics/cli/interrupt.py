"""Ctrl-C, SIGTERM and SIGHUP end the process within a second, even in the middle of a decomposition."""

import os
import signal
import socket
import sys
import threading
import time
from types import FrameType
from typing import NoReturn

_INTERRUPTED = 128 + signal.SIGINT
GRACE_SECONDS = 0.7
"""How long Python code has to unwind and remove its partial files before the process is ended."""

_WORDS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "the terminal is gone"}
"""The signals that ask a process to end, and what is said of each; Windows has no SIGHUP."""
SIGNALS = {signal.Signals[name]: word for name, word in _WORDS.items() if name in signal.Signals.__members__}


def end_promptly_on_interrupt() -> None:
    """See to it that a signal ends the process within `GRACE_SECONDS`, whatever it is doing.

    Python raises KeyboardInterrupt between two bytecodes only, so a long call into LAPACK would hold it back for
    seconds. The signal's wake-up descriptor is written at once, from C; a thread that waits for it ends the process if
    the main thread has not come back by itself. A signal that the parent ignores, as nohup does SIGHUP and a shell does
    SIGINT for what it starts in the background, stays ignored.
    """
    for number in SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    # Detached: the descriptors live as long as the process, whose end closes them.
    signal.set_wakeup_fd(sender.detach(), warn_on_full_buffer=False)
    threading.Thread(target=_end_after_grace, args=(receiver,), daemon=True).start()


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    """Unwind, whichever signal asked for it; its number is the error's only argument."""
    raise KeyboardInterrupt(number)


def _end_after_grace(receiver: socket.socket) -> None:
    while received := receiver.recv(1):
        # A signal that is ignored never gets here.
        if received[0] in SIGNALS:
            time.sleep(GRACE_SECONDS)
            leave(received[0])


def leave(number: int = signal.SIGINT) -> NoReturn:
    """End the process and its decoding workers with the status of a signal, without waiting for anything."""
    if "multiprocessing" in sys.modules:
        for child in sys.modules["multiprocessing"].active_children():
            child.kill()
    # A terminal that is gone takes nothing more.
    try:
        sys.stderr.write(f"\n{SIGNALS[signal.Signals(number)]}\n")
        sys.stderr.flush()
    except OSError:
        pass
    os._exit(128 + number)
