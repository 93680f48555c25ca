"""Ctrl-C, and what a cluster sends before it takes a machine away, end a run after the step that is under way."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether the run was asked to stop.

    Attributes:
        asked: a signal has come.
        at_once: raise KeyboardInterrupt where a signal comes, for work that can simply be repeated.
    """

    def __init__(self) -> None:
        self.asked = False
        self.at_once = False

    def handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - what the system calls with
        """Remember a signal; a second one does not wait."""
        if self.asked or self.at_once:
            raise KeyboardInterrupt
        self.asked = True

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Let signals end the block where they come."""
        if self.asked:
            raise KeyboardInterrupt
        self.at_once = True
        try:
            yield
        finally:
            self.at_once = False


@contextmanager
def caught_interrupts() -> Iterator[Interruption]:
    """Catch the signals while the block runs; outside of the main thread there is nothing to catch."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = {number: signal.signal(number, interruption.handle) for number in _SIGNALS}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
