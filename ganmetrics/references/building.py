"""Statistics of one set of images, made by the road that scores take."""

from dataclasses import replace

from ganmetrics.core.checks import of_type
from ganmetrics.data.features import Features
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import open_settings
from ganmetrics.extraction.survey import choose
from ganmetrics.metrics.catalogue import Need
from ganmetrics.ranks import all_ranks
from ganmetrics.references.gather import gather
from ganmetrics.references.reference import Reference
from ganmetrics.references.run import Run
from ganmetrics.references.shard import shard_of
from ganmetrics.references.sides import Demand, Request, open_images


def build_reference(
    source: object,
    how: Extraction,
    run: Run,
    *,
    interval: bool,
    spatial: bool,
    floor: bool,
    shard: str | None,
) -> Reference:
    """Return the statistics of the images of a source; see `Reference.from_images`."""
    for name, value in (("interval", interval), ("spatial", spatial), ("floor", floor)):
        of_type(name, value, bool, "True or False")
    if shard is not None:
        of_type("shard", shard, str, "text such as 2/8")
    needs: frozenset[Need] = frozenset({"moments", "spatial"} if spatial else {"moments"})

    def gathered(images: ImageSource | Features, how: Extraction) -> Reference:
        request = Request("", images, (Demand("a reference", needs, least=1),), blocks=floor, images=interval)
        (side,) = gather([request], how, cache=run.cache, progress=run.progress)
        return side.reference

    with all_ranks("Reference.from_images") as ranks:
        if isinstance(source, Features):
            if shard is not None:
                raise InputError(f"a shard is of images; {source.source} holds features")
            return gathered(source, how)
        images = ranks.each(lambda: open_images(source, how, purpose="building a reference"))
        if shard is None:
            return gathered(images, how)
        settings = ranks.in_order(lambda: open_settings(how, progress=run.progress))
        made = f"seed {settings.chosen_by} batch {settings.batch_size} {settings.skip_bad}"
        images, part = shard_of(choose(images, settings), shard, made)
        # The choice of images is made: a shard is extracted whole.
        found = gathered(images, replace(how, count=None))
        return replace(found, shard=part, made_by={**found.made_by, "seed": settings.chosen_by})
