"""Shards of one set of images become its statistics."""

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce

from ganmetrics.core.checks import of_type
from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.references.reference import Reference


def join_shards(parts: Mapping[str, Reference]) -> Reference:
    """Return the statistics of all images from those of every shard, by what messages call each.

    Raises:
        InputError: these are no references, or there are none.
        StaleStatistics: a shard is missing, doubled, or of another set, number of parts or settings.
    """
    of_type("shards", parts, Mapping, "a mapping of names to references")
    for part in parts.values():
        of_type("a shard", part, Reference, "a Reference")
    if not parts:
        raise InputError("shards are needed to be joined; got none")
    found: dict[int, str] = {}
    (first, *_) = parts
    ours = parts[first].shard
    for name, part in parts.items():
        if part.shard is None or ours is None:
            whole = name if part.shard is None else first
            raise StaleStatistics(f"shards join with shards; {whole} is none")
        if (part.shard.parts, part.shard.whole, part.shard.settings) != (ours.parts, ours.whole, ours.settings):
            raise StaleStatistics(
                f"shards need to be of one set and one way; {name} ({part.shard}) is foreign to {first}"
            )
        same = found.setdefault(part.shard.number, name)
        if same != name:
            raise StaleStatistics(f"each shard is needed once; {same} and {name} are both {part.shard}")
    assert ours is not None
    missing = [f"{number}/{ours.parts}" for number in range(1, ours.parts + 1) if number not in found]
    if missing:
        raise StaleStatistics(
            f"all {ours.parts} shards are needed; {', '.join(missing)} of {parts[first].name} is missing"
        )
    ordered = [replace(parts[found[number]], shard=None) for number in sorted(found)]
    joined = reduce(Reference.merge, ordered)
    audit = joined.audit
    if audit is not None and ordered[0].audit is not None:
        # Every shard passed over the same files that are no images.
        audit = replace(audit, ignored=ordered[0].audit.ignored)
    return replace(joined, source=ordered[0].source, audit=audit)
