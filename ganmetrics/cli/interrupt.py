"""Ctrl-C ends the process within a second, even in the middle of a decomposition."""

import os
import signal
import socket
import sys
import threading
import time
from typing import NoReturn

INTERRUPTED = 128 + signal.SIGINT
GRACE_SECONDS = 0.7
"""How long Python code has to unwind and remove its partial files before the process is ended."""


def end_promptly_on_interrupt() -> None:
    """See to it that Ctrl-C ends the process within `GRACE_SECONDS`, whatever it is doing.

    Python raises KeyboardInterrupt between two bytecodes only, so a long call into LAPACK would hold it back for
    seconds. The signal's wake-up descriptor is written at once, from C; a thread that waits for it ends the process if
    the main thread has not come back by itself.
    """
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    # Detached: the descriptors live as long as the process, whose end closes them.
    signal.set_wakeup_fd(sender.detach(), warn_on_full_buffer=False)
    threading.Thread(target=_end_after_grace, args=(receiver,), daemon=True).start()


def _end_after_grace(receiver: socket.socket) -> None:
    while received := receiver.recv(1):
        if received[0] == signal.SIGINT:
            time.sleep(GRACE_SECONDS)
            leave()


def leave() -> NoReturn:
    """End the process and its decoding workers with status 130, without waiting for anything."""
    if "multiprocessing" in sys.modules:
        for child in sys.modules["multiprocessing"].active_children():
            child.kill()
    sys.stderr.write("\ninterrupted\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)
