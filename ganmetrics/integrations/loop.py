"""Scoring a generator in any training loop: evaluation mode, random numbers of its own, an average of the weights.

Needs torch only. Every other integration is a few lines over `score_generator`.
"""

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor, distributed, nn

from ganmetrics import Evaluator, InputError, Report, to_uint8
from ganmetrics.core import checks
from ganmetrics.core.arrays import check_array

Generate = Callable[[int, torch.Generator], Tensor]
"""Called with a number of images and a seeded generator on the CPU; returns uint8 images, or floats in [-1, 1]."""


@runtime_checkable
class SwappedWeights(Protocol):
    """What diffusers' ``EMAModel`` and torch-ema's ``ExponentialMovingAverage`` have in common."""

    def store(self, parameters: Any) -> None:  # noqa: ANN401 - an iterable of parameters
        """Put the weights of training aside."""
        ...

    def copy_to(self, parameters: Any) -> None:  # noqa: ANN401
        """Write the average into parameters."""
        ...

    def restore(self, parameters: Any) -> None:  # noqa: ANN401
        """Put the weights of training back."""
        ...


Average = nn.Module | Mapping[str, Tensor] | SwappedWeights
"""An average of a network's weights: another module, a state dict, or an object that swaps them itself."""


@contextmanager
def evaluating(network: nn.Module) -> Iterator[nn.Module]:
    """Put a network into evaluation mode, without gradients, and give every part its own mode back afterwards.

    >>> network = nn.Sequential(nn.Dropout(), nn.BatchNorm1d(2).eval())
    >>> with evaluating(network):
    ...     network.training
    False
    >>> [part.training for part in network]
    [True, False]

    Raises:
        InputError: it is no network.
    """
    check_module("a network", network)
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        with torch.no_grad():
            yield network
    finally:
        for module, training in modes:
            module.training = training


@contextmanager
def averaged(network: nn.Module, average: Average | None) -> Iterator[nn.Module]:
    """Let a network have an average of its weights for the block, and give it its own back, to the last bit.

    Args:
        network: the one that is trained.
        average: a module such as `torch.optim.swa_utils.AveragedModel` or a copy of the network, a state dict,
            diffusers' ``EMAModel``, or None for the network as it is.

    Raises:
        InputError: there is no network; or the average has no weights of the network's names, or of other shapes.

    >>> network = nn.Linear(1, 1, bias=False)
    >>> with averaged(network, {"weight": torch.tensor([[7.0]])}):
    ...     network.weight.item()
    7.0
    """
    check_module("a network", network)
    if average is None:
        yield network
        return
    if isinstance(average, SwappedWeights):
        average.store(network.parameters())
        try:
            average.copy_to(network.parameters())
            yield network
        finally:
            average.restore(network.parameters())
        return
    own = {name: value.detach().clone() for name, value in network.state_dict().items()}
    weights = own | _weights_for(average, own)
    try:
        network.load_state_dict(weights)
        yield network
    finally:
        network.load_state_dict(own)


