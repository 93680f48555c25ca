"""What `evaluate` asks of each side, and what it refuses before a network is loaded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ganmetrics.errors import InputError
from ganmetrics.extraction.feature_store import LEAST_MEMORY
from ganmetrics.extraction.options import Extraction
from ganmetrics.features.names import DEFAULT_EXTRACTOR
from ganmetrics.metrics.catalogue import CONTESTED, Metric, Need
from ganmetrics.protocols import PROTOCOLS, Protocol, resolve_protocol
from ganmetrics.references.agreement import follow_stored
from ganmetrics.references.given import agreed_identity, are_given
from ganmetrics.references.reference import Reference
from ganmetrics.references.refusals import check_one_extractor
from ganmetrics.references.sides import STORED, Demand, Opened, Request, StoredBeside
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.scoring.preflight import check_classes, check_network, check_options
from ganmetrics.scoring.scores import scored_fresh

PAIR = 2
"""Sides that the budget of memory is shared by where there are no more: each then decides for itself."""


@dataclass(frozen=True)
class OpenedSides:
    """What was opened.

    Attributes:
        real: the real side.
        fakes: each generator's side, by its name.
        test: held-out real images; None where there are none.
    """

    real: Opened | StoredBeside
    fakes: Mapping[str, Opened | StoredBeside]
    test: Opened | StoredBeside | None = None

    def __iter__(self) -> Iterator[Opened | StoredBeside]:
        return iter([self.real, *([] if self.test is None else [self.test]), *self.fakes.values()])

    @property
    def contested(self) -> bool:
        """Whether generators can be compared: several, and real images to compare them by."""
        return len(self.fakes) > 1 and not isinstance(self.real, Reference | StoredBeside)


def check_networks(sides: OpenedSides, hows: Sequence[Extraction]) -> None:
    """Refuse statistics and features, which fit one extractor, where several are asked for.

    Raises:
        InputError: there is a side of them.
    """
    if len(hows) > 1:
        for side in sides:
            stored = side.reference if isinstance(side, StoredBeside) else None
            check_one_extractor(_images(side), stored, [how.name or DEFAULT_EXTRACTOR for how in hows])


def check_opened_sides(
    sides: OpenedSides, metrics: tuple[Metric, ...], how: Extraction, options: ScoringOptions
) -> None:
    """Refuse what stored sides, options, classes and numbers of images rule out, before a network is loaded.

    Raises:
        InputError: an option does not go with the protocol, classes do not match, or held-out images are missing.
        NotEnoughSamples: a side has too few images for an option.
        StaleStatistics: stored sides were made otherwise than each other, or than is asked.
    """
    protocol, extractor = _conventions(sides, how)
    for metric in metrics:
        if metric.test and sides.test is None:
            raise InputError(f"{metric.title} needs real images held out from training (--test); there are none")
        if extractor is not None:
            check_network(metric, extractor)
    real = _count(_images(sides.real), how)
    for fake in sides.fakes.values():
        known = {"real": real, "fake": _count(_images(fake), how)}
        counts = {role: count for role, count in known.items() if count is not None}
        if protocol is not None:
            check_options(metrics, options, protocol, counts)
        check_classes(metrics, _images(sides.real), _images(fake))


def _images(side: Opened | StoredBeside) -> Opened:
    return side.images if isinstance(side, StoredBeside) else side


def _conventions(sides: OpenedSides, how: Extraction) -> tuple[Protocol | None, str | None]:
    """Return the protocol that all sides go by, and the extractor's name; None where nothing at hand says so."""
    opened = [_images(side) for side in sides]
    if are_given(opened):
        name = agreed_identity(opened, how).protocol
        return PROTOCOLS.get(name) or Protocol(name, (), None, None), None
    stored = [side for side in opened if isinstance(side, Reference)]
    beside = [side.reference for side in sides if isinstance(side, StoredBeside)]
    agreed = follow_stored(how, stored + beside, opening=len(stored) < len(opened))
    if agreed.name is None and stored:
        return None, None
    extractor = agreed.name or DEFAULT_EXTRACTOR
    return resolve_protocol(agreed.protocol, extractor), extractor


def requests_for(
    sides: OpenedSides, metrics: tuple[Metric, ...], options: ScoringOptions, *, networks: int = 1
) -> list[Request]:
    """Return what the metrics ask of each side: the real one if any reads it, the held-out one, and the generators'.

    Args:
        sides: what was opened.
        metrics: what is scored.
        options: how scores are computed.
        networks: of how many networks each side's features are at hand at once.
    """
    memory = _memory_each(options.memory, len(list(sides)) * networks)
    # Metrics of the fake side alone do not cost a pass over the real one.
    of_real = metrics if options.floor else tuple(metric for metric in metrics if metric.real)
    found = []
    if of_real:
        # Where there is a floor, the real side stands for the fake one as well.
        demands = [_demand(metric, metric.real | metric.fake if options.floor else metric.real) for metric in of_real]
        found.append(_request("real", sides.real, [*demands, *_compared(sides, metrics, options)], options, memory))
    if sides.test is not None:
        tested = [_demand(metric, metric.test | metric.fake) for metric in scored_fresh(metrics)]
        tested += [_demand(metric, metric.test) for metric in metrics if metric.test]
        if tested:
            found.append(_request("test", sides.test, tested, options, memory))
    demands = [_demand(metric, metric.fake) for metric in metrics]
    for name, fake in sides.fakes.items():
        more = [] if isinstance(fake, Reference) else _compared(sides, metrics, options)
        found.append(_request(name, fake, [*demands, *more], options, memory))
    return found


def _demand(metric: Metric, needs: frozenset[Need]) -> Demand:
    return Demand(metric.title, needs, metric.least)


def _compared(sides: OpenedSides, metrics: tuple[Metric, ...], options: ScoringOptions) -> list[Demand]:
    """Return what the differences of generators need beside their scores."""
    if not sides.contested or not options.interval or not any(metric.name in CONTESTED for metric in metrics):
        return []
    return [Demand("a comparison", frozenset({"moments", "features"}), least=1)]


def _request(
    role: str, side: Opened | StoredBeside, demands: list[Demand], options: ScoringOptions, memory: int
) -> Request:
    reads_moments = any(not demand.needs.isdisjoint(STORED) for demand in demands)
    needs = frozenset[Need]().union(*(demand.needs for demand in demands))
    opened, stored = side.parts(needs) if isinstance(side, StoredBeside) else (side, None)
    return Request(
        role,
        opened,
        tuple(demands),
        blocks=options.floor and role == "real",
        images=options.interval and reads_moments,
        memory=memory,
        stored=stored,
        wavelet_level=options.wavelet_level,
    )


def _memory_each(memory: int, sides: int) -> int:
    """Return the budget that each side goes by, so that all together stay within that of two."""
    return memory if sides <= PAIR else max(LEAST_MEMORY, memory * PAIR // sides)


def _count(side: Opened, how: Extraction) -> int | None:
    if isinstance(side, Reference):
        return side.count
    return len(side) if how.count is None else min(how.count, len(side))
