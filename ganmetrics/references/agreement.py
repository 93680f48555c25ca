"""What stored sides say of how they were made is asked first: before a network is opened or an image is read."""

import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import torch

from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import Settings
from ganmetrics.features.base import ExtractorSpec
from ganmetrics.features.names import DEFAULT_EXTRACTOR, WIDTHS
from ganmetrics.features.weights import ENVIRONMENT, PUBLISHED
from ganmetrics.metrics.catalogue import UNKNOWN
from ganmetrics.protocols import resolve_protocol
from ganmetrics.references.identity import Identity
from ganmetrics.references.reference import Reference


def follow_stored(how: Extraction, stored: Sequence[Reference], *, opening: bool) -> Extraction:
    """Return the options with extractor and protocol of the stored sides where they were left open.

    Args:
        how: the options.
        stored: the sides that are statistics.
        opening: whether there are images as well, for which the extractor will be opened; without any, weights that
            stored sides have in common need not be at hand.

    Raises:
        StaleStatistics: the stored sides differ among themselves, or from what is asked.
        InputError: they were made with an extractor object, which only the caller has.

    >>> follow_stored(Extraction(seed=3), [], opening=True).extractor is None
    True
    """
    for one, other in combinations(stored, 2):
        one.check_comparable(other)
    known = [side for side in stored if side.identity is not None]
    if not known:
        return how
    (first, *_) = known
    assert first.spec is not None
    if how.name is None:
        if opening:
            _check_named(first, first.spec.name)
        how = replace(how, extractor=first.spec.name, protocol=how.protocol or first.protocol)
    assert how.name is not None
    protocol = resolve_protocol(how.protocol, how.name).name
    for side in known:
        assert side.spec is not None
        if (side.spec.name, side.protocol) != (how.name, protocol):
            raise StaleStatistics(
                f"this run uses {how.name}/{protocol}; the reference {side.name} was made with "
                f"{side.spec.name}/{side.protocol}"
            )
        if opening:
            _check_weights(how, side)
    return how


def check_matches(reference: Reference, settings: Settings) -> None:
    """Refuse a reference that was made otherwise than the images of the other side will be.

    Raises:
        StaleStatistics: extractor, weights, protocol, width or count differ.
    """
    spec = settings.extractor.spec
    check_count(reference, settings.count)
    if reference.moments.dimension != spec.dimension:
        raise StaleStatistics(
            f"{spec.name} needs statistics of {spec.dimension} features; "
            f"{reference.name} has {reference.moments.dimension}"
        )
    if reference.identity is None:
        return
    difference = Identity(spec, settings.protocol.name, settings.alpha).difference(reference.identity)
    if difference is not None:
        what, asked, made_with = difference
        raise StaleStatistics(f"this run uses {what} {asked}; the reference {reference.name} was made with {made_with}")


def check_same_set(one: Reference, other: Reference) -> None:
    """Refuse to take the statistics of two sets for each other.

    Raises:
        StaleStatistics: they were made differently, or are of different images, as far as either says of which.
    """
    one.check_comparable(other)
    if one.contents and other.contents:
        same = one.contents == other.contents
    else:
        ours, theirs = one.moments, other.moments
        same = torch.equal(ours.mean, theirs.mean) and torch.equal(ours.covariance, theirs.covariance)
    if not same:
        raise StaleStatistics(f"both need the same real images; one has {one.name}, the other has {other.name}")


def check_count(reference: Reference, count: int | None) -> None:
    """Raise StaleStatistics where a choice of images is asked for that stored statistics are not of."""
    if count is not None and reference.count != count:
        has = "an unknown number" if reference.count is None else f"{reference.count:,}"
        raise StaleStatistics(f"this run scores {count:,} {reference.things} a side; {reference.name} is of {has}")


def vouched_identity(how: Extraction, dimension: int) -> Identity:
    """Return what statistics of so many features are taken for that do not say how they were made.

    What the caller names is believed, as far as its width fits. Where nothing is named they stay unknown: their
    distance is a number of its own, called ``fd``.

    Raises:
        StaleStatistics: the named extractor has another width.
    """
    if how.name is None and how.protocol is None:
        return Identity(unknown_spec(dimension), UNKNOWN, None)
    name = how.name or DEFAULT_EXTRACTOR
    protocol = resolve_protocol(how.protocol, name).name
    if how.extractor is not None and not isinstance(how.extractor, str):
        spec = how.extractor.spec
    else:
        canonical = name == DEFAULT_EXTRACTOR and how.weights is None
        width = WIDTHS.get(name, dimension)
        spec = replace(unknown_spec(width), name=name, canonical=canonical)
    if spec.dimension != dimension:
        raise StaleStatistics(f"{name} needs statistics of {spec.dimension} features; these have {dimension}")
    return Identity(spec, protocol, None)


def unknown_spec(dimension: int) -> ExtractorSpec:
    """Return the identity of an extractor of which only the width is known."""
    return ExtractorSpec(UNKNOWN, dimension, None, UNKNOWN, None, UNKNOWN)


def _check_named(side: Reference, name: str) -> None:
    if name not in WIDTHS and ":" not in name and "@" not in name:
        raise InputError(
            f"{side.name} was made with the extractor object {name}: give that object as extractor (extractor=...)"
        )


def _check_weights(how: Extraction, side: Reference) -> None:
    """Refuse a side of other weights than the published ones before these are fetched."""
    assert side.spec is not None
    published = PUBLISHED.get(how.name or "")
    if published is None or how.weights is not None or os.environ.get(ENVIRONMENT):
        return
    if side.spec.weights_sha256 != published.sha256:
        raise StaleStatistics(
            f"this run uses the published weights of {how.name}; the reference {side.name} was made with "
            f"{side.spec.weights_sha256} (--weights names their file)"
        )
