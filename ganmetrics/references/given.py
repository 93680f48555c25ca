"""Sides whose features the caller gives: no network and no image has a part in them."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import torch

from ganmetrics.core.arrays import double_blocks
from ganmetrics.core.gaussian.blocks import blocks_of, content_hashes
from ganmetrics.data.features import GIVEN, Features
from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.extraction.accumulate import BLOCK_ROWS, LayerAccumulator
from ganmetrics.extraction.options import Extraction
from ganmetrics.features.base import ExtractorSpec
from ganmetrics.metrics.catalogue import UNKNOWN
from ganmetrics.references.identity import Identity
from ganmetrics.references.key import library_versions
from ganmetrics.references.reference import Reference
from ganmetrics.references.refusals import check_counts, check_holds, check_least
from ganmetrics.references.rows import FeatureRows
from ganmetrics.references.sides import Opened, Request, Side


def given_identity(name: str | None, dimension: int) -> Identity:
    """Return how features were made that came with the name of their encoder, or with none.

    >>> given_identity("vggish", 128).spec.name, given_identity(None, 128).spec.name
    ('vggish', 'unknown')
    """
    return Identity(ExtractorSpec(name or UNKNOWN, dimension, None, GIVEN, None, GIVEN), GIVEN, None)


def are_given(opened: Sequence[object]) -> bool:
    """Tell whether any side is features."""
    return any(isinstance(side, Features) for side in opened)


def agreed_identity(opened: Sequence[Opened], how: Extraction) -> Identity:
    """Return how the features of all sides were made: as their name says, or as the statistics beside them do.

    Raises:
        InputError: there are images beside features, or an extractor is named that would have no part in it.
        StaleStatistics: names or widths differ.
    """
    given = [side for side in opened if isinstance(side, Features)]
    stored = [side for side in opened if isinstance(side, Reference)]
    images = next((side for side in opened if not isinstance(side, Reference | Features)), None)
    if images is not None:
        raise InputError(f"features need features or their statistics on the other side; {images.name} holds images")
    untouched = Extraction()
    for option in ("extractor", "protocol", "weights", "alpha", "crop", "resize_to", "bit_depth", "frames"):
        if getattr(how, option) != getattr(untouched, option):
            raise InputError(f"{option} says how images become features; got it with features")
    _check_widths(opened)
    names = list(dict.fromkeys(side.name for side in given if side.name is not None))
    if len(names) > 1:
        raise StaleStatistics(f"both sides need features of one encoder; got {names[0]} and {names[1]}")
    for one, other in combinations(stored, 2):
        one.check_comparable(other)
    name = names[0] if names else None
    known = next((side for side in stored if side.identity is not None), None)
    if known is None or known.identity is None:
        return given_identity(name, given[0].dimension)
    made = known.identity
    # Statistics of given features lend their name; those of a network must be asked for by it.
    if (name is None and made.protocol != GIVEN) or (name is not None and name != made.spec.name):
        raise StaleStatistics(
            f"both sides need features of one encoder; {known.name} has those of {made.spec.name}, and "
            f"{given[0].source} {'says nothing' if name is None else f'those of {name}'} (--name)"
        )
    return made


def gather_given(requests: Sequence[Request], how: Extraction, distinct: str | None) -> list[Side]:
    """Return every side of features and their statistics.

    Args:
        requests: the sides, and what is asked of each.
        how: the number of rows that are chosen, and its seed.
        distinct: what messages call a comparison whose sides must be different sets; None where they may be the same.

    Raises:
        InputError: a side lacks what is asked of it.
        NotEnoughSamples: a side has fewer rows than is asked.
        NumericsError: a feature is not finite; the row is named.
        StaleStatistics: the sides were made otherwise than each other.
    """
    identity = agreed_identity([request.opened for request in requests], how)
    for request in requests:
        check_holds(request)
        check_counts(request, how)
    sides = []
    for request in requests:
        opened = request.opened
        if isinstance(opened, Features):
            chosen = opened if how.count is None else opened.choose(how.count, how.seed)
            sides.append(_gathered(chosen, request, identity))
        else:
            assert isinstance(opened, Reference)
            unknown = opened.identity is None
            sides.append(Side(opened, taken_for=identity if unknown else None, vouched=unknown))
        check_least(request, sides[-1].reference.count)
    if distinct is not None:
        _check_distinct(requests, sides, distinct)
    return sides


def given_reference(features: Features, *, interval: bool, floor: bool) -> Reference:
    """Return the statistics of features; see `Reference.from_features`."""
    identity = given_identity(features.name, features.dimension)
    reference, _ = _statistics(features, identity, blocks=floor, images=interval)
    return reference


def _gathered(features: Features, request: Request, identity: Identity) -> Side:
    # What the caller says of features that a network is said to have made is believed, and told beside the score.
    own = identity.protocol == GIVEN
    made = identity if own else given_identity(features.name, features.dimension)
    reference, hashes = _statistics(features, made, blocks=request.blocks, images=request.images)
    side = Side(
        reference,
        FeatureRows(features),
        features.rows if "features" in request.needs else None,
        block_numbers=blocks_of(hashes) if request.blocks else None,
    )
    if own:
        return side
    return replace(side, reference=replace(reference, spec=None, protocol=None), taken_for=identity, vouched=True)


def _statistics(
    features: Features, identity: Identity, *, blocks: bool, images: bool
) -> tuple[Reference, torch.Tensor]:
    """Return the statistics of features, and the hash of each row."""
    # All rows are looked at before the first sum: a row that is not finite is named by its number in what was given.
    for _ in double_blocks(features.rows, features.source):
        pass
    hashes = content_hashes(features.rows)
    layer = LayerAccumulator(blocks=blocks, kept=images)
    for start in range(0, len(features), BLOCK_ROWS):
        layer.add(features.rows[start : start + BLOCK_ROWS], hashes[start : start + BLOCK_ROWS])
    reference = Reference(
        layer=layer.layer(),
        spec=identity.spec,
        protocol=identity.protocol,
        source=features.source,
        contents=(hashlib.sha256(hashes.numpy().tobytes()).hexdigest(),),
        audit=None,
        made_by={"versions": library_versions()},
    )
    return reference, hashes


def _check_widths(opened: Sequence[Opened]) -> None:
    """Raise StaleStatistics where features are of different widths."""
    widths: dict[int, str] = {}
    for side in opened:
        if isinstance(side, Features):
            widths.setdefault(side.dimension, side.source)
        elif isinstance(side, Reference):
            widths.setdefault(side.moments.dimension, side.name)
    if len(widths) > 1:
        (one, first), (other, second) = list(widths.items())[:2]
        raise StaleStatistics(f"both sides need features of one width; {first} has {one}, {second} has {other}")


def _check_distinct(requests: Sequence[Request], sides: Sequence[Side], title: str) -> None:
    for (one, first), (other, second) in combinations(zip(requests, sides, strict=True), 2):
        same = first.reference.contents
        if same and same == second.reference.contents:
            raise InputError(
                f"{title} needs different sets; {one.role} and {other.role} hold the same features: "
                f"{one.name} and {other.name}"
            )
