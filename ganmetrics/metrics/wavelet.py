"""The Fréchet wavelet distance: of pixels in frequency bands, without a network."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics.core.checks import of_type
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError
from ganmetrics.metrics.frechet.distance import frechet_distance

LEVEL = 4
"""The default of the authors' program: 256 bands."""
_WHITE = 255


@dataclass(frozen=True)
class WaveletMoments:
    """Mean and covariance of each band of some images.

    Attributes:
        bands: moments of the pixels of all channels in a band, 4^level of them.

    >>> images = torch.zeros(3, 3, 4, 4, dtype=torch.uint8)
    >>> len(WaveletMoments.of(images, level=1).merge(WaveletMoments.of(images, level=1)).bands)
    4
    """

    bands: Sequence[Moments]

    def __post_init__(self) -> None:
        """Check what a caller may have given."""
        of_type("bands", self.bands, Sequence, "a sequence of moments")
        for band in self.bands:
            of_type("a band", band, Moments, "moments")

    @classmethod
    def of(cls, images: Tensor, *, level: int = LEVEL) -> "WaveletMoments":
        """Return the moments of a batch.

        Args:
            images: uint8 [n, 3, h, w]; sides that 2^level divides.
            level: halvings of each side.

        Raises:
            InputError: the images are not uint8, or their sides are not divisible.
        """
        packets = wavelet_packets(images, level=level)
        return cls(tuple(Moments.of(band.flatten(1)) for band in packets.unbind(1)))

    def merge(self, other: "WaveletMoments") -> "WaveletMoments":
        """Return the moments of both batches.

        Raises:
            InputError: they are of other levels or sizes.
        """
        if len(self.bands) != len(other.bands):
            raise InputError(f"both need one level; got {len(self.bands)} and {len(other.bands)} bands")
        return WaveletMoments(tuple(one.merge(two) for one, two in zip(self.bands, other.bands, strict=True)))


def frechet_wavelet_distance(real: WaveletMoments, fake: WaveletMoments) -> float:
    """Return the mean over bands of the Fréchet distance (Veeramacheneni et al., 2023, arXiv 2312.15289).

    No network was trained on other images than these, so none is blind to what it never saw; and each frequency has
    one voice, the highest included, which the distance of the pixels themselves drowns.

    Returns:
        At least 0; lower is better.

    Raises:
        InputError: the two are of other levels or sizes.
        NotEnoughSamples: a side has one image only.

    >>> dark, bright = (torch.full((4, 3, 2, 2), value, dtype=torch.uint8) for value in (0, 255))
    >>> frechet_wavelet_distance(*(WaveletMoments.of(images, level=1) for images in (dark, bright)))
    3.0
    """
    for name, side in (("real", real), ("fake", fake)):
        of_type(name, side, WaveletMoments, "the moments of wavelet packets")
    if not real.bands or len(real.bands) != len(fake.bands):
        raise InputError(f"both sides need one level; got {len(real.bands)} and {len(fake.bands)} bands")
    distances = [frechet_distance(one, other) for one, other in zip(real.bands, fake.bands, strict=True)]
    return sum(distances) / len(distances)


def wavelet_packets(images: Tensor, *, level: int = LEVEL) -> Float64[Tensor, "n p 3 a b"]:
    """Return the Haar packets of images on a scale of 0 to 1.

    Each halving takes from every 2 x 2 pixels their sum and three differences, over 2: a rotation, so that squares
    keep their sum. All four parts are halved again.

    Raises:
        InputError: the images are not uint8 [n, 3, h, w], or 2^level does not divide their sides.

    >>> wavelet_packets(torch.full((1, 3, 4, 4), 255, dtype=torch.uint8), level=2)[0, :2, 0, 0, 0]
    tensor([4., 0.], dtype=torch.float64)
    """
    if images.dtype != torch.uint8 or images.ndim != 4 or images.shape[1] != 3:  # noqa: PLR2004
        raise InputError(f"images must be uint8 [n, 3, h, w]; got {images.dtype} {list(images.shape)}")
    if level < 1 or any(side % 2**level or side == 0 for side in images.shape[2:]):
        raise InputError(f"level {level} needs sides that {2**level} divides; got {list(images.shape[2:])}")
    packets = images.double()[:, None] / _WHITE
    for _ in range(level):
        rows = packets[..., ::2, :], packets[..., 1::2, :]
        halves = [part for part in (rows[0] + rows[1], rows[0] - rows[1])]
        quarters = [(half[..., ::2] + sign * half[..., 1::2]) / 2 for half in halves for sign in (1, -1)]
        packets = torch.stack(quarters, dim=2).flatten(1, 2)
    return packets
