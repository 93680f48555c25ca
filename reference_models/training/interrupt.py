"""Ctrl-C, a terminal that is closed, and what a cluster sends before it takes a machine away, end a run after its step.

The number of the signal is the only argument of the KeyboardInterrupt that ends it.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_WORDS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "the terminal is gone"}
"""The signals, and what is said of each; Windows has no SIGHUP."""
SIGNALS = {signal.Signals[name]: word for name, word in _WORDS.items() if name in signal.Signals.__members__}


class Interruption:
    """Whether the run was asked to stop.

    Attributes:
        number: of the signal that has come; None before.
        at_once: raise KeyboardInterrupt where a signal comes, for work that can simply be repeated.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self.at_once = False

    @property
    def asked(self) -> bool:
        """Whether a signal has come."""
        return self.number is not None

    def handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - what the system calls with
        """Remember a signal; a second one does not wait."""
        if self.asked or self.at_once:
            raise KeyboardInterrupt(number)
        self.number = number

    def error(self) -> KeyboardInterrupt:
        """Return what ends the run; where another of its processes was asked, it has no number."""
        return KeyboardInterrupt(*([] if self.number is None else [self.number]))

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let signals end the block where they come."""
        if self.asked:
            raise self.error()
        self.at_once = True
        try:
            yield
        finally:
            self.at_once = False


@contextmanager
def caught_interrupts() -> Iterator[Interruption]:
    """Catch the signals while the block runs; outside of the main thread there is nothing to catch.

    A signal that the parent ignores, as nohup does SIGHUP and a shell SIGINT for what it starts in the background,
    stays ignored.
    """
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    found = {number: signal.getsignal(number) for number in SIGNALS}
    # A handler that is not Python's could not be given back.
    before = {number: handler for number, handler in found.items() if handler not in (signal.SIG_IGN, None)}
    try:
        for number in before:
            signal.signal(number, interruption.handle)
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
