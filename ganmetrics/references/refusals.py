"""What a side is refused for before an image of it is read."""

from collections.abc import Sequence

from ganmetrics.data.features import Features
from ganmetrics.data.image_source import ImageSource, listing_of
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import Settings
from ganmetrics.references.agreement import check_count, check_matches
from ganmetrics.references.reference import Reference
from ganmetrics.references.sides import STORED, Opened, Request


def check_holds(request: Request) -> None:
    """Refuse what a side cannot give, as far as that is known without reading an image.

    Raises:
        InputError: statistics stand for images that are needed, or there are no classes.
    """
    opened = request.opened
    for demand in request.demands:
        if request.stored is not None and "spatial" in demand.needs and request.stored.spatial is None:
            raise InputError(f"{demand.title} needs spatial features; the statistics in {request.name} hold none")
        if isinstance(opened, Reference):
            # Blocks may be missing; the score then says why it has no interval.
            if not demand.needs <= STORED:
                raise InputError(
                    f"{demand.title} needs {opened.things}; {opened.name} holds only their mean and covariance"
                )
            if "spatial" in demand.needs and opened.spatial is None:
                raise InputError(
                    f"{demand.title} needs spatial features; {opened.name} holds none (reference build --spatial)"
                )
        elif isinstance(opened, Features):
            lacking = demand.needs & {"logits", "spatial", "pixels"}
            if lacking:
                raise InputError(f"{demand.title} needs {_named(*lacking)} of images; {opened.source} holds features")
            if "classes" in demand.needs and opened.class_of(0) is None:
                raise InputError(f"{demand.title} needs labels; {opened.source} has none")
        elif "classes" in demand.needs and opened.class_of(0) is None:
            raise InputError(f"{demand.title} needs class folders or labels; {_lacking(opened)}")


def check_counts(request: Request, how: Extraction) -> None:
    """Refuse too few images, and too few to choose from; some may turn out to be unreadable later.

    Raises:
        NotEnoughSamples: there are too few.
        StaleStatistics: stored statistics are not of the number that is asked.
    """
    opened = request.opened
    if isinstance(opened, Reference):
        check_count(opened, how.count)
        count = opened.count
    else:
        if how.count is not None and how.count > len(opened):
            raise NotEnoughSamples(
                f"{how.count:,} {_things(opened)} are to be chosen; {request.name} has {len(opened):,}"
            )
        count = len(opened) if how.count is None else how.count
    check_least(request, count)


def check_least(request: Request, count: int | None) -> None:
    """Raise NotEnoughSamples where a side has fewer images than something that is asked of it is defined from."""
    for demand in request.demands:
        if count is not None and count < demand.least:
            least = f"{demand.least} {_things(request.opened)}"
            raise NotEnoughSamples(f"{demand.title} needs at least {least} a side; {request.name} has {count}")


def check_request(request: Request, settings: Settings) -> None:
    """Refuse what the extractor cannot give, and statistics that another one made.

    Raises:
        InputError: logits or spatial features are asked of an extractor that has none.
        StaleStatistics: the side was made otherwise.
    """
    spec = settings.extractor.spec
    for stored in (request.opened, request.stored):
        if isinstance(stored, Reference):
            check_matches(stored, settings)
    for demand in request.demands:
        if "logits" in demand.needs and spec.classes is None:
            raise InputError(f"{demand.title} needs logits; extractor {spec.name} has none")
        if "spatial" in demand.needs and not spec.spatial:
            raise InputError(
                f"{demand.title} needs the spatial features of inception-v3; extractor {spec.name} has none"
            )


def check_one_extractor(opened: Opened, stored: Reference | None, names: Sequence[str]) -> None:
    """Refuse what fits one extractor where several are asked for.

    Raises:
        InputError: a side is stored statistics, has such beside its images, or is features.
    """
    given = opened if isinstance(opened, Reference | Features) else stored
    if given is None:
        return
    kind, of_kind = ("features", "features") if isinstance(given, Features) else ("a stored reference", "statistics")
    made_by = "" if isinstance(given, Features) or given.spec is None else f" of {given.spec.name}"
    name = given.source if isinstance(given, Features) else given.name
    raise InputError(
        f"several extractors need images; {name} has {of_kind}{made_by}, and {kind} fits one extractor, not "
        f"{', '.join(names)}"
    )


def _things(opened: Opened) -> str:
    """Return what messages call that which is counted."""
    if isinstance(opened, Reference):
        return opened.things
    return "rows" if isinstance(opened, Features) else "images"


def _named(need: str, *_: str) -> str:
    return "spatial features" if need == "spatial" else need


def _lacking(images: ImageSource) -> str:
    """Say that images have no classes, and why something that looks like classes is not."""
    why = listing_of(images).no_classes
    return f"{images.name} has none" + (f" ({why})" if why else "")
