"""Where the time of a run goes: each second belongs to one stage, the innermost that is open.

Stages are ambient, as the clock on the wall is: `stage` costs nothing where nobody looks, and no signature carries it.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

_Item = TypeVar("_Item")

OTHER_STAGES = "other"


class Stages:
    """Seconds by stage, in the order in which the stages began.

    Attributes:
        seconds: wall time of each stage, without that of the stages within it.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._open = [OTHER_STAGES]
        self._since = time.perf_counter()

    def begin(self, name: str) -> None:
        """Credit the open stage with the time until now, and open another within it."""
        self.credit()
        self._open.append(name)
        self.seconds.setdefault(name, 0.0)

    def end(self) -> None:
        """Close the innermost stage."""
        self.credit()
        self._open.pop()

    def credit(self) -> None:
        """Credit the open stage with the time since the last change."""
        now = time.perf_counter()
        name = self._open[-1]
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
        self._since = now

    def to_text(self) -> str:
        """Return a line for each stage: seconds, and share of the whole.

        >>> stages = Stages()
        >>> stages.seconds = {"network": 3.0, "moments": 1.0}
        >>> print(stages.to_text())
        network     3.00 s   75 %
        moments     1.00 s   25 %
        all         4.00 s
        """
        total = sum(self.seconds.values())
        width = max(map(len, [*self.seconds, "all"])) + 1
        lines = [
            f"{name:{width}} {seconds:7.2f} s  {100 * seconds / (total or 1):3.0f} %"
            for name, seconds in self.seconds.items()
        ]
        return "\n".join([*lines, f"{'all':{width}} {total:7.2f} s"])

    def to_json(self) -> list[dict[str, str | float]]:
        """Return an object for each stage: its name, seconds, and share of the whole, 0 to 1.

        >>> stages = Stages()
        >>> stages.seconds = {"network": 3.0, "moments": 1.0}
        >>> stages.to_json()[1]
        {'stage': 'moments', 'seconds': 1.0, 'share': 0.25}
        """
        total = sum(self.seconds.values()) or 1.0
        return [{"stage": name, "seconds": seconds, "share": seconds / total} for name, seconds in self.seconds.items()]


_stages: ContextVar[Stages | None] = ContextVar("stages", default=None)


def until_now() -> Stages | None:
    """Return the stages that are being timed, with the time until now; None where nobody looks."""
    stages = _stages.get()
    if stages is not None:
        stages.credit()
    return stages


@contextmanager
def timed() -> Iterator[Stages]:
    """Time the stages of the block.

    >>> with timed() as stages:
    ...     with stage("network"):
    ...         pass
    >>> list(stages.seconds)
    ['other', 'network']
    """
    stages = Stages()
    token = _stages.set(stages)
    try:
        yield stages
    finally:
        stages.credit()
        _stages.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Let the time of the block count for this stage, where time is taken."""
    stages = _stages.get()
    if stages is None:
        yield
        return
    stages.begin(name)
    try:
        yield
    finally:
        stages.end()


def in_stage(name: str, items: Iterable[_Item]) -> Iterator[_Item]:
    """Yield what another iterator yields; the time that it takes to come counts for this stage."""
    iterator = iter(items)
    while True:
        with stage(name):
            try:
                item = next(iterator)
            except StopIteration:
                return
        yield item
