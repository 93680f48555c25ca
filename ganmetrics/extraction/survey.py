"""What must be known of a set of images before the network sees one: its contents, and that all can be read."""

from dataclasses import dataclass

from ganmetrics._types import Progress
from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.looking import Audit, audit
from ganmetrics.data.sources import ImageSource, select
from ganmetrics.extraction.settings import Settings
from ganmetrics.features.network import NetworkExtractor
from ganmetrics.ranks import current


@dataclass(frozen=True)
class Survey:
    """A set of images that is known to be readable.

    Attributes:
        source: the images.
        contents: digest of their bytes, in order.
        audit: formats, sizes and oddities; the unreadable ones, where they may be skipped.
    """

    source: ImageSource
    contents: str
    audit: Audit


def choose(images: ImageSource, settings: Settings) -> ImageSource:
    """Return a seeded choice of `settings.count` of the images, all where that is None."""
    return images if settings.count is None else select(images, settings.count, settings.seed)


def survey(source: ImageSource, settings: Settings, progress: Progress, *, contents: str | None = None) -> Survey:
    """Return the digest of the images (unless given as `contents`) and what they are.

    Raises:
        InputError: images cannot be read and `settings.skip_bad` is off; up to five are named.
        WeightsError: the extractor's weights do not fit it.
    """
    if isinstance(settings.extractor, NetworkExtractor):
        # Built before the audit, which may take minutes: weights that do not fit must not show only after it.
        extractor = settings.extractor
        current().each(lambda: extractor.network)
    return Survey(
        source=source,
        contents=fingerprint(source, progress=progress) if contents is None else contents,
        audit=audit(
            source,
            alpha=settings.alpha,
            workers=settings.workers,
            skip_bad=settings.skip_bad,
            progress=progress,
        ),
    )
