"""The squared maximum mean discrepancy with a Gaussian kernel: CMMD, of CLIP's projected features of length 1."""

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import positive
from ganmetrics.core.kernels.discrepancy import squared_mmd, squared_mmd_biased
from ganmetrics.core.kernels.functions import GaussianKernel
from ganmetrics.core.kernels.sums import KernelSums, kernel_sums
from ganmetrics.core.kernels.tiles import FeaturePair
from ganmetrics.core.memory import MEMORY
from ganmetrics.metrics.kernel.estimate import KernelDistanceEstimate, estimate_from_sums


def maximum_mean_discrepancy(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    bandwidth: float = 10.0,
    scale: float = 1000.0,
    unbiased: bool = False,
    memory: int = MEMORY,
) -> float:
    """Return the squared maximum mean discrepancy with the kernel exp(-|x - y|^2 / (2 bandwidth^2)), times `scale`.

    The defaults are those of CMMD (Jayasumana et al., 2024, arXiv 2401.09603). The paper speaks of an unbiased
    estimate, its published code computes the biased one (Gretton et al., JMLR 13, 2012, equation 5), and so do the
    numbers in circulation; hence the default. CMMD's features are CLIP's image embeddings divided by their length:
    here features are taken as they come.

    Args:
        real: features, floating point, shape [m, d]; a tensor, an array, or a memory map of a file.
        fake: features, floating point, shape [n, d].
        bandwidth: the kernel's standard deviation, in the units of the features.
        scale: factor of the result; the paper's 1000 makes it readable.
        unbiased: whether to leave out the pairs of an image and itself (ibid., equation 3).
        memory: bytes to work in, besides the features.

    Returns:
        From 0 to 2 scale, and 0 for equal sets; unbiased, it may be below 0.

    Raises:
        InputError: if the features are not floating-point matrices of one width, or an option is out of range.
        NotEnoughSamples: if a side has one image only, and `unbiased` is asked for.
        NumericsError: if a feature is not finite, naming the row.

    >>> import torch
    >>> value = maximum_mean_discrepancy(torch.zeros(1, 1), torch.full((1, 1), 10.0))
    >>> round(value / 1000, 6)  # 2 - 2 exp(-1/2)
    0.786939
    """
    scale = positive("scale", scale)
    sums = _sums(real, fake, bandwidth, memory)
    return scale * (squared_mmd(sums) if unbiased else squared_mmd_biased(sums))


def maximum_mean_discrepancy_estimate(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    bandwidth: float = 10.0,
    scale: float = 1000.0,
    confidence: float = 0.95,
    memory: int = MEMORY,
) -> tuple[float, KernelDistanceEstimate]:
    """Return the biased value, and the unbiased one with an interval for the populations' (`estimate_from_sums`).

    Both are of one pass. Other arguments, and errors, are those of `maximum_mean_discrepancy`.

    Raises:
        InputError: if the confidence is not between 0 and 1.
        NotEnoughSamples: if a side has fewer than 4 images.

    >>> import torch
    >>> draw = torch.Generator().manual_seed(0)
    >>> real, fake = torch.randn(100, 4, generator=draw), 3 + torch.randn(100, 4, generator=draw)
    >>> value, estimate = maximum_mean_discrepancy_estimate(real, fake)
    >>> value == maximum_mean_discrepancy(real, fake), estimate.low < estimate.value < value < estimate.high
    (True, True)
    """
    scale = positive("scale", scale)
    sums = _sums(real, fake, bandwidth, memory)
    found = estimate_from_sums(sums, confidence)
    scaled = KernelDistanceEstimate(*(scale * part for part in (found.value, found.error, found.low, found.high)))
    return scale * squared_mmd_biased(sums), scaled


def _sums(real: ArrayLike, fake: ArrayLike, bandwidth: float, memory: int) -> KernelSums:
    return kernel_sums(FeaturePair(real, fake, GaussianKernel(bandwidth), memory=memory))
