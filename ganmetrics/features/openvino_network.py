"""A network computed by OpenVINO on a CPU: the same weights in float32, by other kernels."""

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from ganmetrics._text import one_line
from ganmetrics.errors import InputError
from ganmetrics.features.base import Outputs
from ganmetrics.features.names import FULL_PRECISION
from ganmetrics.features.network import FrozenNetwork, NetworkExtractor
from ganmetrics.optional import require
from ganmetrics.ranks import own_cores

PARITY = 1e-4
"""The most by which a converted network may differ from torch's, as a share of the largest output.

Measured: 2e-7 to 2e-6 for inception-v3 and efficientnet-lite0. A conversion that goes wrong gives other numbers.
"""


class _Flat(nn.Module):
    """A network whose outputs are a plain tuple, which is all that a trace can hold."""

    def __init__(self, network: FrozenNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: Tensor) -> tuple[Tensor, ...]:
        """Return what the network gives, without what it does not have."""
        found = self.network(batch)
        return tuple(part for part in (found.features, found.logits, found.spatial) if part is not None)


class OpenVinoExtractor(NetworkExtractor):
    """An extractor whose network OpenVINO computes: one stream a core, float32, on the CPU.

    The network is converted at the first images, which it also gives to torch's: outputs that differ by more than
    roundings are refused. Several threads may call it; each has a request of its own.
    """

    def __init__(self, extractor: NetworkExtractor) -> None:
        super().__init__(extractor.spec, extractor.prepare, partial(getattr, extractor, "network"))
        # Asked here: the network is converted in a stream's thread, which has one core.
        self._cores = own_cores()
        self._compiled: Any = None
        self._requests = threading.local()
        self._converting = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what cannot be copied; a copy converts the network anew."""
        own = ("_cores", "_compiled", "_requests", "_converting")
        return {name: value for name, value in self.__dict__.items() if name not in own}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over a copy's state."""
        self.__dict__ |= state
        self._cores = own_cores()
        self._compiled, self._requests, self._converting = None, threading.local(), threading.Lock()

    def __call__(self, batch: Tensor, device: torch.device) -> Outputs:
        """Return the outputs as `NetworkExtractor` does.

        Raises:
            InputError: the device is no CPU, or the network cannot be converted.
        """
        if device.type != "cpu":
            raise InputError(f"backend openvino computes on the CPU; got device {device}")
        return super().__call__(batch, device)

    def _forward(self, batch: Tensor) -> Outputs:
        with self._converting:
            if self._compiled is None:
                self._compiled = self._convert(batch)
        return self._infer(batch)

    def _infer(self, batch: Tensor) -> Outputs:
        request = getattr(self._requests, "own", None)
        if request is None:
            request = self._requests.own = self._compiled.create_infer_request()
        request.infer([batch.contiguous(memory_format=torch.contiguous_format).numpy()])
        # The request's memory is overwritten by its next call.
        parts = [
            torch.from_numpy(request.get_output_tensor(index).data.copy())
            for index in range(len(self._compiled.outputs))
        ]
        logits = parts.pop(1) if self.spec.classes is not None else None
        return Outputs(parts[0], logits, parts[1] if self.spec.spatial is not None else None)

    def _convert(self, batch: Tensor) -> Any:  # noqa: ANN401  OpenVINO has no types
        compiled = _compile(self.network, batch, self.spec.name, cores=self._cores)
        self._compiled = compiled
        try:
            found, expected = self._infer(batch), super()._forward(batch)
        finally:
            self._compiled = None
            self._requests = threading.local()
        for name in ("features", "logits", "spatial"):
            ours, theirs = getattr(expected, name), getattr(found, name)
            if ours is None:
                continue
            difference, largest = float((ours - theirs).abs().max()), float(ours.abs().max())
            if not difference <= PARITY * largest:
                raise InputError(
                    f"backend openvino must give {self.spec.name}'s {name} to {PARITY:g} of the largest; got "
                    f"{difference:.3g} off {largest:.3g}: leave --backend away"
                )
        return compiled


def in_openvino(extractor: object) -> OpenVinoExtractor:
    """Return an extractor of this library computed by OpenVINO.

    Raises:
        InputError: the package is missing, or the extractor is the caller's own or computes in less than float32.
    """
    if not isinstance(extractor, NetworkExtractor):
        raise InputError(f"backend openvino needs an extractor of this library; got {type(extractor).__name__}")
    if extractor.precision != FULL_PRECISION:
        raise InputError(f"backend openvino computes in {FULL_PRECISION}; got precision {extractor.precision}")
    require("openvino", extra="openvino", user="backend openvino")
    return OpenVinoExtractor(extractor)


def _compile(network: FrozenNetwork, batch: Tensor, name: str, *, cores: int) -> Any:  # noqa: ANN401  it has no types
    """Return the network as OpenVINO runs it, for any number of images of the batch's size."""
    openvino = require("openvino", extra="openvino", user="backend openvino")
    # The front end by itself: OpenVINO's own function for this reports its use over the network.
    frontend = require("openvino.frontend", extra="openvino", user="backend openvino")
    decoders = require("openvino.frontend.pytorch.ts_decoder", extra="openvino", user="backend openvino")
    settings = {
        # A stream of one thread each, as with torch: features do not depend on the number of cores.
        "NUM_STREAMS": str(cores),
        "INFERENCE_NUM_THREADS": str(cores),
        # Some processors would compute in bfloat16 otherwise.
        "INFERENCE_PRECISION_HINT": "f32",
    }
    try:
        with warnings.catch_warnings():
            # torch calls traces deprecated, and warns of Python's numbers in one; what comes out is compared below.
            warnings.simplefilter("ignore")
            traced = torch.jit.trace(_Flat(network).eval(), batch, check_trace=False)  # type: ignore[no-untyped-call]
            reader = frontend.FrontEndManager().load_by_framework("pytorch")
            # By a name: what is read holds no reference to it.
            decoder = decoders.TorchScriptPythonDecoder(traced)
            model = reader.convert(reader.load(decoder))
            model.reshape([-1, *batch.shape[1:]])
            # In a thread that ends here. OpenVINO gives the thread that compiles a stack for signals, and takes it away
            # with the network, which another thread may let go of: the next signal, such as Ctrl-C, was then SIGSEGV.
            with ThreadPoolExecutor(1) as pool:
                return pool.submit(openvino.Core().compile_model, model, "CPU", settings).result()
    except Exception as error:  # any of three libraries' own
        raise InputError(f"backend openvino cannot convert {name}: {one_line(error)}; leave --backend away") from None
