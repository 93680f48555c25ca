"""Whether two groups of numbers may be one: a permutation test of their means."""

import numpy as np
import numpy.typing as npt
from torch import Tensor

from ganmetrics.core.checks import seed_number, whole
from ganmetrics.errors import NotEnoughSamples

PERMUTATIONS = 9999
"""The smallest p-value is then 1 in 10,000."""
MOST_PERMUTATIONS = 1_000_000
"""Exchanges that may be asked for: no p-value is worth being known better than to a millionth."""
_CHUNK = 2**22
_TIES = 1e-9
"""Relative difference up to which two statistics count as equal: rounding depends on the order of a sum."""

Statistics = npt.NDArray[np.float64]


def permutation_p_value(first: Tensor, second: Tensor, *, permutations: int = PERMUTATIONS, seed: int = 0) -> float:
    """Return the two-sided p-value of equal means, over random exchanges of numbers between the groups.

    The statistic is Welch's t. If all numbers come from one distribution the test is exact for any counts: the
    statistic as it is ranks uniformly among those of exchanged groups, itself included. Dividing by the standard error
    keeps the test valid for large groups whose means are equal but whose spreads are not (Chung and Romano, Annals
    of Statistics 41, 2013).

    Args:
        first: one number for each image of a group, shape [n], n at least 2.
        second: the same of the other group, shape [m].
        permutations: random exchanges; the p-value is a multiple of 1 / (permutations + 1).
        seed: of the exchanges.

    Returns:
        The share of exchanges, the one at hand included, whose statistic is as far from 0: above 0 and at most 1.

    Raises:
        InputError: if `permutations` is not positive or above a million, or the seed is none.
        NotEnoughSamples: if a group has one number only.

    >>> import torch
    >>> one, other = torch.arange(10.0), torch.arange(10.0) + 8
    >>> permutation_p_value(one, other) < 0.001, permutation_p_value(one, one)
    (True, 1.0)
    """
    permutations, seed = whole("permutations", permutations, least=1, most=MOST_PERMUTATIONS), seed_number("seed", seed)
    if min(len(first), len(second)) <= 1:
        raise NotEnoughSamples(f"a test of two means needs at least 2 images a group; got {len(first)}, {len(second)}")
    numbers = np.concatenate([first.double().cpu().numpy(), second.double().cpu().numpy()])
    numbers -= numbers.mean()
    # What the test says does not depend on the scale, and squares must neither overflow nor vanish.
    numbers /= np.abs(numbers).max() or 1.0
    observed = float(_welch(numbers[None], len(first))[0])
    rng = np.random.default_rng(seed)
    height = max(1, _CHUNK // len(numbers))
    reached = 0
    for start in range(0, permutations, height):
        rows = min(height, permutations - start)
        exchanged = rng.permuted(np.broadcast_to(numbers, (rows, len(numbers))), axis=1)
        reached += int((_welch(exchanged, len(first)) >= observed * (1 - _TIES)).sum())
    return (1 + reached) / (1 + permutations)


def _welch(numbers: Statistics, count: int) -> Statistics:
    """Return |t| of the first `count` numbers of each row against the others; infinite without any spread in them."""
    groups = numbers[:, :count], numbers[:, count:]
    gap = np.abs(groups[0].mean(axis=1) - groups[1].mean(axis=1))
    # Constant groups have a mean, and so a spread, of rounding errors.
    gap[gap <= _TIES] = 0.0
    error = np.sqrt(sum(group.var(axis=1, ddof=1) / group.shape[1] for group in groups))
    error[error <= _TIES] = 0.0
    with np.errstate(divide="ignore"):
        statistic: Statistics = np.divide(gap, error, out=np.zeros_like(gap), where=gap > 0)
    return statistic
