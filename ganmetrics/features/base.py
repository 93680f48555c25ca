"""What an extractor is: a spec, a preparation of one image, and a network."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._members import has_members
from ganmetrics._types import Image
from ganmetrics.errors import InputError


@dataclass(frozen=True)
class ExtractorSpec:
    """The identity of an extractor: all that can change its features.

    Attributes:
        name: as the command line spells it, such as ``inception-v3``.
        dimension: width d of the features.
        classes: width c of the logits; None where there are none.
        layer: the layer that the features are read from, such as ``pool3``.
        weights_sha256: digest of the weights file; None for an extractor without weights.
        preprocessing: how pixels become the network's input, such as ``tf1-bilinear 299 (x-128)/128``.
        spatial: width of the spatial features that sFID reads; None where there are none.
        canonical: the published network with the published weights, whose Fréchet distance is *the* FID.

    >>> spec = ExtractorSpec("mine", 64, classes=None, layer="pool", weights_sha256=None, preprocessing="none")
    >>> spec.dimension, spec.canonical
    (64, False)
    """

    name: str
    dimension: int
    classes: int | None
    layer: str
    weights_sha256: str | None
    preprocessing: str
    spatial: int | None = None
    canonical: bool = False


@dataclass(frozen=True)
class Outputs:
    """What one pass of a network gives for n images.

    Attributes:
        features: floating point, shape [n, d].
        logits: class scores before the softmax, shape [n, c]; None where the network has none.
        spatial: intermediate features for sFID, shape [n, s]; None where the network has none.

    >>> Outputs(features=torch.zeros(2, 64)).logits is None
    True
    """

    features: Tensor
    logits: Tensor | None = None
    spatial: Tensor | None = None

    def on_host(self) -> "Outputs":
        """Return the same in the CPU's memory and without gradients: an extractor may leave it where it computed.

        It is a copy: an extractor may write its next batch into the same memory.

        >>> Outputs(features=torch.zeros(2, 64, requires_grad=True)).on_host().features.requires_grad
        False
        """
        return Outputs(
            features=_copied(self.features),
            logits=None if self.logits is None else _copied(self.logits),
            spatial=None if self.spatial is None else _copied(self.spatial),
        )


def _copied(values: Tensor) -> Tensor:
    values = values.detach()
    return values.clone() if values.device.type == "cpu" else values.cpu()


@runtime_checkable
class Preparation(Protocol):
    """Turns one decoded image into the network's input; picklable, since decoding workers run it."""

    def __call__(self, image: Image) -> npt.NDArray[np.float32]:
        """Return float32 of one fixed shape, usually [3, H, W], for uint8 RGB [h, w, 3]."""
        ...


@runtime_checkable
class Extractor(Protocol):
    """Images in, features out. Anything with these three members is an extractor.

    >>> from ganmetrics.testing import ChannelMeans
    >>> isinstance(ChannelMeans(), Extractor)
    True
    """

    @property
    def spec(self) -> ExtractorSpec:
        """The identity of the extractor."""
        ...

    @property
    def prepare(self) -> Preparation:
        """The preparation of one image, run in the decoding workers."""
        ...

    def __call__(self, batch: Tensor, device: torch.device) -> Outputs:
        """Return the outputs for float32 prepared images [n, 3, H, W], computed on `device`."""
        ...


def check_extractor(value: object) -> Extractor:
    """Return an extractor object as one.

    Raises:
        InputError: it is none; the message says what makes one.

    >>> check_extractor(torch.nn.Flatten())  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: an extractor is a name, or an object with spec, prepare and a call; got Flatten: ...
    """
    if has_members(value, Extractor) and not isinstance(value, type) and isinstance(value.spec, ExtractorSpec):
        return value
    kind = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
    if isinstance(value, type):
        hint = ": make an object of it"
    elif callable(value):
        hint = ": ganmetrics.ModuleExtractor(it, name=..., size=...) makes an extractor of a network or function"
    else:
        hint = ""
    raise InputError(f"an extractor is a name, or an object with spec, prepare and a call; got {kind}{hint}")
