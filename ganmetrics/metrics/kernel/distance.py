"""The kernel distance over subsets (KID), in the conventions of the libraries that report it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import named_in, seed_number, whole
from ganmetrics.core.kernels.discrepancy import squared_mmd
from ganmetrics.core.kernels.functions import PolynomialKernel
from ganmetrics.core.kernels.sums import kernel_sums, subset_sums
from ganmetrics.core.kernels.tiles import FeaturePair
from ganmetrics.core.memory import MEMORY
from ganmetrics.errors import InputError, NotEnoughSamples

Subset = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class KernelDistanceConvention:
    """How a library draws subsets of images and sums them up; the kernel is the same in all.

    Attributes:
        subsets: number of subsets; None where the images are cut into blocks, in order, each used once.
        subset_size: images a side in a subset; with blocks, the most in one.
        shrinks: whether a subset takes all images where there are fewer, as the peer does without a word.
        seed: of the draws; None where the library leaves them to the global generator.
        draws: ``numpy``, `choice` without replacement of a `RandomState`; ``torch``, the start of a `randperm`.
        fake_first: whether a subset's fakes are drawn before its reals.
        spread: what `std` is: the ``subsets``' standard deviation, divided by their number, or the standard ``error``
            of the mean of blocks, divided by one less.
    """

    subsets: int | None = 100
    subset_size: int = 1000
    shrinks: bool = False
    seed: int | None = None
    draws: Literal["numpy", "torch"] = "numpy"
    fake_first: bool = False
    spread: Literal["subsets", "error"] = "subsets"


KERNEL_CONVENTIONS = MappingProxyType(
    {
        "ganmetrics": KernelDistanceConvention(shrinks=True, seed=2020),
        "torch-fidelity": KernelDistanceConvention(seed=2020),
        "torchmetrics": KernelDistanceConvention(draws="torch"),
        "clean-fid": KernelDistanceConvention(shrinks=True, fake_first=True),
        "stylegan": KernelDistanceConvention(shrinks=True, fake_first=True),
        "dgm-eval": KernelDistanceConvention(shrinks=True, seed=13579),
        "mmd-gan": KernelDistanceConvention(subsets=50, fake_first=True),
        "tf-gan": KernelDistanceConvention(subsets=None, subset_size=1024, spread="error"),
    }
)
"""The conventions by library. Ours is torch-fidelity's, but takes all images where there are fewer than 1000;
``mmd-gan`` is the original code of Bińkowski et al. (2018). dgm-eval's seed is that of NumPy's global generator, which
its choice of images, if it makes one, has advanced by then. Real images are torch-fidelity's input 1."""


MOST_SUBSETS = 100_000
"""Subsets that may be asked for: their spread is then known to 0.2 %, and more would only take hours."""


@dataclass(frozen=True)
class KernelDistance:
    """A kernel distance: lower is better, and 0 on average for equal populations.

    Attributes:
        value: mean over the subsets; unbiased, and so below 0 by chance where the populations are close.
        std: standard deviation over the subsets, or the convention's standard error; NaN for an error from one block.
            Subsets share images: it is no standard error of `value` (see `kernel_distance_estimate`).
        subset_size: images a side in a subset; with blocks, the most in one.
        subsets: number of subsets.
    """

    value: float
    std: float
    subset_size: int
    subsets: int


def kernel_distance(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    subsets: int | None = None,
    subset_size: int | None = None,
    seed: int | None = None,
    convention: str | KernelDistanceConvention = "ganmetrics",
    degree: int = 3,
    gamma: float | None = None,
    coef0: float = 1.0,
    memory: int = MEMORY,
) -> KernelDistance:
    """Return the kernel distance, KID with Inception's pool3 (Bińkowski et al., 2018, arXiv 1801.01401, section 4).

    The squared maximum mean discrepancy with the kernel (gamma x.y + coef0)^degree, estimated without bias (Gretton et
    al., JMLR 13, 2012, equation 3) on random subsets of both sides, and averaged. The kernel exists a tile at a time.

    Args:
        real: features, floating point, shape [m, d]; a tensor, an array, or a memory map of a file.
        fake: features, floating point, shape [n, d].
        subsets: number of subsets; None for the convention's own, which is 100 in most.
        subset_size: images a side in a subset; None for the convention's own: for ours 1000, or all where there are
            fewer.
        seed: of the draws; None for the convention's own. With s, torchmetrics agrees after `torch.manual_seed(s)`,
            and clean-fid, stylegan and mmd-gan after `numpy.random.seed(s)`.
        convention: a name in `KERNEL_CONVENTIONS`, or a convention of your own.
        degree: of the kernel.
        gamma: factor of the inner product; None for 1/d.
        coef0: added to the inner product.
        memory: bytes to work in, besides the features.

    Raises:
        InputError: if the features are not floating-point matrices of one width, the convention is unknown, it needs a
            seed or has no use for one or for `subsets`, or an option is out of range.
        NotEnoughSamples: if a subset is larger than a side.
        NumericsError: if a feature is not finite, naming the row, or the kernel overflows.

    >>> draw = torch.Generator().manual_seed(0)
    >>> real, fake = torch.randn(200, 16, generator=draw), 1 + torch.randn(200, 16, generator=draw)
    >>> distance = kernel_distance(real, fake, subsets=10, subset_size=100)
    >>> round(distance.value), distance.subset_size, distance.subsets
    (7, 100, 10)
    """
    chosen = named_in("convention", convention, KERNEL_CONVENTIONS)
    pair = FeaturePair(real, fake, PolynomialKernel(degree, gamma, coef0), memory=memory)
    counts = (len(real), len(fake))
    if chosen.subsets is None:
        _check_in_order(subsets, seed)
        size = whole("subset_size", chosen.subset_size if subset_size is None else subset_size, least=1)
        drawn = _blocks(counts, size)
    else:
        number = whole("subsets", chosen.subsets if subsets is None else subsets, least=1, most=MOST_SUBSETS)
        size = _subset_size(counts, subset_size, chosen)
        drawn = _draws(counts, number, size, chosen, seed)
        if sum(counts) ** 2 <= 4 * number * size**2 and 8 * number * sum(counts) <= pair.spare:
            return _result(_together(pair, counts, drawn), size, chosen)
    values = torch.tensor([squared_mmd(kernel_sums(pair, *rows)) for rows in drawn], dtype=torch.float64)
    return _result(values, size, chosen)


