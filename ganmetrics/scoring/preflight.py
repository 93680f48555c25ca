"""What the options and the numbers of images rule out, before a network is loaded or an image is read."""

from collections.abc import Callable, Mapping

from ganmetrics.data.features import Features
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.features.names import split_precision
from ganmetrics.metrics.catalogue import Metric
from ganmetrics.metrics.inception.score import INCEPTION_CONVENTIONS, split_bounds
from ganmetrics.metrics.kernel.distance import check_subsets
from ganmetrics.metrics.neighbours.precision_recall import NEIGHBOUR_CONVENTIONS
from ganmetrics.protocols import Protocol
from ganmetrics.references.reference import Reference
from ganmetrics.references.sides import Opened
from ganmetrics.scoring.options import ScoringOptions

Counts = Mapping[str, int]
"""Images of each side, by its role; a side that does not say is left out."""


def check_options(metrics: tuple[Metric, ...], options: ScoringOptions, protocol: Protocol, counts: Counts) -> None:
    """Refuse options that no images of these numbers can meet.

    Raises:
        InputError: an option does not go with the protocol's convention.
        NotEnoughSamples: a side has too few images for an option.
    """
    checks: dict[str, Callable[[ScoringOptions, Protocol, Counts], None]] = {
        "kid": _check_kernel_distance,
        "is": _check_inception_score,
        "rke": _check_bandwidth,
    }
    for metric in metrics:
        if metric.family == "neighbours":
            _check_neighbours(options, protocol, counts)
        elif metric.name in checks:
            checks[metric.name](options, protocol, counts)
    if options.floor and not any(metric.real for metric in metrics):
        raise InputError("a floor needs a metric of real images; got those of fake images only")


def check_network(metric: Metric, extractor: str) -> None:
    """Refuse CMMD of another network's features: the name is of one network, where other metrics get one of their own.

    Raises:
        InputError: it is asked of another network.
    """
    network, _ = split_precision(extractor)
    if metric.name == "cmmd" and network != metric.network:
        raise InputError(
            f"cmmd needs extractor {metric.network}; got {extractor}: mmd is the same discrepancy of any features"
        )


def check_classes(metrics: tuple[Metric, ...], real: Opened, fake: Opened) -> None:
    """Refuse classes of fake images that no real image has.

    Raises:
        InputError: there is one.
    """
    if isinstance(real, Reference) or isinstance(fake, Reference):
        return
    for metric in metrics:
        if "classes" in metric.real & metric.fake:
            unknown = sorted(_classes(fake) - _classes(real))
            if unknown:
                raise InputError(
                    f"{metric.title} needs fake images of the real classes; {', '.join(unknown[:5])} has no real image"
                )


def _classes(source: ImageSource | Features) -> set[str]:
    found = {source.class_of(index) for index in range(len(source))}
    return {name for name in found if name is not None}


def _check_neighbours(options: ScoringOptions, protocol: Protocol, counts: Counts) -> None:
    k = options.k or NEIGHBOUR_CONVENTIONS[protocol.precision_recall].k
    for role, count in counts.items():
        if count <= k:
            raise NotEnoughSamples(f"k={k} neighbours need more than {k} {role} images; got {count}")


def _check_kernel_distance(options: ScoringOptions, protocol: Protocol, counts: Counts) -> None:
    if {"real", "fake"} <= counts.keys():
        check_subsets(
            counts["real"],
            counts["fake"],
            subsets=options.subsets,
            subset_size=options.subset_size,
            convention=protocol.kernel_distance,
        )


def _check_inception_score(options: ScoringOptions, protocol: Protocol, counts: Counts) -> None:
    if "fake" in counts:
        split_bounds(counts["fake"], options.splits, INCEPTION_CONVENTIONS[protocol.inception_score])


def _check_bandwidth(options: ScoringOptions, protocol: Protocol, counts: Counts) -> None:  # noqa: ARG001
    options.bandwidth_of_modes()
