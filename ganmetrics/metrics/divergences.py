"""Divergences between distributions over labels or bins."""

import math

import torch
from jaxtyping import Float64, Int64
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import real_vector
from ganmetrics.core.checks import whole
from ganmetrics.errors import InputError

Shares = Float64[Tensor, " c"]


def kl_divergence(p: ArrayLike, q: ArrayLike) -> float:
    """Return the Kullback-Leibler divergence sum_i p_i log(p_i / q_i), in nats (Kullback and Leibler, 1951).

    Not symmetric. With p the data and q a model it is what maximum likelihood minimises; it is infinite where the model
    leaves out what the data have, however rare.

    Args:
        p: probabilities or counts, not negative, shape [c]; both are divided by their sums.
        q: the same.

    Returns:
        At least 0, and 0 for equal shares only; infinite if q is 0 where p is not.

    Raises:
        InputError: if a histogram is not a vector of real numbers, has a negative entry or no positive one, or the
            lengths differ.
        NumericsError: if an entry is not finite.

    >>> import numpy as np
    >>> round(kl_divergence(np.array([1, 1]), np.array([1, 3])), 6)  # log(4/3) / 2
    0.143841
    >>> kl_divergence(np.array([1, 1]), np.array([2, 0]))
    inf
    """
    return _kl(*_pair(p, q))


def js_divergence(p: ArrayLike, q: ArrayLike) -> float:
    """Return the Jensen-Shannon divergence KL(p | m) / 2 + KL(q | m) / 2, m = (p + q) / 2, in nats (Lin, 1991).

    Symmetric. A GAN's value function, at its best discriminator, is 2 JS - log 4 (Goodfellow et al., 2014, arXiv
    1406.2661, theorem 1). Between histograms that share no bin it is log 2, however far apart they are: then it cannot
    say which of two generators is closer, and the earth mover's distance can (Arjovsky et al., 2017, arXiv 1701.07875,
    example 1).

    Args:
        p: probabilities or counts, not negative, shape [c]; both are divided by their sums.
        q: the same.

    Returns:
        From 0, for equal shares only, to log 2.

    Raises:
        InputError: if a histogram is not a vector of real numbers, has a negative entry or no positive one, or the
            lengths differ.
        NumericsError: if an entry is not finite.

    >>> import numpy as np
    >>> js_divergence(np.array([1, 0]), np.array([0, 5])) == math.log(2)
    True
    """
    shares = _pair(p, q)
    middle = (shares[0] + shares[1]) / 2
    return min(max((_kl(shares[0], middle) + _kl(shares[1], middle)) / 2, 0.0), math.log(2))


def earth_movers_distance(p: ArrayLike, q: ArrayLike, *, positions: ArrayLike | None = None) -> float:
    """Return the least cost of moving the mass of one histogram to where the other has it: the 1-Wasserstein distance.

    What a move costs must be known. Labels are names: cat is as far from dog as from lorry. So without `positions` a
    move from any label to any other costs 1, and the distance is the share of the images whose label must change, the
    total variation sum |p_i - q_i| / 2. With `positions`, of ordered bins or of labels on a scale, a move costs the
    way, and the distance is the area between the cumulated shares (Vallender, 1974).

    Args:
        p: probabilities or counts, not negative, shape [c]; both are divided by their sums.
        q: the same.
        positions: where each bin lies, shape [c], in any order; None for labels.

    Returns:
        At least 0, and 0 for equal shares; at most 1 for labels, in the units of the positions otherwise.

    Raises:
        InputError: if a histogram is not a vector of real numbers, has a negative entry or no positive one, or the
            lengths differ.
        NumericsError: if an entry or a position is not finite.

    >>> import numpy as np
    >>> here, there = np.array([1.0, 0, 0, 0]), np.array([0, 0, 0, 1.0])
    >>> earth_movers_distance(here, there), earth_movers_distance(here, there, positions=np.arange(4.0))
    (1.0, 3.0)
    """
    shares = _pair(p, q)
    if positions is None:
        return float((shares[0] - shares[1]).abs().sum()) / 2
    places = real_vector(positions, "positions")
    if len(places) != len(shares[0]):
        raise InputError(f"positions must have shape [{len(shares[0])}] as the histograms have; got {[len(places)]}")
    return _area(places, shares[0] - shares[1])


def histograms(real: ArrayLike, fake: ArrayLike, *, bins: int) -> tuple[Int64[Tensor, " c"], Int64[Tensor, " c"]]:
    """Return two samples' counts in equal bins over their common range, for the divergences above.

    The divergences of samples depend on the bins, which is why their number has no default.

    Args:
        real: shape [m].
        fake: shape [n].
        bins: number of bins from the least to the largest number of both samples; the last one holds its upper edge.

    Raises:
        InputError: if a sample is not a vector of at least one number, or there is no bin.
        NumericsError: if a number is not finite.

    >>> import numpy as np
    >>> histograms(np.array([0.0, 1.0, 1.5]), np.array([4.0]), bins=4)
    (tensor([1, 2, 0, 0]), tensor([0, 0, 0, 1]))
    """
    bins = whole("bins", bins, least=1)
    sides = real_vector(real, "real samples"), real_vector(fake, "fake samples")
    low, high = (float(end) for end in torch.cat(sides).aminmax())
    if low == high:
        return tuple(torch.bincount(torch.zeros(len(side), dtype=torch.int64), minlength=bins) for side in sides)  # type: ignore[return-value]
    edges = torch.linspace(low, high, bins + 1, dtype=torch.float64)[1:-1]
    one, other = (torch.bincount(torch.bucketize(side, edges, right=True), minlength=bins) for side in sides)
    return one, other


def _kl(p: Shares, q: Shares) -> float:
    here = p > 0
    # Shares sum to 1 but for rounding, which could leave a sum just below 0.
    return max(float((p[here] * (p[here].log() - q[here].log())).sum()), 0.0)


def _area(positions: Float64[Tensor, " c"], difference: Shares) -> float:
    """Return the integral of the absolute cumulated difference over the positions."""
    order = positions.argsort()
    return float((difference[order].cumsum(dim=0)[:-1].abs() * positions[order].diff()).sum())


def _pair(p: ArrayLike, q: ArrayLike) -> tuple[Shares, Shares]:
    first, second = _shares(p, "p"), _shares(q, "q")
    if len(first) != len(second):
        raise InputError(f"both histograms need one length; got {len(first)} and {len(second)}")
    return first, second


def _shares(histogram: ArrayLike, name: str) -> Shares:
    values = real_vector(histogram, name)
    if (values < 0).any():
        raise InputError(f"{name} must not be negative, but entry {int((values < 0).nonzero()[0, 0])} is")
    total = float(values.sum())
    if total == 0:
        raise InputError(f"{name} must have a positive sum; got 0")
    return values / total
