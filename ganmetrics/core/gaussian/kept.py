"""Some images of a set, chosen by their contents: what a corrected distance needs to know beside the moments."""

from dataclasses import dataclass

import torch
from jaxtyping import Float32, Int64
from torch import Tensor

from ganmetrics._types import FeatureMatrix, Mean
from ganmetrics.errors import InputError

_LEAST = 1024
"""So many images are kept where there are fewer features: they take no room then, and tell scales better."""


def most_kept(dimension: int) -> int:
    """Return how many images are kept at most: one a feature, so that they take half of what a covariance does.

    >>> most_kept(2048), most_kept(64)
    (2048, 1024)
    """
    return max(dimension, _LEAST)


@dataclass(frozen=True, eq=False)
class KeptImages:
    """The features of the images with the smallest content hashes, at most `most_kept`.

    Neither order, nor batches, nor shards, nor merging change which they are, and a hash has nothing to do with what an
    image shows. Single precision is enough: how unequal images are is told by them, and the moments by all images.

    Attributes:
        hashes: of each image's content, int64, rising, shape [k].
        features: float32, shape [k, d].

    >>> one, other = (KeptImages.of(torch.tensor(hashes), torch.eye(2)) for hashes in ([5, 3], [4, 9]))
    >>> one.merge(other).hashes
    tensor([3, 4, 5, 9])
    """

    hashes: Int64[Tensor, " k"]
    features: Float32[Tensor, "k d"]

    @classmethod
    def of(cls, hashes: Tensor, features: Tensor) -> "KeptImages":
        """Return what is kept of images with these hashes [n] and features [n, d].

        Raises:
            InputError: there is not one hash for each image.
        """
        if len(hashes) != len(features):
            raise InputError(f"each image needs a hash; got {len(hashes)} for {len(features)} images")
        order = hashes.argsort(stable=True)[: most_kept(features.shape[1])]
        return cls(hashes[order], features[order].to(torch.float32))

    def merge(self, other: "KeptImages") -> "KeptImages":
        """Return what is kept of both sets together."""
        return KeptImages.of(torch.cat([self.hashes, other.hashes]), torch.cat([self.features, other.features]))

    def below(self, hash_: int) -> "KeptImages":
        """Return the images whose hash is at most `hash_`."""
        chosen = self.hashes <= hash_
        return KeptImages(self.hashes[chosen], self.features[chosen])

    def centred(self, mean: Mean) -> FeatureMatrix:
        """Return the features less the mean of all images, in float64."""
        return self.features.double() - mean
