"""One pass over a set of images that gives the network each of them in several preparations."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from ganmetrics._types import Image, Progress
from ganmetrics.data.loading import prepared_batches
from ganmetrics.errors import NumericsError
from ganmetrics.extraction.accumulate import LayerAccumulator
from ganmetrics.extraction.layer import Layer
from ganmetrics.extraction.settings import INCEPTION_SIZE, Settings
from ganmetrics.extraction.survey import Survey
from ganmetrics.features.resize import SCALINGS, resize
from ganmetrics.timing import in_stage, stage


class Preparation(NamedTuple):
    """A way from pixels to Inception's input: a resizer and a scaling, by name."""

    resize: str
    scaling: str


@dataclass(frozen=True)
class AllPreparations:
    """One image in several preparations; each resizer runs once.

    >>> both = AllPreparations((Preparation("tf1-bilinear", "(x-128)/128"), Preparation("tf1-bilinear", "2x/255-1")))
    >>> both(np.zeros((8, 6, 3), np.uint8)).shape
    (2, 3, 299, 299)
    """

    preparations: tuple[Preparation, ...]

    def __call__(self, image: Image) -> npt.NDArray[np.float32]:
        """Return float32 [p, 3, H, W] for one image, uint8 RGB [h, w, 3].

        Raises:
            InputError: the image is not uint8 RGB, or is empty.
        """
        resizers = dict.fromkeys(preparation.resize for preparation in self.preparations)
        resized = {resizer: resize(image, INCEPTION_SIZE, resizer=resizer) for resizer in resizers}
        # A scaling works in place, and several may start from one resized image.
        return np.stack([SCALINGS[scaling](resized[resizer].copy()) for resizer, scaling in self.preparations])


def collect_prepared(
    surveyed: Survey, preparations: Iterable[Preparation], settings: Settings, progress: Progress
) -> dict[Preparation, Layer]:
    """Return the statistics of the features under each preparation; every image is decoded once.

    Raises:
        InputError: an image can no longer be read.
        NotEnoughSamples: there is no image.
        NumericsError: the network gave a non-finite feature.
    """
    gathered = {preparation: LayerAccumulator(blocks=False) for preparation in preparations}
    source = surveyed.source
    settings = settings.for_count(surveyed.audit.count * len(gathered))
    batches = prepared_batches(
        source,
        AllPreparations(tuple(gathered)),
        alpha=settings.alpha,
        batch_size=settings.batch_size,
        workers=settings.workers,
        skip=surveyed.audit.skipped,
    )
    with closing(batches), progress(total=surveyed.audit.count, stage=f"extracting {source.name}") as advance:
        for batch in in_stage("waiting for images", batches):
            # Images first, preparations second: a pass of the network takes one preparation, so that its memory is
            # that of any other command.
            for inputs, (preparation, layer) in zip(batch.swapaxes(0, 1), gathered.items(), strict=True):
                with stage("network"):
                    prepared = torch.from_numpy(np.ascontiguousarray(inputs))
                    features = settings.extractor(prepared, settings.device).on_host().features
                if not features.isfinite().all():
                    made = " ".join(preparation)
                    raise NumericsError(f"features must be finite; {source.name} under {made} gives one that is not")
                with stage("moments"):
                    layer.add(features)
            advance(len(batch))
    return {preparation: layer.layer() for preparation, layer in gathered.items()}
