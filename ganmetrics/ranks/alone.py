"""`Ranks`: what processes of one run do together, as the single process does that is alone."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from torch import Tensor

_Value = TypeVar("_Value")


class Ranks:
    """One process that is alone, for which all of this is free; `JoinedRanks` is one of several.

    Attributes:
        rank: the number of this process, from 0.
        size: how many there are.

    >>> ranks = Ranks()
    >>> ranks.share(10), ranks.gather("mine"), ranks.once(lambda: 3)
    (range(0, 10), ['mine'], 3)
    """

    rank = 0
    size = 1

    @property
    def first(self) -> bool:
        """Whether this process is the one that speaks, scores and writes."""
        return self.rank == 0

    def share(self, count: int) -> range:
        """Return which of `count` things in a row are this process's: neighbours, so that joining restores the order.

        >>> Ranks().share(7)
        range(0, 7)
        """
        return share_of(count, self.rank, self.size)

    def gather(self, value: _Value) -> list[_Value]:
        """Return every process's value, in the order of the ranks; small things only."""
        return [value]

    def each(self, work: Callable[[], _Value]) -> _Value:
        """Do this process's part; where any process fails, all raise the first one's error."""
        return work()

    def once(self, work: Callable[[], _Value]) -> _Value:
        """Return what the first process computes, on all; where it fails, all raise its error.

        The others wait, so torch may use their threads meanwhile.
        """
        return work()

    def in_order(self, work: Callable[[], _Value]) -> _Value:
        """Do the same on all, the first process before the others of its machine: so a file is downloaded once."""
        return work()

    def send(self, value: _Value, *, sender: int) -> _Value:  # noqa: ARG002 - there is nobody else
        """Return the value that the process `sender` has, on all."""
        return value

    def add(self, tensor: Tensor) -> Tensor:
        """Return the sum of all processes' tensors, which it replaces."""
        return tensor

    def others_rows(self, rows: Tensor | None) -> Iterator[Tensor]:  # noqa: ARG002
        """Yield on the first process the rows [n, d] of all others in order, in pieces; elsewhere send ours."""
        yield from ()


def share_of(count: int, number: int, parts: int) -> range:
    """Return the part with a number, from 0, of `count` things in a row: sizes differ by one at most.

    >>> share_of(1, 0, 2), share_of(1, 1, 2)
    (range(0, 1), range(1, 1))
    """
    base, extra = divmod(count, parts)
    start = number * base + min(number, extra)
    return range(start, start + base + (number < extra))


ALONE = Ranks()
