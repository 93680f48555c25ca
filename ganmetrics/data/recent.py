"""The last few blocks that were read, where a file gives many images at once or none."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

_Block = TypeVar("_Block")


class RecentBlocks(Generic[_Block]):
    """Keeps the blocks last asked for, so that images read in order cost one reading of their block.

    Safe to use from several threads; a copy in another process begins empty.

    >>> loaded = []
    >>> blocks = RecentBlocks(lambda number: loaded.append(number) or number * 10, keep=2)
    >>> [blocks[number] for number in (0, 0, 1, 0, 2, 1)], loaded
    ([0, 0, 10, 0, 20, 10], [0, 1, 2, 1])
    """

    def __init__(self, load: Callable[[int], _Block], *, keep: int = 2) -> None:
        self._load = load
        self._keep = keep
        self._kept: OrderedDict[int, _Block] = OrderedDict()
        self._lock = threading.Lock()

    def __getitem__(self, number: int) -> _Block:
        with self._lock:
            if number not in self._kept:
                while len(self._kept) >= self._keep:
                    self._kept.popitem(last=False)
                self._kept[number] = self._load(number)
            self._kept.move_to_end(number)
            return self._kept[number]

    def __getstate__(self) -> dict[str, object]:
        """Leave lock and blocks behind when this goes to another process."""
        return {"_load": self._load, "_keep": self._keep}

    def __setstate__(self, state: dict[str, object]) -> None:
        """Begin empty in another process."""
        self.__dict__.update(state, _kept=OrderedDict(), _lock=threading.Lock())
