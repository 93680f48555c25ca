"""`extract`: the features and logits of every image."""

from typing import NamedTuple, Unpack

from torch import Tensor

from ganmetrics.core.checks import whole
from ganmetrics.core.memory import MEMORY
from ganmetrics.extraction.options import Extraction
from ganmetrics.ranks import all_ranks
from ganmetrics.references.gather import gather
from ganmetrics.references.keywords import GatheringOptions
from ganmetrics.references.run import split_gathering
from ganmetrics.references.sides import Demand, Request, open_images


class Extracted(NamedTuple):
    """What `extract` returns: float32 features [n, d], and logits [n, c] where the extractor has them."""

    features: Tensor
    logits: Tensor | None


def extract(
    source: object,
    how: Extraction | None = None,
    *,
    memory: int = MEMORY,
    **options: Unpack[GatheringOptions],
) -> Extracted:
    """Return the features and logits of every readable image of `source`, in order.

    Source, options (the fields of `ganmetrics.Extraction`, ``cache``, ``cache_features``, ``progress``) and what is
    raised are those of `ganmetrics.evaluate`. Past `memory` bytes features lie on the disk.
    Called on all processes of torch.distributed's group, each extracts a share and all return the whole.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> features, logits = extract(random_images(5), extractor=ChannelMeans(), workers=0)
    >>> features.shape, features.dtype
    (torch.Size([5, 3]), torch.float32)
    """
    extraction, run = split_gathering(how, options)
    memory = whole("memory", memory, least=1)
    with all_ranks("extract") as ranks:
        images = ranks.each(lambda: open_images(source, extraction, purpose="extracting features"))
        demand = Demand("extraction", frozenset({"features"}), least=1)
        request = Request("", images, (demand,), logits=True, memory=memory)
        (side,) = gather([request], extraction, cache=run.cache, progress=run.progress)
        return ranks.once(lambda: _extracted(side.features, side.logits))


def _extracted(features: Tensor | None, logits: Tensor | None) -> Extracted:
    assert features is not None
    return Extracted(features, logits)
