"""The network that metrics of a collection share: a batch that several of them are given passes it once."""

import weakref
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ganmetrics import Extractor, InputError, Outputs, Preprocessing, load_extractor
from ganmetrics._members import has_members
from ganmetrics._text import shown
from ganmetrics.compat.arguments import switch

RESIZE = {True: "pillow-bilinear-float", False: "tf1-bilinear"}
"""torchmetrics' resize with and without antialiasing, as the protocols ``torchmetrics`` and ``ttur`` have it."""

SIZE, SCALING = (299, 299), "(x-128)/128"

BATCH = 32
"""Images that are prepared and pass the network at a time: more would only take memory."""

LEVELS = 255
AXES, CHANNELS = 4, 3

_open: weakref.WeakValueDictionary[tuple[bool, str | None], Extractor] = weakref.WeakValueDictionary()


class SharedNetwork(nn.Module):
    """Turns images into `Outputs`, and remembers the last batch for the next metric that is given it.

    Args:
        extractor: a network of this library; None where `module` is given.
        module: a network of the user's, called with the images as they are, which returns features [n, d].
        normalize: images are floats in [0, 1] instead of uint8.
    """

    def __init__(self, extractor: Extractor | None, module: nn.Module | None = None, *, normalize: bool) -> None:
        super().__init__()
        self.extractor, self.module, self.normalize = extractor, module, normalize

    def train(self, mode: bool = True) -> "SharedNetwork":
        """Stay in evaluation mode."""
        del mode
        return super().train(mode=False)

    def forward(self, images: Tensor) -> Outputs:
        """Return the outputs for a batch, from memory where it was the last one of any metric with this network."""
        _check_images(images)
        network = self.extractor if self.module is None else self.module
        known = _last.get(images, network, normalize=self.normalize)
        if known is None:
            known = self._compute(images)
            _last.keep(images, network, known, normalize=self.normalize)
        return known

    @torch.no_grad()
    def _compute(self, images: Tensor) -> Outputs:
        if self.module is not None:
            features = self.module(images)
            if not isinstance(features, Tensor) or len(features) != len(images) or not features.is_floating_point():
                raise InputError(f"a module must return features [{len(images)}, d]; got {shown(features)}")
            return Outputs(features=features.reshape(len(images), -1))
        assert self.extractor is not None
        pixels = as_uint8(images, normalize=self.normalize).permute(0, 2, 3, 1).cpu().numpy()
        prepare, parts = self.extractor.prepare, []
        for start in range(0, len(pixels), BATCH):
            inputs = np.stack([prepare(np.ascontiguousarray(image)) for image in pixels[start : start + BATCH]])
            parts.append(self.extractor(torch.from_numpy(inputs), images.device).on_host())
        logits = [part.logits for part in parts if part.logits is not None]
        return Outputs(torch.cat([part.features for part in parts]), torch.cat(logits) if logits else None)


class LastBatch:
    """The outputs of one batch under each network, for as long as the batch is there and unchanged."""

    def __init__(self) -> None:
        self._images: weakref.ref[Tensor] | None = None
        self._state: int | Tensor = 0
        self._known: list[tuple[weakref.ref[object], bool, Outputs]] = []

    def get(self, images: Tensor, network: object, *, normalize: bool) -> Outputs | None:
        """Return what a network gave for a batch; None where it is not known."""
        if not self._is_last(images):
            return None
        for known, as_floats, outputs in self._known:
            if known() is network and as_floats == normalize:
                return outputs
        return None

    def keep(self, images: Tensor, network: object, outputs: Outputs, *, normalize: bool) -> None:
        """Remember what a network gave for a batch, and forget all other batches."""
        if not self._is_last(images):
            # Tensors of torch's inference mode, which Lightning validates in, do not count their changes.
            self._state = images.clone() if images.is_inference() else images._version
            self._images, self._known = weakref.ref(images, self._forget), []
        self._known.append((weakref.ref(network), normalize, outputs))

    def _is_last(self, images: Tensor) -> bool:
        if self._images is None or self._images() is not images:
            return False
        if isinstance(self._state, Tensor):
            return torch.equal(self._state, images)
        return self._state == images._version

    def _forget(self, images: weakref.ref[Tensor]) -> None:
        if self._images is images:
            self._images, self._state, self._known = None, 0, []


_last = LastBatch()


