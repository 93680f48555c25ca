"""Errors of pixels: PSNR, of the mean and as a mean, and L1."""

import math
from dataclasses import dataclass

from torch import Tensor

from ganmetrics.metrics.pairs.planes import planes_of


@dataclass(frozen=True, eq=False)
class PixelErrors:
    """What each reconstruction is off by, on a scale on which the data range is 1.

    Attributes:
        squared: mean squared error of each image, float64 [n].
        absolute: mean absolute error of each image, float64 [n]: L1.
    """

    squared: Tensor
    absolute: Tensor

    @property
    def psnr(self) -> Tensor:
        """The peak signal-to-noise ratio of each image in decibels, float64 [n]; infinite without an error."""
        return -10 * self.squared.log10()

    @property
    def psnr_mean_of_images(self) -> float:
        """The mean over images of their ratios: what tokenizer papers print. Infinite if any image is exact."""
        return float(self.psnr.mean())

    @property
    def psnr_of_mean_error(self) -> float:
        """The ratio of the mean squared error of all images; never more than the mean of ratios (Jensen)."""
        mean = float(self.squared.mean())
        return math.inf if mean == 0 else -10 * math.log10(mean)


def pixel_errors(originals: Tensor, reconstructions: Tensor, *, data_range: int | float) -> PixelErrors:
    """Return the errors of each pair.

    Args:
        originals: images, uint8 or floating point, shape [n, c, h, w].
        reconstructions: of the same type and shape.
        data_range: from the least to the greatest value of a pixel; 255 for uint8.

    Raises:
        InputError: the two do not fit each other, or the range does not fit them.

    >>> import torch
    >>> black = torch.zeros(2, 3, 4, 4, dtype=torch.uint8)
    >>> gray = black + torch.tensor([51, 255], dtype=torch.uint8)[:, None, None, None]
    >>> errors = pixel_errors(black, gray, data_range=255)
    >>> errors.absolute, errors.psnr
    (tensor([0.2000, 1.0000], dtype=torch.float64), tensor([13.9794, -0.0000], dtype=torch.float64))
    >>> round(errors.psnr_mean_of_images, 4), round(errors.psnr_of_mean_error, 4)
    (6.9897, 2.84)
    """
    one, other = planes_of(originals, reconstructions, data_range)
    difference = (one - other) / data_range
    return PixelErrors(difference.square().mean(dim=(1, 2, 3)), difference.abs().mean(dim=(1, 2, 3)))
