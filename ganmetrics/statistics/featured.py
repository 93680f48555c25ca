"""The features of every image of a set, row by row, with what each row is of."""

from dataclasses import dataclass

from torch import Tensor

from ganmetrics._types import Progress
from ganmetrics.data.audit import Audit
from ganmetrics.data.sources import ImageSource, open_source
from ganmetrics.errors import NotEnoughSamples
from ganmetrics.statistics.collect import Keep, collect
from ganmetrics.statistics.settings import Settings
from ganmetrics.statistics.survey import Survey, choose, survey


@dataclass(frozen=True, eq=False)
class FeaturedSet:
    """A set of images with a row of features for each that could be read.

    Attributes:
        source: the images.
        audit: what they were.
        contents: digest of their bytes.
        features: float32 [n, d].
        logits: float32 [n, c]; None where the extractor has none.
        indices: the number of each row's image in `source`.
    """

    source: ImageSource
    audit: Audit
    contents: str
    features: Tensor
    logits: Tensor | None
    indices: tuple[int, ...]

    def label(self, row: int) -> str:
        """Return what messages call the image of a row: its file, where it has one."""
        return self.source.label(self.indices[row])

    def class_of(self, row: int) -> str | None:
        """Return the class of the image of a row; None where there are no class folders."""
        return self.source.class_of(self.indices[row])


def survey_source(source: object, settings: Settings, progress: Progress) -> Survey:
    """Open a source, choose its images and look at each, before any network runs.

    Raises:
        InputError: the source is not what is needed, or images cannot be read.
        WeightsError: the extractor's weights do not fit it.
    """
    return survey(choose(open_source(source), settings), settings, progress)


def featured(surveyed: Survey, settings: Settings, progress: Progress) -> FeaturedSet:
    """Return the features of surveyed images; memory grows with their number.

    Raises:
        NotEnoughSamples: there is no readable image.
        NumericsError: the extractor gave a non-finite feature.
    """
    keep = Keep(features=True, logits=True)
    collected = collect(surveyed.source, settings, skip=surveyed.audit.skipped, keep=keep, progress=progress)
    if collected.features is None:
        raise NotEnoughSamples(f"extracting needs at least one readable image; {surveyed.source.name} has none")
    skipped = surveyed.audit.skipped
    return FeaturedSet(
        source=surveyed.source,
        audit=surveyed.audit,
        contents=surveyed.contents,
        features=collected.features,
        logits=collected.logits,
        indices=tuple(index for index in range(len(surveyed.source)) if index not in skipped),
    )
