"""Rényi kernel entropy: how many modes a set of images has, in effect."""

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_rows
from ganmetrics.core.checks import positive
from ganmetrics.core.kernels.functions import GaussianKernel
from ganmetrics.core.kernels.tiles import FeaturePair, tiles_within
from ganmetrics.core.memory import MEMORY


def mode_count(features: ArrayLike, *, bandwidth: float, memory: int = MEMORY) -> float:
    """Return the exponential of the Rényi kernel entropy of order 2, RKE (Jalali et al., 2023, arXiv 2306.11077).

    With the Gaussian kernel of that bandwidth, K/n has trace 1, and the number is 1 over its squared Frobenius norm,
    the mean over all pairs of k(x, y)^2, an image and itself included. The square of the kernel is the Gaussian one of
    bandwidth / sqrt(2). So this is the Vendi score of order 2 with this kernel.

    Args:
        features: floating point, shape [n, d].
        bandwidth: the kernel's standard deviation, in the units of the features. There is no good default: at a small
            one every image is a mode, at a large one all are one.
        memory: bytes to work in, besides the features.

    Returns:
        From 1, for identical images, to n; k for k equally frequent kinds of images far apart.

    Raises:
        InputError: if `features` is not a floating-point matrix, or an option is out of range.
        NumericsError: if a feature is not finite, naming the row.

    >>> import torch
    >>> kinds = torch.tensor([[0.0], [100.0], [200.0]]).repeat(5, 1)
    >>> round(mode_count(kinds, bandwidth=1.0), 9)
    3.0
    """
    check_rows(features, "features")
    bandwidth = positive("bandwidth", bandwidth)
    pair = FeaturePair(features, features[:1], GaussianKernel(bandwidth / 2**0.5), memory=memory)
    side, _ = pair.sides()
    total = float(side.chosen_diagonal.sum())
    for tile in tiles_within(side):
        itself = tile.row == tile.column
        for _, values in tile.strips(pair.kernel, itself=itself):
            total += float(values.sum()) * (1 if itself else 2)
    return features.shape[0] ** 2 / total
