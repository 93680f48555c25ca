"""`ModuleExtractor`: an extractor of any network or function."""

import copy
import difflib
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ganmetrics._text import one_line, shown
from ganmetrics.core.checks import of_type
from ganmetrics.core.float32 import ieee_float32
from ganmetrics.errors import InputError
from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.names import EXTRACTOR_NAMES, TIMM_PREFIX, split_precision
from ganmetrics.features.network import without_autocast
from ganmetrics.features.preparation import Colours, ImagePreparation, check_word
from ganmetrics.features.resize import Size
from ganmetrics.features.state_dict import state_sha256

Network = nn.Module | Callable[[Tensor], Any]

_CHANNELS = 3
_MAP_AXES = 4


class ModuleExtractor:
    """An extractor made of a network, or of any function, that maps float32 images [n, 3, H, W] to features [n, d].

    A network is copied as it is now and frozen, so that nothing that happens to either later, such as training, reaches
    the other. The copy runs in evaluation mode, without gradients, in float32, on the device of the run.

    The identity of a network is its name, the layer, the preparation and the SHA-256 of its state dict: caches and
    stored references tell two sets of weights apart. A function's is its name, without weights. What a function
    computes, and of a network what its state dict does not hold, is not known here: choose another name when it
    changes.

    Args:
        network: a `torch.nn.Module`, or a function of a batch.
        name: what scores, caches and references call it; the Fréchet distance is then ``fd_`` and the name.
        size: height and width of the network's input, or one number for both; None for images as they are, which must
            then be of one size.
        resize: a name in `ganmetrics.features.resize.RESIZERS`, such as ``pillow-bicubic-uint8``.
        scaling: of pixels from 0 to 255: ``x/255``, ``2x/255-1``, ``(x-128)/128``, ``(x-127)/128``, or ``x`` for none.
        mean: of red, green and blue, subtracted after the scaling.
        std: of red, green and blue, divided by after that.
        layer: the submodule, as `torch.nn.Module.get_submodule` names it, whose output the features are; None for
            what the network returns.
        pooling: ``mean`` averages outputs [n, d, h, w] over the positions; None takes [n, d] only.
        dimension: width d of the features; None finds it by running one image, which needs a size.
        classes: how many class scores (before the softmax) the network gives as well: what it returns where `layer`
            is named, or the second of the pair (features, scores) that it returns. None where it gives none.

    Raises:
        InputError: an option is not what is needed, the network cannot be copied or run, or its output has another
            shape.

    >>> network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 16))
    >>> extractor = ModuleExtractor(network, name="mine", size=8)
    >>> extractor.spec.dimension, extractor.spec.preprocessing
    (16, 'pillow-bicubic-uint8 8x8 x/255')
    """

    def __init__(
        self,
        network: Network,
        *,
        name: str,
        size: int | Size | None,
        resize: str = "pillow-bicubic-uint8",
        scaling: str = "x/255",
        mean: Colours | None = None,
        std: Colours | None = None,
        layer: str | None = None,
        pooling: str | None = None,
        dimension: int | None = None,
        classes: int | None = None,
    ) -> None:
        _check_name(name)
        if layer is not None:
            of_type("layer", layer, str, "the name of a part of the network")
        if pooling is not None:
            check_word("pooling", pooling, ("mean",))
        self._prepare = ImagePreparation.of(size=size, resize=resize, scaling=scaling, mean=mean, std=std)
        self._name = name
        self._pooled = pooling is not None
        self._network = _frozen(network)
        self._layer = layer
        self._classes = _at_least_one("classes", classes)
        self._dimension = _at_least_one("dimension", dimension)
        self._captured = None if layer is None else _submodule(self._network, layer)
        self._device = _device(self._network)
        if self._dimension is None:
            if self._prepare.size is None:
                raise InputError("an extractor of images as they are (size=None) needs dimension=, its features' width")
            self._dimension = self._width(self._prepare.size)
        self._spec = ExtractorSpec(
            name=name,
            dimension=self._dimension,
            classes=self._classes,
            layer=(layer or "output") + (" averaged" if self._pooled else ""),
            weights_sha256=_digest(self._network),
            preprocessing=str(self._prepare),
        )

    @property
    def spec(self) -> ExtractorSpec:
        """The identity of the extractor."""
        return self._spec

    @property
    def prepare(self) -> ImagePreparation:
        """The preparation of one image, run in the decoding workers."""
        return self._prepare

    def __call__(self, batch: Tensor, device: torch.device) -> Outputs:
        """Return the outputs for float32 prepared images [n, 3, H, W], computed on `device`, and in float32.

        Raises:
            InputError: the network fails, or gives another shape or dtype than before.
        """
        if device != self._device and isinstance(self._network, nn.Module):
            self._network.to(device)
        self._device = device
        with torch.no_grad(), without_autocast(device), ieee_float32():
            features, scores = self._run(batch.to(device))
        return Outputs(
            features=self._checked("features", features, len(batch), self._dimension),
            logits=None if self._classes is None else self._checked("class scores", scores, len(batch), self._classes),
        )

    def _width(self, size: Size) -> int:
        """Return the width of the features, found by running one black image where the network lies."""
        image = torch.from_numpy(self._prepare(np.zeros((*size, _CHANNELS), np.uint8)))[None]
        return self(image, self._device).features.shape[1]

    def _run(self, batch: Tensor) -> tuple[Any, Any]:
        """Return what the layer, or the network, gives as features, and what it gives as class scores."""
        seen: list[Any] = []
        hook = (
            nullcontext()
            if self._captured is None
            else self._captured.register_forward_hook(lambda _module, _inputs, output: seen.append(output))
        )
        with hook:
            try:
                output = self._network(batch)
            # A user's network raises what it likes; it is told with the shape that it was given.
            except Exception as error:
                raise InputError(
                    f"extractor {self._name} cannot run on float32 {list(batch.shape)}: {one_line(error)}"
                ) from error
        if self._captured is not None:
            if len(seen) != 1:
                raise InputError(f"layer {self._layer} needs to run once a batch; it ran {len(seen)} times")
            return seen[0], output
        if self._classes is None:
            return output, None
        if not isinstance(output, tuple | list) or len(output) != 2:  # noqa: PLR2004 - a pair
            raise InputError(
                f"extractor {self._name} with classes= needs to return features and class scores, or a layer= whose "
                f"output the features are; it returned {_told(output)}"
            )
        return output[0], output[1]

    def _checked(self, what: str, value: object, count: int, width: int | None) -> Tensor:
        """Return an output as float32 [n, width] after the pooling that was asked for."""
        needed = f"extractor {self._name} needs to give {what} [{count}, {'d' if width is None else width}]"
        if not isinstance(value, Tensor) or not value.is_floating_point():
            raise InputError(f"{needed} in floating point; it gave {_told(value)}")
        if what == "features" and self._pooled:
            if value.ndim != _MAP_AXES:
                raise InputError(f"pooling averages outputs [n, d, h, w]; extractor {self._name} gave {_told(value)}")
            value = value.float().mean(dim=(2, 3))
        elif what == "features" and value.ndim == _MAP_AXES:
            raise InputError(f'{needed}; it gave {_told(value)}: pooling="mean" averages over its positions')
        right = value.ndim == 2 and len(value) == count and value.shape[1] > 0  # noqa: PLR2004 - [n, d]
        if not right or width not in (None, value.shape[1]):
            raise InputError(f"{needed}; it gave {_told(value)}")
        return value.float()


