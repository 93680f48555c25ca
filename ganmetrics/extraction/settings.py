"""An `Extraction` with its network at hand: everything but the images that can change a number."""

from dataclasses import dataclass, field

import torch

from ganmetrics._text import clipped, shown
from ganmetrics._types import Progress
from ganmetrics.core.arrays import check_default_device
from ganmetrics.data.geometry import Geometry
from ganmetrics.errors import InputError
from ganmetrics.extraction.cropping import CroppingExtractor, cropping
from ganmetrics.extraction.options import Extraction
from ganmetrics.features.base import Extractor
from ganmetrics.features.names import DEFAULT_EXTRACTOR, OPENVINO, TORCH
from ganmetrics.features.network import NetworkExtractor
from ganmetrics.features.registry import keep_open, open_extractor
from ganmetrics.features.resize import Preprocessing
from ganmetrics.protocols import Protocol, resolve_protocol
from ganmetrics.ranks import current, own_cores
from ganmetrics.timing import stage

INCEPTION_SIZE = (299, 299)
MOST_WORKERS = 16
"""Decoding processes by default: at 8 ms for a photograph of 512 pixels they feed 2,000 images a second."""
_BATCH = 32
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
        backend: who computes it.
        bit_depth: how many bits the values of 16-bit images use.
        geometry: what is cut out of an image before the extractor's own preparation.
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
    backend: str = TORCH
    bit_depth: int = 16
    geometry: Geometry = field(default_factory=Geometry)

    @property
    def chosen_by(self) -> int | None:
        """The seed of the choice of images; None where all are used."""
        return None if self.count is None else self.seed

    def build_network(self) -> None:
        """Build the network now: weights that do not fit must not show only after a look at all the images.

        Raises:
            WeightsError: the extractor's weights do not fit it.
        """
        extractor = self.extractor.inner if isinstance(self.extractor, CroppingExtractor) else self.extractor
        if isinstance(extractor, NetworkExtractor):
            current().each(lambda: extractor.network is not None)


def open_settings(how: Extraction, *, progress: Progress | None) -> Settings:
    """Return the options with the extractor that they name; its network is built when it is needed.

    Raises:
        InputError: a name is unknown, or the device cannot be used.
        WeightsError: the extractor's weights cannot be found.
    """
    check_default_device()
    device = _resolve_device("cpu" if how.device is None and how.backend == OPENVINO else how.device)
    if how.backend == OPENVINO and device.type != "cpu":
        raise InputError(f"backend openvino computes on the CPU; got device {device}")
    extractor = DEFAULT_EXTRACTOR if how.extractor is None else how.extractor
    if isinstance(extractor, str):
        protocol = resolve_protocol(how.protocol, extractor)
        with stage("loading the network"):
            loaded = open_extractor(
                extractor,
                preprocessing=_preprocessing(protocol),
                weights=how.weights,
                offline=how.offline,
                progress=progress,
                backend=how.backend,
            )
    else:
        protocol, loaded = resolve_protocol(how.protocol, extractor.spec.name), extractor
        if how.backend != TORCH:
            loaded = keep_open(extractor, how.backend)
    return Settings(
        extractor=cropping(loaded, how.geometry, how.bit_depth),
        protocol=protocol,
        count=how.count,
        seed=how.seed,
        alpha=how.alpha,
        skip_bad=how.skip_bad,
        batch_size=how.batch_size or (CPU_BATCH if device.type == "cpu" else _BATCH),
        workers=default_workers() if how.workers is None else how.workers,
        device=device,
        backend=how.backend,
        bit_depth=how.bit_depth,
        geometry=how.geometry,
    )


def _preprocessing(protocol: Protocol) -> Preprocessing | None:
    if protocol.resize is None or protocol.scaling is None:
        return None
    return Preprocessing(protocol.resize, (protocol.size, protocol.size), protocol.scaling)


def default_workers() -> int:
    """Return how many processes decode: one for each core of this process, which wait where the network is slower."""
    return min(MOST_WORKERS, own_cores())


def _resolve_device(device: str | torch.device | None) -> torch.device:
    if device is None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        resolved = torch.device(device)
        torch.zeros(1, device=resolved).cpu()  # the meta device, for one, has no values to give back
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = clipped(str(error).splitlines()[0])
        raise InputError(f"device must be one that this torch can use; got {shown(str(device))} ({reason})") from None
    return resolved