def _weights_for(average: nn.Module | Mapping[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    state = average.state_dict() if isinstance(average, nn.Module) else average
    hint = "a module, a state dict, or an object that swaps weights, such as diffusers' EMAModel"
    checks.of_type("an average", state, Mapping, hint)
    # AveragedModel keeps the network as ``module``, and a count beside it.
    named = {str(name).removeprefix("module."): value for name, value in state.items()}
    found = {name: named[name] for name in own if name in named}
    if not found:
        raise InputError(f"an average needs weights of the network's names, such as {next(iter(own), '')!r}; got none")
    for name, value in found.items():
        checks.of_type(f"an average's {name}", value, Tensor, "a tensor")
        check_array(value, f"an average's {name}")
        if value.shape != own[name].shape:
            raise InputError(f"an average's {name} must be {list(own[name].shape)}; got {list(value.shape)}")
        if value.is_complex() and not own[name].is_complex():
            raise InputError(f"an average's {name} must be {own[name].dtype}; got {value.dtype}")
    return found


@contextmanager
def random_numbers_of(seed: int) -> Iterator[torch.Generator]:
    """Give a seeded generator, seed torch, NumPy and Python alike for the block, and put all back as they were.

    Training goes on with the numbers that it would have had, whatever is drawn in between.

    >>> before = torch.get_rng_state()
    >>> with random_numbers_of(0) as rng:
    ...     _ = torch.randn(3), torch.randn(3, generator=rng)
    >>> torch.equal(torch.get_rng_state(), before)
    True

    Raises:
        InputError: the seed is no whole number from 0 on.
    """
    seed = checks.whole("seed", seed, least=0)
    with _GLOBAL_NUMBERS, _seeded(seed) as rng:
        yield rng


_GLOBAL_NUMBERS = threading.RLock()
"""One thread at a time has them: they are the same for all."""


@contextmanager
def _seeded(seed: int) -> Iterator[torch.Generator]:
    # Seeds of their own: of one seed, latents and a network's noise would be the same numbers.
    seeds = [int(number) for number in np.random.SeedSequence(seed).generate_state(4)]
    of_python, of_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002 - that which others draw from
    with torch.random.fork_rng():
        torch.manual_seed(seeds[0])
        random.seed(seeds[1])
        np.random.seed(seeds[2])  # noqa: NPY002
        try:
            yield torch.Generator().manual_seed(seeds[3])
        finally:
            random.setstate(of_python)
            np.random.set_state(of_numpy)  # noqa: NPY002


def score_generator(
    evaluator: Evaluator, generate: Generate, *, count: int, batch_size: int = 64, seed: int = 0
) -> Report:
    """Return the scores of `count` images that a generator makes, `batch_size` at a time.

    Each batch has random numbers of its own, from the seed and the number of the batch, so that the images, and with
    them the scores, are the same at every call, and on any number of processes: called on all processes of
    torch.distributed's group, each makes a share of the batches and all return the same report.

    Args:
        evaluator: made once from the real images.
        generate: makes images; `evaluating` and `averaged` around its network are the caller's.
        count: number of images.
        batch_size: images that are asked for at a time.
        seed: of the images.

    Raises:
        InputError: a batch is of another number or kind than was asked for, or an argument is not what is needed.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> evaluator = Evaluator(random_images(40), extractor=ChannelMeans(), workers=0)
    >>> def generate(count, rng):
    ...     return torch.rand(count, 3, 4, 4, generator=rng) * 2 - 1
    >>> report = score_generator(evaluator, generate, count=30, batch_size=8)
    >>> report["fd_channel-means"].fake_count
    30
    """
    checks.of_type("evaluator", evaluator, Evaluator, "an Evaluator")
    count, batch_size, seed = check_asked(generate, count=count, batch_size=batch_size, seed=seed)
    rank, world = process_of()
    evaluator.reset()
    for number, start in enumerate(range(0, count, batch_size)):
        if number % world == rank:
            evaluator.update(_batch(generate, min(batch_size, count - start), _seed_of(seed, number)))
    return evaluator.compute()


def check_asked(generate: object, *, count: object, batch_size: object, seed: object) -> tuple[int, int, int]:
    """Return how many images are asked for, how many at a time, and their seed, where all is as it must be.

    Raises:
        InputError: `generate` is no function, or one of the numbers is none, or too small.
    """
    checks.function("generate", generate)
    return (
        checks.whole("count", count, least=1),
        checks.whole("batch_size", batch_size, least=1),
        checks.whole("seed", seed, least=0),
    )


def check_module(name: str, network: object) -> None:
    """Refuse what is no network.

    Raises:
        InputError: naming the type that came.
    """
    checks.of_type(name, network, nn.Module, "a torch module")


def process_of() -> tuple[int, int]:
    """Return the number of this process and how many there are, in torch.distributed's group."""
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return 0, 1


def _seed_of(seed: int, batch: int) -> int:
    """Return a batch's seed: NumPy's SeedSequence keeps streams of neighbouring numbers apart."""
    return int(np.random.SeedSequence((seed, batch)).generate_state(1, np.uint64)[0] >> np.uint64(1))


def _batch(generate: Generate, count: int, seed: int) -> Tensor:
    with random_numbers_of(seed) as rng, torch.no_grad():
        images = generate(count, rng)
    if not isinstance(images, Tensor):
        raise InputError(f"a generator must return a tensor of images; got {type(images).__name__}")
    came = 0 if images.is_nested or images.ndim == 0 else len(images)
    if came != count:
        raise InputError(f"a generator must return as many images as it is asked for, {count}; got {came}")
    return images if images.dtype == torch.uint8 else to_uint8(images)
