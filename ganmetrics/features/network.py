"""From a network to an extractor: device, memory format and numerics, once for all networks."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property

import torch
from torch import Tensor, nn

from ganmetrics.core.precision import ieee_float32
from ganmetrics.errors import InputError
from ganmetrics.features.base import ExtractorSpec, Outputs, Preparation

IMAGE_BATCH_AXES = 4


class FrozenNetwork(nn.Module):
    """A network that only ever evaluates: `train()` leaves it in evaluation mode, and no parameter has a gradient.

    Batch statistics or dropout in an extractor would make a score depend on its batches, so a training loop that
    switches all its modules must not reach this one. `forward` returns `Outputs`.
    """

    def freeze(self) -> "FrozenNetwork":
        """Enter evaluation mode, drop gradients, lay convolutions out channels last, and return self."""
        # Channels last is what convolution kernels of CPUs and of tensor cores want: 1.4 times as fast on a CPU.
        return self.eval().requires_grad_(False).to(memory_format=torch.channels_last)

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
        return self._build().freeze()

    def __call__(self, batch: Tensor, device: torch.device) -> Outputs:
        """Return the outputs for float32 prepared images [n, 3, H, W], computed on `device`, as float32 on the CPU.

        The network moves to `device` with the first batch and stays there. TF32 and autocast are off meanwhile,
        whatever the caller's settings: FID moves by whole per cents in lower precision.

        Raises:
            InputError: the batch is not float32 [n, 3, H, W].
        """
        if batch.dtype != torch.float32 or batch.ndim != IMAGE_BATCH_AXES or batch.shape[1] != 3:  # noqa: PLR2004
            raise InputError(f"a batch must be float32 [n, 3, H, W]; got {batch.dtype} {list(batch.shape)}")
        if device != self._device:
            self.network.to(device)
            self._device = device
        with torch.inference_mode(), without_autocast(device), ieee_float32():
            outputs: Outputs = self.network(_to_device(batch, device))
        return Outputs(
            features=_to_cpu(outputs.features),
            logits=None if outputs.logits is None else _to_cpu(outputs.logits),
            spatial=None if outputs.spatial is None else _to_cpu(outputs.spatial),
        )


def without_autocast(device: torch.device) -> AbstractContextManager[object]:
    """Switch the caller's autocast off on a device; older releases of torch have none on some devices to switch."""
    if not torch.amp.is_autocast_available(device.type):
        return nullcontext()
    return torch.autocast(device.type, enabled=False)


def _to_device(batch: Tensor, device: torch.device) -> Tensor:
    # Only from pinned memory does a copy to a GPU run beside its computation.
    pinned = batch.pin_memory() if device.type == "cuda" else batch
    return pinned.to(device, non_blocking=True, memory_format=torch.channels_last)


def _to_cpu(values: Tensor) -> Tensor:
    # A copy, made outside inference mode, is an ordinary tensor that callers may change in place.
    return values.to("cpu", torch.float32, copy=True)
