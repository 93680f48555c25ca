"""What must be known of a set of images before the network sees one: its contents, and that all can be read."""

from dataclasses import dataclass

from ganmetrics._types import Progress
from ganmetrics.data.audit import Audit
from ganmetrics.data.looking import audit, look
from ganmetrics.data.sources import ImageSource, choose_images
from ganmetrics.extraction.settings import Settings


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

    @property
    def kept(self) -> tuple[int, ...]:
        """The numbers of the images that can be read, in order: what row k of a pass is of."""
        skipped = self.audit.skipped
        return tuple(index for index in range(len(self.source)) if index not in skipped)


def choose(images: ImageSource, settings: Settings) -> ImageSource:
    """Return a seeded choice of `settings.count` of the images, all where that is None."""
    return images if settings.count is None else choose_images(images, settings.count, settings.seed)


def survey(source: ImageSource, settings: Settings, progress: Progress, *, contents: str | None = None) -> Survey:
    """Return the digest of the images and what they are, from one read of each file.

    Args:
        source: the images.
        settings: what transparent pixels become, how many processes decode, and whether bad images may be skipped.
        progress: shows how many images have been read.
        contents: their digest, where a look into the cache has found it already.

    Raises:
        InputError: images cannot be read and `settings.skip_bad` is off; up to five are named.
    """
    alpha, depth, workers, skip_bad = settings.alpha, settings.bit_depth, settings.workers, settings.skip_bad
    if contents is not None:
        found = audit(source, alpha=alpha, bit_depth=depth, workers=workers, skip_bad=skip_bad, progress=progress)
        return Survey(source, contents, found)
    seen = look(source, alpha=alpha, bit_depth=depth, workers=workers, skip_bad=skip_bad, progress=progress)
    return Survey(source, seen.contents, seen.audit)
