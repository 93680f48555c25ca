"""Structural similarity, in the conventions of the libraries that report it."""

from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor
from torch.nn import functional

from ganmetrics.errors import InputError
from ganmetrics.metrics.pairs.planes import gaussian_window, planes_of, uniform_window, windowed

K1, K2 = 0.01, 0.03
"""The constants of the paper."""
EXPONENTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Of the five scales, the finest first (Wang, Simoncelli and Bovik, Asilomar 2003)."""


@dataclass(frozen=True)
class SsimConvention:
    """How a library takes means over windows.

    Attributes:
        deviation: of a Gaussian window up to 3.5 deviations; None for an even one.
        size: of an even window.
        sample: whether variances are divided by the number of pixels less 1.
        reflected: whether the image is continued by its mirror image, so that each pixel has a window; else windows lie
            inside.
    """

    deviation: float | None
    size: int
    sample: bool
    reflected: bool

    @property
    def window(self) -> Tensor:
        """The weights along one axis."""
        return uniform_window(self.size) if self.deviation is None else gaussian_window(self.deviation)


CONVENTIONS = MappingProxyType(
    {
        # Wang et al. (2004), section III.B; scikit-image with gaussian_weights=True, use_sample_covariance=False.
        "wang": SsimConvention(1.5, 11, sample=False, reflected=False),
        "skimage": SsimConvention(None, 7, sample=True, reflected=False),
        "torchmetrics": SsimConvention(1.5, 11, sample=False, reflected=True),
    }
)
"""By name; the number of decimals in which they differ is the first or second."""


def ssim(originals: Tensor, reconstructions: Tensor, *, data_range: int | float, convention: str = "wang") -> Tensor:
    """Return the structural similarity of each pair (Wang et al., IEEE Trans. Image Processing 13, 2004, equation 13).

    Each channel by itself, and the mean over channels and windows.

    Args:
        originals: images, uint8 or floating point, shape [n, c, h, w].
        reconstructions: of the same type and shape.
        data_range: from the least to the greatest value of a pixel; 255 for uint8.
        convention: a name in `CONVENTIONS`.

    Returns:
        float64 [n], at most 1, and 1 for equal images. Higher is better.

    Raises:
        InputError: the two do not fit each other, the range does not fit them, the convention is unknown, or the images
            are smaller than a window.

    >>> images = torch.randint(0, 256, (2, 3, 16, 16), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    >>> ssim(images, images, data_range=255).tolist()
    [1.0, 1.0]
    """
    chosen = _chosen(convention)
    one, other = planes_of(originals, reconstructions, data_range)
    similarity, _ = _maps(one, other, data_range, chosen)
    return similarity.mean(dim=(1, 2, 3))


def multiscale_ssim(originals: Tensor, reconstructions: Tensor, *, data_range: int | float) -> Tensor:
    """Return the multi-scale similarity of each pair, as torchmetrics computes it (Wang, Simoncelli and Bovik, 2003).

    The product over five scales, each half as large as the one before, of the mean of contrast times structure, and at
    the coarsest of the whole similarity, each to its exponent. Means below 0 count as 0. At the finer scales the
    windows are those inside the image; at the coarsest the image is reflected.

    Arguments and errors are those of `ssim`; the images must be larger than 160 pixels on each side.

    Returns:
        float64 [n], 0 to 1. Higher is better.

    >>> images = torch.randint(0, 256, (1, 3, 176, 176), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    >>> multiscale_ssim(images, images, data_range=255).tolist()
    [1.0]
    """
    chosen = CONVENTIONS["torchmetrics"]
    one, other = planes_of(originals, reconstructions, data_range)
    least = (len(chosen.window) - 1) * (len(EXPONENTS) - 1) ** 2
    if min(one.shape[2:]) // (len(EXPONENTS) - 1) ** 2 < len(chosen.window):
        raise InputError(f"multi-scale similarity needs sides of more than {least} pixels; got {list(one.shape[2:])}")
    found = torch.ones(len(one), dtype=torch.float64)
    for scale, exponent in enumerate(EXPONENTS, 1):
        similarity, contrast = _maps(one, other, data_range, chosen)
        if scale == len(EXPONENTS):
            mean = similarity.mean(dim=(1, 2, 3))
        else:
            margin = len(chosen.window) // 2
            mean = contrast[..., margin:-margin, margin:-margin].mean(dim=(1, 2, 3))
            one, other = functional.avg_pool2d(one, 2), functional.avg_pool2d(other, 2)
        found = found * mean.clamp(min=0) ** exponent
    return found


def _chosen(convention: str) -> SsimConvention:
    if convention not in CONVENTIONS:
        raise InputError(f"convention must be one of {', '.join(CONVENTIONS)}; got {convention!r}")
    return CONVENTIONS[convention]


def _maps(one: Tensor, other: Tensor, data_range: int | float, convention: SsimConvention) -> tuple[Tensor, Tensor]:
    """Return similarity, and its factor of contrast and structure, for each window."""
    window = convention.window
    if min(one.shape[2:]) < len(window):
        raise InputError(f"similarity needs sides of at least {len(window)} pixels; got {list(one.shape[2:])}")
    if convention.reflected:
        margin = (len(window) // 2,) * 4
        one, other = (functional.pad(side, margin, mode="reflect") for side in (one, other))
    means = windowed(one, window), windowed(other, window)
    factor = convention.size**2 / (convention.size**2 - 1) if convention.sample else 1.0
    variances = [
        (factor * (windowed(side.square(), window) - mean.square())).clamp(min=0)
        for side, mean in zip((one, other), means, strict=True)
    ]
    covariance = factor * (windowed(one * other, window) - means[0] * means[1])
    c1, c2 = (K1 * data_range) ** 2, (K2 * data_range) ** 2
    contrast = (2 * covariance + c2) / (variances[0] + variances[1] + c2)
    luminance = (2 * means[0] * means[1] + c1) / (means[0].square() + means[1].square() + c1)
    return luminance * contrast, contrast
