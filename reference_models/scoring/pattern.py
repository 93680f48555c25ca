"""How any training loop scores its generator: with `evaluating` around its network, all of it, to be used or copied."""

from collections.abc import Callable

from torch import Tensor

from ganmetrics import FrechetInceptionDistance, Score, to_uint8
from ganmetrics.integrations.loop import evaluating
from reference_models.arguments import check_callable, check_type, whole_number

__all__ = ["evaluating", "score_samples"]


def score_samples(
    metric: FrechetInceptionDistance, generate: Callable[[int], Tensor], *, count: int, batch: int = 100
) -> Score:
    """Return the score of `count` images that `generate` makes, `batch` at a time.

    Args:
        metric: made once from the reference of the real images.
        generate: takes a number of images and returns that many, floats [n, 3, h, w] in [-1, 1]. It calls the network
            inside ``with evaluating(network)``, as `dcgan.score` does: nothing here does it.
        count: number of images to score.
        batch: images at a time.

    Raises:
        InputError: an argument, or a batch, is not what is needed.

    >>> import torch
    >>> from ganmetrics import Reference
    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> reference = Reference.from_images(random_images(20), extractor=ChannelMeans(), workers=0)
    >>> metric = FrechetInceptionDistance(reference, extractor=ChannelMeans())
    >>> score_samples(metric, lambda n: torch.zeros(n, 3, 4, 4), count=30, batch=8).fake_count
    30
    """
    check_type("metric", metric, FrechetInceptionDistance, "a FrechetInceptionDistance")
    check_callable("generate", generate)
    count, batch = whole_number("count", count, least=1), whole_number("batch", batch, least=1)
    metric.reset()
    for start in range(0, count, batch):
        metric.update(to_uint8(generate(min(batch, count - start))))
    return metric.compute()
