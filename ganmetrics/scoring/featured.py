"""The features of every image of a set, row by row, with what each row is of."""

from dataclasses import dataclass

from torch import Tensor

from ganmetrics._types import Progress
from ganmetrics.data.looking import Audit
from ganmetrics.data.sources import ImageSource, open_source
from ganmetrics.extraction.collect import Keep, collect
from ganmetrics.extraction.settings import Settings
from ganmetrics.extraction.survey import Survey, choose, survey


@dataclass(frozen=True, eq=False)
class ImageRows:
    """Which image each row of features is of: unreadable images have none.

    Attributes:
        source: the images.
        audit: what they were.
        contents: digest of their bytes.
        indices: the number of each row's image in `source`.
    """

    source: ImageSource
    audit: Audit
    contents: str
    indices: tuple[int, ...]

    def label(self, row: int) -> str:
        """Return what messages call the image of a row: its file, where it has one."""
        return self.source.label(self.indices[row])

    def class_of(self, row: int) -> str | None:
        """Return the class of the image of a row; None where there are no class folders."""
        return self.source.class_of(self.indices[row])


@dataclass(frozen=True, eq=False)
class FeaturedSet(ImageRows):
    """A set of images with a row of features for each that could be read.

    Attributes:
        features: float32 [n, d].
        logits: float32 [n, c]; None where the extractor has none.
    """

    features: Tensor
    logits: Tensor | None


def rows_of(surveyed: Survey) -> ImageRows:
    """Return which image each row of a pass over surveyed images is of."""
    skipped = surveyed.audit.skipped
    indices = tuple(index for index in range(len(surveyed.source)) if index not in skipped)
    return ImageRows(surveyed.source, surveyed.audit, surveyed.contents, indices)


def survey_source(source: object, settings: Settings, progress: Progress) -> Survey:
    """Open a source, choose its images and look at each, before any network runs.

    Raises:
        InputError: the source is not what is needed, or images cannot be read.
        WeightsError: the extractor's weights do not fit it.
    """
    return survey(choose(open_source(source), settings), settings, progress)


def featured(surveyed: Survey, settings: Settings, progress: Progress) -> FeaturedSet:
    """Return features and logits of surveyed images; memory grows with their number.

    Raises:
        NotEnoughSamples: there is no readable image.
        NumericsError: the extractor gave a non-finite feature.
    """
    keep = Keep(features=True, logits=True)
    collected = collect(surveyed.source, settings, skip=surveyed.audit.skipped, keep=keep, progress=progress)
    assert collected.features is not None
    rows = rows_of(surveyed)
    return FeaturedSet(
        rows.source, rows.audit, rows.contents, rows.indices, features=collected.features, logits=collected.logits
    )