def shared_network(
    feature: int | str | nn.Module | Extractor,
    *,
    allowed: tuple[int | str, ...],
    normalize: bool,
    weights: str | Path | None = None,
    antialias: bool = True,
) -> SharedNetwork:
    """Return the network that torchmetrics' argument ``feature`` names.

    Args:
        feature: 2048 (or what `allowed` has) for Inception; a module, as torchmetrics takes it; or an extractor.
        allowed: the names and widths that the metric takes.
        normalize: images are floats in [0, 1] instead of uint8.
        weights: a state dict to use instead of the published weights.
        antialias: torchmetrics' resize from 1.8 on; False is the one before.

    Raises:
        InputError: the layer is not offered, or `feature` is no network.
        WeightsError: the network's weights cannot be found.
    """
    normalize, antialias = switch("normalize", normalize), switch("antialias", antialias)
    if isinstance(feature, nn.Module):
        return SharedNetwork(None, feature, normalize=normalize)
    if isinstance(feature, int | str):
        if feature not in allowed:
            raise InputError(
                f"feature must be {' or '.join(map(repr, allowed))}, a module or an extractor; got {shown(feature)}"
            )
        return SharedNetwork(_inception(antialias=antialias, weights=weights), normalize=normalize)
    if not has_members(feature, Extractor):
        raise InputError(f"feature must be a layer, a module or an extractor; got {type(feature).__name__}")
    return SharedNetwork(feature, normalize=normalize)


def feature_width(network: SharedNetwork, image_size: tuple[int, int, int]) -> int:
    """Return the width of a network's features; a module that does not say is asked for those of one random image.

    Raises:
        InputError: the module says it in no number.
    """
    if network.module is None:
        assert network.extractor is not None
        return network.extractor.spec.dimension
    if not hasattr(network.module, "num_features"):
        rng = torch.Generator().manual_seed(0)
        image = torch.rand((1, *image_size), generator=rng)
        features: Tensor = network(image if network.normalize else image.mul(LEVELS).to(torch.uint8)).features
        return features.shape[1]
    width = network.module.num_features
    if not isinstance(width, int | Tensor) or (isinstance(width, Tensor) and width.numel() != 1):
        raise InputError(f"num_features of a module must be a whole number; got {type(width).__name__}")
    return int(width)


def _check_images(images: object) -> None:
    """Refuse what is no dense tensor with values, before a module of the user's meets it.

    Raises:
        InputError: saying what came.
    """
    if not isinstance(images, Tensor):
        raise InputError(f"images must be a tensor [n, 3, h, w]; got {type(images).__name__}")
    dense = images.layout == torch.strided and not images.is_nested and not images.is_quantized
    if not dense or images.device.type == "meta" or not images.ndim:
        shape = "a nested tensor" if images.is_nested else f"{images.dtype} {list(images.shape)} of {images.layout}"
        raise InputError(f"images must be a dense tensor of n images with values; got {shape}")


def as_uint8(images: Tensor, *, normalize: bool) -> Tensor:
    """Return images [n, 3, h, w] as uint8, floats in [0, 1] rounded to the nearest level.

    Raises:
        InputError: they are of another shape or kind, or beyond [0, 1]: torchmetrics wraps 1.004 to black.

    >>> as_uint8(torch.full((1, 3, 1, 1), 0.5), normalize=True).flatten().tolist()
    [128, 128, 128]
    """
    if images.ndim != AXES or images.shape[1] != CHANNELS or 0 in images.shape:
        raise InputError(f"images must have shape [n, 3, h, w]; got {list(images.shape)}")
    if not normalize:
        if images.dtype != torch.uint8:
            raise InputError(f"images must be uint8, or floats in [0, 1] with normalize=True; got {images.dtype}")
        return images
    if not images.is_floating_point():
        raise InputError(f"normalize=True needs floats in [0, 1]; got {images.dtype}")
    if not (bool((images >= 0).all()) and bool((images <= 1).all())):
        low, high = (float(bound) for bound in images.float().aminmax())
        raise InputError(f"normalize=True needs floats in [0, 1]; got values from {low:g} to {high:g}")
    return images.float().mul(LEVELS).round().to(torch.uint8)


def _inception(*, antialias: bool, weights: str | Path | None) -> Extractor:
    """Return the network, the same one for all metrics that ask for it."""
    key = (antialias, None if weights is None else str(weights))
    found = _open.get(key)
    if found is None:
        found = load_extractor(
            "inception-v3", weights=weights, preprocessing=Preprocessing(RESIZE[antialias], SIZE, SCALING)
        )
        _open[key] = found
    return found
