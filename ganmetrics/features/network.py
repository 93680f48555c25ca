"""From a network to an extractor: device, memory format and numerics, once for all networks."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cached_property
from threading import Lock

import torch
from torch import Tensor, nn

from ganmetrics.core.checks import one_of
from ganmetrics.core.float32 import ieee_float32
from ganmetrics.errors import InputError
from ganmetrics.features.base import ExtractorSpec, Outputs, Preparation
from ganmetrics.features.names import FULL_PRECISION, PRECISIONS, split_precision, with_precision

IMAGE_BATCH_AXES = 4
DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "bf16-stem-fp32": torch.bfloat16}
"""What convolutions and matrix products are computed in, in precisions below float32."""
STEM_FP32 = "bf16-stem-fp32"
_moving = Lock()  # not an extractor's own, with which it could be neither copied nor pickled
CPU_PIECE = 4
"""Images of a batch that a CPU's network sees at a time.

On two cores inception-v3 is 1.1 times as fast as with 32 and takes 0.3 GB less; efficientnet-lite0, whose activations
then stay in the caches, is 1.4 times as fast. With two at a time both are slower again.
"""


class FrozenNetwork(nn.Module):
    """A network that only ever evaluates: `train()` leaves it in evaluation mode, and no parameter has a gradient.

    Batch statistics or dropout in an extractor would make a score depend on its batches, so a training loop that
    switches all its modules must not reach this one. `forward` returns `Outputs`.

    Attributes:
        stem_in_float32: the first layers stay in float32 when the rest is computed in less, where `forward` knows them.
    """

    stem_in_float32 = False

    def freeze(self) -> "FrozenNetwork":
        """Enter evaluation mode, drop gradients, lay convolutions out channels last, and return self."""
        # Channels last is what convolution kernels of CPUs and of tensor cores want: 1.4 times as fast on a CPU.
        return self.eval().requires_grad_(False).to(memory_format=torch.channels_last)

    def stem_precision(self, device: torch.device) -> AbstractContextManager[object]:
        """Return what the stem is to be computed in."""
        return without_autocast(device) if self.stem_in_float32 else nullcontext()

    def train(self, mode: bool = True) -> "FrozenNetwork":  # noqa: ARG002
        """Stay in evaluation mode."""
        return super().train(False)


class NetworkExtractor:
    """An extractor made of a spec, a preparation of one image, and a network whose `forward` returns `Outputs`.

    The network is built when it is first needed: a run whose statistics are all cached needs the spec only.
    """

    def __init__(self, spec: ExtractorSpec, prepare: Preparation, build: Callable[[], FrozenNetwork]) -> None:
        self._spec = spec
        self._prepare = prepare
        self._build = build
        self._device = torch.device("cpu")

    def in_precision(self, precision: str) -> "NetworkExtractor":
        """Return this extractor computing in another precision, which its name then says.

        Activations and weights of convolutions and matrix products are rounded (autocast); statistics never are. What
        comes out is not the published network any more, so it is not canonical.

        Raises:
            InputError: there is no such precision, or the network has no stem to keep in float32.
        """
        name, _ = split_precision(self._spec.name)
        one_of("precision", precision, PRECISIONS)
        if precision == FULL_PRECISION:
            return self
        if precision == STEM_FP32 and name != "inception-v3":
            raise InputError(f"precision {STEM_FP32} is defined for inception-v3 only; got extractor {name}")
        spec = replace(self._spec, name=with_precision(name, precision), canonical=False)
        return NetworkExtractor(spec, self._prepare, self._build)

    @property
    def precision(self) -> str:
        """What the network computes in: one of `ganmetrics.features.names.PRECISIONS`."""
        return split_precision(self._spec.name)[1]

    @property
    def spec(self) -> ExtractorSpec:
        """The identity of the extractor."""
        return self._spec

    @property
    def prepare(self) -> Preparation:
        """The preparation of one image, run in the decoding workers."""
        return self._prepare

    @cached_property
    def network(self) -> FrozenNetwork:
        """The network, built and frozen at the first use.

        Raises:
            WeightsError: its weights do not fit it.
        """
        network = self._build().freeze()
        network.stem_in_float32 = self.precision == STEM_FP32
        return network

    def __call__(self, batch: Tensor, device: torch.device) -> Outputs:
        """Return the outputs for float32 prepared images [n, 3, H, W], computed on `device`, as float32 on the CPU.

        The network moves to `device` with the first batch and stays there. TF32 is off meanwhile and autocast is what
        the extractor's own precision says, whatever the caller's settings: FID moves by whole per cents in less.

        Raises:
            InputError: the batch is not float32 [n, 3, H, W].
        """
        if batch.dtype != torch.float32 or batch.ndim != IMAGE_BATCH_AXES or batch.shape[1] != 3:  # noqa: PLR2004
            raise InputError(f"a batch must be float32 [n, 3, H, W]; got {batch.dtype} {list(batch.shape)}")
        self._move(device)
        pieces = torch.split(batch, CPU_PIECE) if device.type == "cpu" else (batch,)
        with torch.inference_mode(), autocast(device, self.precision), ieee_float32():
            parts = [self._forward(_to_device(piece, device)) for piece in pieces]
        return Outputs(
            features=_to_cpu([part.features for part in parts]),
            logits=None if parts[0].logits is None else _to_cpu([part.logits for part in parts]),
            spatial=None if parts[0].spatial is None else _to_cpu([part.spatial for part in parts]),
        )

    def _move(self, device: torch.device) -> None:
        """Build the network and move it to a device, once for all threads that call this extractor."""
        with _moving:
            network = self.network
            if device != self._device:
                network.to(device)
                if device.type == "cuda":
                    # Threads with streams of their own must not compute with weights that are still on their way.
                    torch.cuda.synchronize(device)
                self._device = device

    def _forward(self, batch: Tensor) -> Outputs:
        outputs: Outputs = self.network(batch)
        return outputs


def autocast(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Compute in a precision on a device, whatever the caller's autocast is.

    Raises:
        InputError: this torch has no reduced precision on the device.
    """
    if precision == FULL_PRECISION:
        return without_autocast(device)
    if not torch.amp.is_autocast_available(device.type):
        raise InputError(f"precision {precision} needs a device with autocast; {device.type} has none in this torch")
    return torch.autocast(device.type, dtype=DTYPES[precision])


def without_autocast(device: torch.device) -> AbstractContextManager[object]:
    """Switch the caller's autocast off on a device; older releases of torch have none on some devices to switch."""
    if not torch.amp.is_autocast_available(device.type):
        return nullcontext()
    return torch.autocast(device.type, enabled=False)


def _to_device(batch: Tensor, device: torch.device) -> Tensor:
    # Only from pinned memory does a copy to a GPU run beside its computation; and torch keeps only such memory until
    # the copy is done.
    pinned = batch.pin_memory() if device.type == "cuda" and batch.device.type == "cpu" else batch
    return pinned.to(device, non_blocking=device.type == "cuda", memory_format=torch.channels_last)


def _to_cpu(parts: Iterable[Tensor | None]) -> Tensor:
    # A copy, made outside inference mode, is an ordinary tensor that callers may change in place.
    return torch.cat([part.to("cpu", torch.float32) for part in parts if part is not None])