def _frozen(network: object) -> Any:  # noqa: ANN401 - a module or a function
    if isinstance(network, type):
        raise InputError(f"an extractor needs a network; got the class {network.__name__}: make one of it first")
    if not callable(network):
        raise InputError(f"an extractor needs a torch.nn.Module or a function; got {type(network).__name__}")
    if not isinstance(network, nn.Module):
        return network
    try:
        copied = copy.deepcopy(network)
    # Tensors that are computed from others, handles of other libraries, locks: each has an error of its own.
    except Exception as error:
        raise InputError(
            f"a network is copied, so that later training cannot change it; {type(network).__name__} cannot be: "
            f"{one_line(error)} (a function that calls it can be given instead)"
        ) from None
    return copied.eval().requires_grad_(False)


def _submodule(network: object, layer: str) -> nn.Module:
    if not isinstance(network, nn.Module):
        raise InputError(f"layer= names a part of a torch.nn.Module; got {shown(layer)} with a function")
    names = [name for name, _ in network.named_modules() if name]
    if layer not in names:
        close = difflib.get_close_matches(layer, names, n=3) or names[-3:]
        hint = f"; it has {', '.join(close)}" if close else ""
        raise InputError(f"layer must be a part of {type(network).__name__}; got {shown(layer)}{hint}")
    return network.get_submodule(layer)


def _digest(network: object) -> str | None:
    """Return the digest of a network's tensors; None where it has none, and for a function, which hides its own."""
    if not isinstance(network, nn.Module):
        return None
    tensors = {name: value for name, value in network.state_dict().items() if isinstance(value, Tensor)}
    return state_sha256(tensors) if tensors else None


def _device(network: object) -> torch.device:
    if isinstance(network, nn.Module):
        for tensor in (*network.parameters(), *network.buffers()):
            return tensor.device
    return torch.device("cpu")


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name or not name.isprintable():
        raise InputError(f"an extractor needs a name of printable characters; got {shown(name)}")
    if name in EXTRACTOR_NAMES or name.startswith(TIMM_PREFIX) or split_precision(name)[0] != name:
        raise InputError(f"an extractor of your own needs a name of its own; {name} is one of this library's")


def _at_least_one(option: str, value: int | None) -> int | None:
    if value is not None and (type(value) is not int or value < 1):
        raise InputError(f"{option} must be a whole number of at least 1; got {shown(value)}")
    return value


def _told(value: object) -> str:
    if isinstance(value, Tensor) and value.is_nested:
        return "a nested tensor"
    if isinstance(value, Tensor):
        return f"{str(value.dtype).removeprefix('torch.')} {list(value.shape)}"
    return f"a {type(value).__name__}"
