"""Everything but the images that can change a number, resolved once."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from ganmetrics._types import Progress
from ganmetrics.data.pixels import check_alpha
from ganmetrics.errors import InputError
from ganmetrics.features.base import Extractor
from ganmetrics.features.compiled import WORTH_COMPILING, CompiledExtractor
from ganmetrics.features.registry import load_extractor
from ganmetrics.features.resize import Preprocessing
from ganmetrics.protocols import Protocol, resolve_protocol
from ganmetrics.ranks import launched_here, usable_cores
from ganmetrics.timing import stage

logger = logging.getLogger(__name__)

INCEPTION_SIZE = (299, 299)
MOST_WORKERS = 16
"""Decoding processes by default: at 8 ms for a photograph of 512 pixels they feed 2,000 images a second."""
BATCH = 32
CPU_BATCH = 8
"""A CPU's network sees a few at a time whatever the batch; a larger one would only wait in memory."""


@dataclass(frozen=True)
class Settings:
    """How the images of one side become features.

    Attributes:
        extractor: the network and its preparation of one image.
        protocol: the conventions that the preparation follows.
        count: how many images to choose; None for all.
        seed: of the choice of `count` images.
        alpha: what transparent pixels become: ``white``, ``black``, ``drop`` or ``refuse``.
        skip_bad: score the readable images where some cannot be read.
        batch_size: images a pass of the network.
        workers: decoding processes; 0 decodes in this one.
        device: where the network runs.
    """

    extractor: Extractor
    protocol: Protocol
    count: int | None
    seed: int
    alpha: str
    skip_bad: bool
    batch_size: int
    workers: int
    device: torch.device

    @property
    def chosen_by(self) -> int | None:
        """The seed of the choice of images; None where all are used."""
        return None if self.count is None else self.seed

    @property
    def compiled(self) -> bool:
        """Whether the network is compiled where there are images enough to repay it."""
        return isinstance(self.extractor, CompiledExtractor)

    def compiles(self, count: int) -> bool:
        """Tell whether a pass over so many images runs compiled."""
        return isinstance(self.extractor, CompiledExtractor) and self.extractor.for_count(count) is self.extractor

    def for_count(self, count: int) -> "Settings":
        """Return the settings of a pass over so many images, which may be too few to compile for."""
        if not isinstance(self.extractor, CompiledExtractor):
            return self
        if not self.compiles(count):
            least = f"{WORTH_COMPILING:,}"
            logger.info("not compiled: %s images are fewer than the about %s that repay it", f"{count:,}", least)
        return replace(self, extractor=self.extractor.for_count(count))


def resolve_settings(
    extractor: str | Extractor,
    *,
    protocol: str | None,
    weights: str | Path | None,
    offline: bool,
    count: int | None,
    seed: int,
    alpha: str,
    skip_bad: bool,
    batch_size: int | None,
    workers: int | None,
    compile: bool = False,
    device: str | torch.device | None,
    progress: Progress | None,
) -> Settings:
    """Check the options, load the extractor and return both as one value.

    Raises:
        InputError: an option is out of range, or names something unknown.
        WeightsError: the extractor's weights are not to be had.
    """
    _check_default_device()
    _check_at_least(1, batch_size=batch_size, count=count)
    _check_at_least(0, workers=workers, seed=seed)
    check_alpha(alpha)
    if isinstance(extractor, str):
        chosen = resolve_protocol(protocol, extractor)
        with stage("loading the network"):
            loaded = load_extractor(
                extractor,
                preprocessing=_preprocessing(chosen),
                weights=weights,
                offline=offline,
                progress=progress,
            )
    else:
        if weights is not None:
            raise InputError("weights go with an extractor given by name; got them with an extractor object")
        chosen, loaded = resolve_protocol(protocol, extractor.spec.name), extractor
    if compile:
        loaded = CompiledExtractor.of(loaded)
    resolved = _resolve_device(device)
    return Settings(
        extractor=loaded,
        protocol=chosen,
        count=count,
        seed=seed,
        alpha=alpha,
        skip_bad=skip_bad,
        batch_size=batch_size or (CPU_BATCH if resolved.type == "cpu" else BATCH),
        workers=_default_workers() if workers is None else workers,
        device=resolved,
    )


def _preprocessing(protocol: Protocol) -> Preprocessing | None:
    if protocol.resize is None or protocol.scaling is None:
        return None
    return Preprocessing(protocol.resize, (protocol.size, protocol.size), protocol.scaling)


def _check_at_least(least: int, **options: int | None) -> None:
    for name, value in options.items():
        if value is not None and value < least:
            raise InputError(f"{name} must be at least {least}; got {value}")


def _default_workers() -> int:
    """Return how many processes decode: one for each core of this process, which wait where the network is slower.

    torchrun gives its processes one thread each, whatever the cores are, so there these are counted and divided.
    """
    processes = launched_here()
    cores = torch.get_num_threads() if processes is None else max(1, usable_cores() // processes)
    return min(MOST_WORKERS, cores)


def _check_default_device() -> None:
    # Statistics lie on the CPU; with another default every tensor that joins them would be made elsewhere.
    default = torch.get_default_device()
    if default.type != "cpu":
        raise InputError(f"torch's default device needs to be the CPU here, within torch.device('cpu'); got {default}")


def _resolve_device(device: str | torch.device | None) -> torch.device:
    if device is None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        resolved = torch.device(device)
        torch.zeros(1, device=resolved).cpu()  # the meta device, for one, has no values to give back
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"device must be one that this torch can use; got {str(device)!r} ({reason})") from None
    return resolved
