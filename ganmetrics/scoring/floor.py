"""The floor: one half of the real images scored against the other, so that a number has a scale."""

from dataclasses import replace
from functools import reduce

from ganmetrics.core.gaussian.blocks import BLOCKS
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.extraction.layer import Layer
from ganmetrics.references.reference import Reference
from ganmetrics.references.sides import Side

FLOOR_SUFFIX = "_floor"
"""What the name of a score of the real images against themselves ends in."""
HALVES = (range(BLOCKS // 2), range(BLOCKS // 2, BLOCKS))
"""The blocks of either half: halves are by content, as blocks are, and so do not follow the order of names."""


def halves(real: Side) -> tuple[Side, Side]:
    """Return two disjoint halves of the real side; no image of one is equal to one of the other.

    Raises:
        InputError: the statistics hold no blocks to make halves of.
        NotEnoughSamples: a half would have fewer than two images.
    """
    first, second = (_half(real, numbers) for numbers in HALVES)
    return first, second


def _half(real: Side, numbers: range) -> Side:
    reference = real.reference
    half = replace(
        reference,
        layer=_part(reference, reference.layer, numbers),
        spatial=None if reference.spatial is None else _part(reference, reference.spatial, numbers),
        source=f"half of {reference.source}",
        contents=(),
    )
    if real.features is None or real.block_numbers is None:
        return Side(half)
    of_block = real.block_numbers
    rows = ((of_block >= numbers.start) & (of_block < numbers.stop)).nonzero()[:, 0]
    names = None
    if real.rows is not None:
        names = real.rows.take(rows.tolist())
    logits = None if real.logits is None else real.logits[rows]
    return Side(half, names, real.features[rows], logits)


def _part(reference: Reference, layer: Layer, numbers: range) -> Layer:
    if layer.blocks is None:
        raise InputError(
            f"a floor needs the real images' blocks; {reference.source} holds none (reference build --floor)"
        )
    parts = [layer.blocks.parts[number] for number in numbers]
    present = [part for part in parts if part is not None]
    if sum(part.count or 0 for part in present) <= 1:
        raise NotEnoughSamples(
            f"a floor needs at least 2 images in each half; {reference.source} has {reference.count}"
        )
    return Layer(reduce(Moments.merge, present))
