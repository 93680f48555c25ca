"""One pass over a set of images that gives the network each of them in several preparations."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from torch import Tensor

from ganmetrics._types import Image, Progress
from ganmetrics.data.geometry import Geometry
from ganmetrics.errors import NotEnoughSamples
from ganmetrics.extraction.accumulate import LayerAccumulator
from ganmetrics.extraction.layer import Layer
from ganmetrics.extraction.outputs import Inputs, Way, extracted, network_outputs
from ganmetrics.extraction.pooling import pool
from ganmetrics.extraction.settings import Settings
from ganmetrics.extraction.survey import Survey
from ganmetrics.features.resize import SCALINGS, Preprocessing, resize
from ganmetrics.ranks import current
from ganmetrics.timing import stage


@dataclass(frozen=True)
class EachPreparation:
    """One image in several preparations; each resizer runs once.

    >>> ways = (Preprocessing("tf1-bilinear", (9, 9), "(x-128)/128"), Preprocessing("tf1-bilinear", (9, 9), "2x/255-1"))
    >>> EachPreparation(ways)(np.zeros((8, 6, 3), np.uint8)).shape
    (2, 3, 9, 9)
    """

    preparations: tuple[Preprocessing, ...]
    geometry: Geometry = field(default_factory=Geometry)

    def __call__(self, image: Image) -> npt.NDArray[np.float32]:
        """Return float32 [p, 3, H, W] for one image, uint8 RGB [h, w, 3].

        Raises:
            InputError: the image is not uint8 RGB, or is empty.
        """
        image = self.geometry(image)
        resizers = dict.fromkeys((one.resize, one.size) for one in self.preparations)
        resized = {resizer: resize(image, resizer[1], resizer=resizer[0]) for resizer in resizers}
        # A scaling works in place, and several may start from one resized image.
        return np.stack([SCALINGS[one.scaling](resized[one.resize, one.size].copy()) for one in self.preparations])


def collect_each(
    surveyed: Survey, preparations: Sequence[Preprocessing], settings: Settings, progress: Progress
) -> dict[Preprocessing, Layer]:
    """Return the statistics of the features under each preparation; every image is decoded once.

    Processes that work together extract a share each; the statistics of all images are known to all of them.

    Raises:
        InputError: an image can no longer be read.
        NotEnoughSamples: there is no image.
        NumericsError: the network gave a non-finite feature; the image is named.
    """
    kept, ranks = surveyed.kept, current()
    if not kept:
        raise NotEnoughSamples(f"statistics need at least one image; {surveyed.source.name} has none that can be read")
    share = [kept[row] for row in ranks.share(len(kept))]
    own = ranks.each(lambda: _own(surveyed, tuple(preparations), settings, share, progress))
    return {preparation: pool(layer, blocks=False) for preparation, layer in own.items()}


def _own(
    surveyed: Survey,
    preparations: tuple[Preprocessing, ...],
    settings: Settings,
    share: Sequence[int],
    progress: Progress,
) -> dict[Preprocessing, Layer | None]:
    gathered = {preparation: LayerAccumulator(device=settings.device) for preparation in preparations}
    source, prepare = surveyed.source, EachPreparation(preparations, settings.geometry)

    def features_of(batch: Inputs, indices: Sequence[int]) -> list[Tensor]:
        # Images first, preparations second: a pass of the network takes one preparation, so that its memory is that
        # of any other command.
        return [
            network_outputs(np.ascontiguousarray(inputs), settings, _Label(surveyed, indices, preparation)).features
            for inputs, preparation in zip(batch.swapaxes(0, 1), preparations, strict=True)
        ]

    way = Way(prepare, settings, features_of)
    for _, _, found in extracted(source, [way], share, progress=progress):
        with stage("moments"):
            for features, layer in zip(found, gathered.values(), strict=True):
                layer.add(features)
    return {preparation: layer.layer() if layer.count else None for preparation, layer in gathered.items()}


@dataclass(frozen=True)
class _Label:
    """What messages call an image under a preparation."""

    surveyed: Survey
    indices: Sequence[int]
    preparation: Preprocessing

    def __call__(self, row: int) -> str:
        return f"{self.surveyed.source.label(self.indices[row])} under {self.preparation}"