def check_subsets(
    real_count: int,
    fake_count: int,
    *,
    subsets: int | None = None,
    subset_size: int | None = None,
    seed: int | None = None,
    convention: str = "ganmetrics",
) -> None:
    """Raise what `kernel_distance` would for sides of so many images, before there are any features.

    >>> check_subsets(40, 40, subset_size=1000)
    Traceback (most recent call last):
        ...
    ganmetrics.errors.NotEnoughSamples: a subset of 1000 needs at least as many real images; got 40
    """
    chosen, counts = named_in("convention", convention, KERNEL_CONVENTIONS), (real_count, fake_count)
    if chosen.subsets is None:
        _check_in_order(subsets, seed)
        next(_blocks(counts, whole("subset_size", chosen.subset_size if subset_size is None else subset_size, least=1)))
    else:
        whole("subsets", chosen.subsets if subsets is None else subsets, least=1, most=MOST_SUBSETS)
        _subset_size(counts, subset_size, chosen)


def _check_in_order(subsets: int | None, seed: int | None) -> None:
    if subsets is not None or seed is not None:
        raise InputError(f"this convention cuts blocks in order; got subsets={subsets}, seed={seed}")


def _result(values: Tensor, size: int, chosen: KernelDistanceConvention) -> KernelDistance:
    return KernelDistance(float(values.mean()), _spread(values, chosen), size, len(values))


def _together(pair: FeaturePair, counts: tuple[int, int], drawn: Iterator[Subset]) -> Tensor:
    """Return the subsets' distances from one pass over all pairs, where these are no more than the subsets' pairs."""
    subsets = list(drawn)
    size = len(subsets[0][0])
    members = [torch.zeros(count, len(subsets), dtype=torch.float64) for count in counts]
    for column, rows in enumerate(subsets):
        for side, chosen in zip(members, rows, strict=True):
            side[chosen, column] = 1
    real, fake, mixed = subset_sums(pair, *members)
    distances: Tensor = (real + fake) / (size * (size - 1)) - 2 * mixed / size**2
    return distances


def _subset_size(counts: tuple[int, int], asked: int | None, convention: KernelDistanceConvention) -> int:
    size = whole("subset_size", convention.subset_size if asked is None else asked, least=1)
    if asked is None and convention.shrinks:
        size = min(size, *counts)
    for name, count in zip(("real", "fake"), counts, strict=True):
        if size > count:
            raise NotEnoughSamples(f"a subset of {size} needs at least as many {name} images; got {count}")
    if size <= 1:
        raise NotEnoughSamples(f"a kernel distance needs subsets of at least 2 images a side; got {size}")
    return size


def _draws(
    counts: tuple[int, int], number: int, size: int, convention: KernelDistanceConvention, seed: int | None
) -> Iterator[Subset]:
    start = convention.seed if seed is None else seed
    if start is None:
        raise InputError("this convention leaves its draws to a global generator: it needs a seed; got None")
    start = seed_number("seed", start)
    if convention.draws == "torch":
        rng = torch.Generator().manual_seed(start)

        def draw(count: int) -> Tensor:
            return torch.randperm(count, generator=rng)[:size]
    else:
        # The peers' own generator, kept for their numbers' sake.
        state = np.random.RandomState(start)

        def draw(count: int) -> Tensor:
            return torch.from_numpy(state.choice(count, size, replace=False))

    for _ in range(number):
        if convention.fake_first:
            fake = draw(counts[1])
            yield draw(counts[0]), fake
        else:
            real = draw(counts[0])
            yield real, draw(counts[1])


def _blocks(counts: tuple[int, int], size: int) -> Iterator[Subset]:
    """Yield blocks of both sides in order: as many as the larger side needs, the last of them larger by at most one."""
    number = -(-max(counts) // size)
    if min(counts) < 2 * number:
        raise NotEnoughSamples(f"{number} blocks need at least {2 * number} images a side; got {min(counts)}")
    edges = []
    for count in counts:
        larger = count % number
        sizes = [count // number] * (number - larger) + [count // number + 1] * larger
        edges.append(np.cumsum([0, *sizes]).tolist())
    for i in range(number):
        yield torch.arange(edges[0][i], edges[0][i + 1]), torch.arange(edges[1][i], edges[1][i + 1])


def _spread(values: Tensor, convention: KernelDistanceConvention) -> float:
    if convention.spread == "subsets":
        return float(values.std(correction=0))
    if len(values) == 1:
        return float("nan")
    return float(values.std()) / math.sqrt(len(values))
