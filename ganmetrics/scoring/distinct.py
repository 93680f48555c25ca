"""The features of several sets that must differ: all are looked at before the first one costs an extraction."""

import logging
from collections.abc import Mapping

from ganmetrics._types import Progress
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.extraction.collect import Collected
from ganmetrics.extraction.layer import Layer
from ganmetrics.extraction.settings import Settings
from ganmetrics.extraction.survey import Survey
from ganmetrics.references.reference import Reference
from ganmetrics.scoring.featured import featured, survey_source
from ganmetrics.scoring.sides import Side
from ganmetrics.timing import stage

logger = logging.getLogger(__name__)


def gather_distinct(
    sources: Mapping[str, object], settings: Settings, *, title: str, least: int, progress: Progress
) -> list[Side]:
    """Return the statistics, features and rows of every set, in the order given; memory grows with the images.

    Args:
        sources: the sets by what messages call them, such as ``real``.
        settings: how images become features.
        title: what messages call the comparison.
        least: images that each set needs.
        progress: shows how far a stage has come.

    Raises:
        InputError: a source is not what is needed, images cannot be read, or two sets hold the same images.
        NotEnoughSamples: a set has fewer images than `least`.
        NumericsError: the extractor gave a non-finite feature.
    """
    surveys = {role: survey_source(source, settings, progress) for role, source in sources.items()}
    seen: dict[str, str] = {}
    for role, surveyed in surveys.items():
        logger.info("%s: %s", role, surveyed.audit.line())
        if surveyed.audit.count < least:
            raise NotEnoughSamples(
                f"{title} needs at least {least} images a set; {surveyed.source.name} has {surveyed.audit.count}"
            )
        same = seen.setdefault(surveyed.contents, role)
        if same != role:
            names = f"{surveys[same].source.name} and {surveyed.source.name}"
            raise InputError(f"{title} needs different sets; {same} and {role} hold the same images: {names}")
    return [_side(surveyed, settings, progress) for surveyed in surveys.values()]


def _side(surveyed: Survey, settings: Settings, progress: Progress) -> Side:
    rows = featured(surveyed, settings, progress)
    with stage("moments"):
        layer = Layer(Moments.of(rows.features))
    collected = Collected(layer, None, rows.features, rows.logits)
    return Side(Reference.assemble(collected, surveyed, settings), rows, rows.features, rows.logits)
