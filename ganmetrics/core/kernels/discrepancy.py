"""The squared maximum mean discrepancy of two sets of images: estimates, variances, and each image's part."""

from jaxtyping import Float64
from torch import Tensor

from ganmetrics.core.kernels.sums import KernelSums, SideSums
from ganmetrics.errors import InputError, NotEnoughSamples

VARIANCE_COUNT = 4
"""Images a side from which the variance has an estimate."""


def squared_mmd(sums: KernelSums) -> float:
    """Return the unbiased estimate (Gretton et al., JMLR 13, 2012, equation 3); it may be negative.

    The mean of k over pairs of different real images, plus that of the fakes, less twice that of the mixed pairs.

    Raises:
        NotEnoughSamples: if a side has one image only.
    """
    _check_counts(sums, 2, "a squared discrepancy")
    return _mean_within(sums.real) + _mean_within(sums.fake) - 2 * _mean_mixed(sums)


def squared_mmd_biased(sums: KernelSums) -> float:
    """Return the distance of the samples themselves (ibid., equation 5): with the pairs of an image and itself.

    It is not negative but for rounding, and too large by (mean k(x, x) - mean k(x, x')) / count for each side.
    """
    sides = [(float(side.own.sum()) + side.diagonal) / len(side) ** 2 for side in (sums.real, sums.fake)]
    return sides[0] + sides[1] - 2 * _mean_mixed(sums)


def squared_mmd_influence(sums: KernelSums) -> tuple[Float64[Tensor, " m"], Float64[Tensor, " n"]]:
    """Return the first-order term of each real and of each fake image.

    An image x of a side moves the estimate by 1/count of 2 (mean k(x, own side) - mean k(x, other side)) less the mean
    of that over the side; an image is not compared with itself. Each side's terms have mean 0.

    Raises:
        NotEnoughSamples: if a side has one image only.
    """
    _check_counts(sums, 2, "first-order terms")
    terms = []
    for side, other in ((sums.real, sums.fake), (sums.fake, sums.real)):
        means = 2 * (side.own / (len(side) - 1) - side.other / len(other))
        terms.append(means - means.mean())
    return terms[0], terms[1]


def squared_mmd_variance(sums: KernelSums) -> float:
    """Return an estimate of the variance of `squared_mmd` over the choice of the images of both sides.

    Hoeffding's decomposition writes the estimate as its mean plus uncorrelated terms: of single images, f(x) and g(y),
    and of pairs, the kernel less what single images explain of it. With m real and n fake images

        variance = 4 var f / m + 4 var g / n + 2 s_rr / (m (m-1)) + 2 s_ff / (n (n-1)) + 4 s_rf / (m n),

    s the second moments of the latter. All of it is estimated without bias, as in Sutherland and Deka (2019, arXiv
    1906.02104): s_rr and s_ff by U-centring (Székely and Rizzo, Annals of Statistics 42, 2014, equation 2.3), s_rf as
    the residual of a two-way layout, and var f from the spread of the images' means less the part of it that is s.
    Near equal populations f and g vanish and so may their estimate by chance fall below 0: it counts as 0 then.

    Raises:
        NotEnoughSamples: if a side has fewer than 4 images.
    """
    _check_counts(sums, VARIANCE_COUNT, "the variance of a squared discrepancy")
    mixed = _residual_mixed(sums)
    real, fake = sums.real, sums.fake
    single = _first_order(real, len(fake), mixed) / len(real) + _first_order(fake, len(real), mixed) / len(fake)
    pairs = _of_pairs(real) + _of_pairs(fake) + 4 * mixed / (len(real) * len(fake))
    return 4 * max(single, 0.0) + pairs


def squared_mmd_difference(one: KernelSums, other: KernelSums) -> tuple[float, float]:
    """Return the difference of two fake sets' estimates on one real set, and its variance: is one generator better?

    The real images' pairs fall out of the difference, and what a real image adds to both estimates does so once, as
    2 (mean k(x, other) - mean k(x, one)): the two are paired. The rest is as in `squared_mmd_variance`.

    Args:
        one: sums of the real images and a first fake set.
        other: sums of the same real images, in the same order, and a second fake set.

    Raises:
        InputError: if the numbers of real images differ.
        NotEnoughSamples: if a side has fewer than 4 images.
    """
    for sums in (one, other):
        _check_counts(sums, VARIANCE_COUNT, "the variance of a difference")
    count = len(one.real)
    if count != len(other.real):
        raise InputError(f"both need the same real images; got {count} and {len(other.real)}")
    single = float((2 * (one.real.other / len(one.fake) - other.real.other / len(other.fake))).var()) / count
    pairs = 0.0
    for sums in (one, other):
        fake, mixed = sums.fake, _residual_mixed(sums)
        shared = 4 * mixed / (count * len(fake))
        single += 4 * _first_order(fake, count, mixed) / len(fake) - shared
        pairs += _of_pairs(fake) + shared
    difference = _mean_within(one.fake) - 2 * _mean_mixed(one) - _mean_within(other.fake) + 2 * _mean_mixed(other)
    return difference, max(single, 0.0) + pairs


def _first_order(side: SideSums, other_count: int, mixed: float) -> float:
    """Return an unbiased estimate of the variance of f over one side; below 0 only by chance.

    Within a side each image's mean is taken over count - 2, not count - 1: its own term is part of every other's mean,
    and what is left of it in the differences between images is (count - 2) / (count - 1).
    """
    spread = float((side.own / (len(side) - 2) - side.other / other_count).var())
    return spread - _residual_within(side) / (len(side) - 2) - mixed / other_count


def _of_pairs(side: SideSums) -> float:
    return 2 * _residual_within(side) / (len(side) * (len(side) - 1))


def _residual_within(side: SideSums) -> float:
    """Return the second moment of k less what single images explain of it, for a side's pairs."""
    n, total = len(side), float(side.own.sum())
    squares = side.squares - 2 / (n - 2) * float(side.own.square().sum()) + total**2 / ((n - 1) * (n - 2))
    # A sum of squares: below 0 by rounding only.
    return max(squares, 0.0) / (n * (n - 3))


def _residual_mixed(sums: KernelSums) -> float:
    """Return the same for the pairs of a real and a fake image."""
    m, n, total = len(sums.real), len(sums.fake), float(sums.real.other.sum())
    explained = float(sums.real.other.square().sum()) / n + float(sums.fake.other.square().sum()) / m
    return max(sums.mixed_squares - explained + total**2 / (m * n), 0.0) / ((m - 1) * (n - 1))


def _mean_within(side: SideSums) -> float:
    return float(side.own.sum()) / (len(side) * (len(side) - 1))


def _mean_mixed(sums: KernelSums) -> float:
    return float(sums.real.other.sum()) / (len(sums.real) * len(sums.fake))


def _check_counts(sums: KernelSums, least: int, what: str) -> None:
    for name, side in (("real", sums.real), ("fake", sums.fake)):
        if len(side) < least:
            raise NotEnoughSamples(f"{what} needs at least {least} {name} images; got {len(side)}")
