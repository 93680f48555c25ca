"""`extract`: the features and logits of every image."""

from typing import NamedTuple, Unpack

from torch import Tensor

from ganmetrics._types import Progress, silent
from ganmetrics.extraction.options import Extraction, ExtractionOptions
from ganmetrics.ranks import all_ranks
from ganmetrics.references.gather import gather
from ganmetrics.references.sides import Demand, Request, open_images


class Extracted(NamedTuple):
    """What `extract` returns: float32 features [n, d], and logits [n, c] where the extractor has them."""

    features: Tensor
    logits: Tensor | None


def extract(
    source: object,
    how: Extraction | None = None,
    *,
    progress: Progress = silent,
    **options: Unpack[ExtractionOptions],
) -> Extracted:
    """Return the features and logits of every readable image of `source`, in order.

    Source, options and what is raised are those of `ganmetrics.evaluate`; memory grows with the number of images.
    Called on all processes of torch.distributed's group, each extracts a share and all return the whole.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> features, logits = extract(random_images(5), extractor=ChannelMeans(), workers=0)
    >>> features.shape, features.dtype
    (torch.Size([5, 3]), torch.float32)
    """
    extraction = Extraction.of(how, options)
    with all_ranks("extract") as ranks:
        images = ranks.each(lambda: open_images(source, extraction, purpose="extracting features"))
        demand = Demand("extraction", frozenset({"features"}), least=1)
        (side,) = gather([Request("", images, (demand,), logits=True)], extraction, progress=progress)
        return ranks.once(lambda: _extracted(side.features, side.logits))


def _extracted(features: Tensor | None, logits: Tensor | None) -> Extracted:
    assert features is not None
    return Extracted(features, logits)
