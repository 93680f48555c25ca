"""The Inception Score, in the conventions of the libraries that report it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from ganmetrics._text import shown
from ganmetrics._types import ArrayLike, Logits
from ganmetrics.core.arrays import check_finite_rows, to_double
from ganmetrics.core.checks import named_in, of_type, whole
from ganmetrics.core.entropy import mean_divergence_from_marginal
from ganmetrics.errors import InputError, NotEnoughSamples


@dataclass(frozen=True)
class InceptionScoreConvention:
    """How a library cuts images into splits and sums them up; logits with or without bias are the caller's matter.

    Attributes:
        splits: number of splits; None where `split_size` is given.
        boundaries: ``even``, split i from i*n//splits on; ``chunk``, ceil(n/splits) images each, the last fewer;
            ``floor``, n//splits images each, and the rest left out.
        split_size: images in a split, the last one smaller; None where `splits` is given.
        seed: of the NumPy `RandomState` whose permutation shuffles the images first; None for none.
        shuffled_by_rng: whether the images are shuffled by the generator that the caller passes.
        ddof: the standard deviation over m splits divides by m - ddof.
    """

    splits: int | None = 10
    boundaries: Literal["even", "chunk", "floor"] = "even"
    split_size: int | None = None
    seed: int | None = None
    shuffled_by_rng: bool = False
    ddof: int = 0


INCEPTION_CONVENTIONS = MappingProxyType(
    {
        "improved-gan": InceptionScoreConvention(),
        "stylegan": InceptionScoreConvention(),
        "pytorch-image-generation-metrics": InceptionScoreConvention(),
        "torch-fidelity": InceptionScoreConvention(seed=2020),
        "dgm-eval": InceptionScoreConvention(boundaries="floor", seed=2020),
        "torchmetrics": InceptionScoreConvention(boundaries="chunk", shuffled_by_rng=True, ddof=1),
        "studiogan": InceptionScoreConvention(splits=1, ddof=1),
        "adm": InceptionScoreConvention(splits=None, split_size=5000),
    }
)
"""The conventions by library; ``improved-gan`` is the original code of Salimans et al. (2016)."""


@dataclass(frozen=True)
class InceptionScore:
    """An Inception Score: higher is better.

    Attributes:
        value: mean over the splits, from 1 to the number of classes.
        std: standard deviation over the splits; NaN where it is undefined, for one split with ddof 1.
    """

    value: float
    std: float


def inception_score(
    logits: ArrayLike,
    *,
    splits: int | None = None,
    convention: str | InceptionScoreConvention = "improved-gan",
    rng: torch.Generator | None = None,
) -> InceptionScore:
    """Return the Inception Score exp(E_x KL(p(y|x) || p(y))) (Salimans et al., 2016, arXiv 1606.03498, section 4).

    Args:
        logits: class scores before the softmax, floating point, shape [n, c].
        splits: number of splits; None for the convention's own, which is 10 in most.
        convention: a name in `INCEPTION_CONVENTIONS`, or a convention of your own.
        rng: shuffles the images where the convention does so without a seed of its own, and only there.

    Returns:
        Mean and standard deviation over the splits.

    Raises:
        InputError: if `logits` is not a floating-point matrix, the convention is unknown, `splits` is below 1 or given
            to a convention of fixed split size, or `rng` is missing or of no use.
        NotEnoughSamples: if there are fewer images than splits.
        NumericsError: if a logit is not finite, naming the row.

    >>> certain = 1000 * torch.eye(4).repeat(20, 1)
    >>> round(inception_score(certain, splits=2).value, 9)
    4.0
    """
    chosen = named_in("convention", convention, INCEPTION_CONVENTIONS)
    scores = [mean_divergence_from_marginal(part) for part in split_logits(logits, splits, chosen, rng)]
    return score_of_splits(scores, chosen.ddof)


def split_logits(
    logits: ArrayLike, splits: int | None, convention: InceptionScoreConvention, rng: torch.Generator | None
) -> Iterator[Logits]:
    """Yield the logits of each split in float64, once all are known to be finite; see `inception_score`."""
    check_finite_rows(logits, "logits")
    order = _order(len(logits), convention, rng)
    for start, stop in split_bounds(len(logits), splits, convention):
        yield to_double(_take(logits, order[start:stop]))


def score_of_splits(divergences: list[float], ddof: int) -> InceptionScore:
    """Return the score of splits with these mean divergences."""
    values = torch.tensor(divergences, dtype=torch.float64).exp()
    if len(values) <= ddof:
        return InceptionScore(float(values.mean()), float("nan"))
    return InceptionScore(float(values.mean()), float(values.std(correction=ddof)))


def _take(logits: ArrayLike, rows: Tensor) -> ArrayLike:
    return logits[rows.numpy()] if isinstance(logits, np.ndarray) else logits[rows.to(logits.device)]


def _order(count: int, convention: InceptionScoreConvention, rng: torch.Generator | None) -> Tensor:
    if convention.shuffled_by_rng != (rng is not None):
        needed = "needs" if convention.shuffled_by_rng else "has no use for"
        raise InputError(f"this convention of the Inception Score {needed} an rng; got {shown(rng)}")
    if rng is not None:
        of_type("rng", rng, torch.Generator, "a torch.Generator")
        return torch.randperm(count, generator=rng)
    if convention.seed is not None:
        # The peers' own generator, kept for their numbers' sake.
        return torch.from_numpy(np.random.RandomState(convention.seed).permutation(count))
    return torch.arange(count)


def split_bounds(count: int, splits: int | None, convention: InceptionScoreConvention) -> Sequence[tuple[int, int]]:
    """Return where each split of `count` images starts and stops.

    Raises:
        InputError: if `splits` is below 1, or given to a convention of fixed split size.
        NotEnoughSamples: if there are fewer images than splits.
    """
    if convention.split_size is not None:
        if splits is not None:
            raise InputError(f"splits are of {convention.split_size} images in this convention; got splits={splits}")
        return [(start, min(start + convention.split_size, count)) for start in range(0, count, convention.split_size)]
    number = convention.splits if splits is None else splits
    number = whole("splits", number, least=1)
    if number > count:
        raise NotEnoughSamples(f"{number} splits need at least as many images; got {count}")
    if convention.boundaries == "even":
        return [(i * count // number, (i + 1) * count // number) for i in range(number)]
    if convention.boundaries == "floor":
        size = count // number
        return [(i * size, (i + 1) * size) for i in range(number)]
    size = -(-count // number)
    return [(start, min(start + size, count)) for start in range(0, count, size)]
