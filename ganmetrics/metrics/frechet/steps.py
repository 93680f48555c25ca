"""The jackknife of the corrected distance, its step stretched by as much as heavy tails make it fall short."""

from typing import NamedTuple

from ganmetrics.core.gaussian.blocks import Blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.core.inference.jackknife import jackknife, shrunk_changes
from ganmetrics.core.random_matrix.kurtosis import Tails, part_lengths, relative_kurtosis, tail_bias
from ganmetrics.metrics.frechet.corrected import corrected_distance, root_within
from ganmetrics.metrics.frechet.sides import FrechetSides


class Stepped(NamedTuple):
    """The jackknifed corrected distance, its standard error, and the larger kurtosis of the two sides."""

    value: float
    error: float
    kurtosis: float


class _Kurtoses:
    """The tails of both sides, whole and without one block; those of Gaussian features where there are no blocks."""

    def __init__(self, sides: FrechetSides, size: int) -> None:
        self._lengths = [
            part_lengths(side.parts) if isinstance(side, Blocks) else [] for side in (sides.real, sides.fake)
        ]
        self._size = size

    def of(self, pair: tuple[Moments, Moments], without: int | None = None) -> Tails:
        """Return the tails of both sides' moments."""
        kurtoses = []
        for moments, known in zip(pair, self._lengths, strict=True):
            lengths = [length for number, length in enumerate(known) if number != without]
            kurtoses.append(relative_kurtosis(moments, lengths) if lengths else 1.0)
        return Tails(kurtoses, [0.0 if side.count is None else self._size / side.count for side in pair])


class _Rest(NamedTuple):
    """What is left without one block: the corrected distance, the block's share of the images, and the tails."""

    value: float
    share: float
    tails: Tails


def jackknifed_correction(sides: FrechetSides, corrected: float, size: int) -> Stepped | None:
    """Return the jackknife of the corrected distance; None if it is undefined without one of the blocks.

    Args:
        sides: both sides.
        corrected: the corrected distance of all images.
        size: the number of eigenvalues that it was made from.
    """
    kurtoses, rests = _Kurtoses(sides, size), []
    for rest in sides.without_each_block():
        value = None if rest.pair is None else corrected_distance(*rest.pair)
        if value is None or rest.pair is None:
            return None
        rests.append(_Rest(value, rest.share, kurtoses.of(rest.pair, rest.number)))
    tails = kurtoses.of(sides.whole)
    if not rests:
        return Stepped(corrected, 0.0, max(tails.kurtoses))
    return _stretched(corrected, rests, tails, tail_bias(root_within(*sides.whole, corrected), tails.level))


def _stretched(whole: float, rests: list[_Rest], tails: Tails, bias: float) -> Stepped:
    """Return the jackknife, its step stretched by as much as tails make it fall short (`Tails.stretch`).

    Stretching is part of the estimate, so each block is left out of it, too. So it is of the step: heavy tails make the
    bias that the step takes away, and vary from block to block. The part of the step that they explain, `bias` at most,
    is without a block in proportion to the `Tails.level` that is left.
    """
    shares = [rest.share for rest in rests]
    step = jackknife(whole, [rest.value for rest in rests], shares).value - whole
    of_tails = min(max(step, -bias), 0.0)
    changes = shrunk_changes(tails.level, [rest.tails.level for rest in rests], shares)
    stretched = [
        rest.value + (rest.tails.stretch - 1) * step + change * of_tails
        for rest, change in zip(rests, changes, strict=True)
    ]
    error = jackknife(whole + (tails.stretch - 1) * step, stretched, shares).error
    return Stepped(whole + tails.stretch * step, error, max(tails.kurtoses))
