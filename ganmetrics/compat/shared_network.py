"""The network that metrics of a collection share: a batch that several of them are given passes it once."""

import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import TypeGuard

import numpy as np
import torch
from torch import Tensor, nn

from ganmetrics import Extractor, InputError, Outputs, Preprocessing, load_extractor
from ganmetrics._members import has_members
from ganmetrics._text import shown
from ganmetrics.compat.arguments import switch
from ganmetrics.compat.last_batch import last_batch

RESIZE = {True: "pillow-bilinear-float", False: "tf1-bilinear"}
"""torchmetrics' resize with and without antialiasing, as the protocols ``torchmetrics`` and ``ttur`` have it."""

SIZE, SCALING = (299, 299), "(x-128)/128"

BATCH = 32
"""Images that are prepared and pass the network at a time: more would only take memory."""

LEVELS = 255
AXES, CHANNELS = 4, 3
WIDEST = 1 << 16
"""Features whose covariance takes 34 GB."""

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
        """Return `outputs`."""
        return self.outputs(images)

    def outputs(self, images: Tensor) -> Outputs:
        """Return the outputs for a batch, from memory where it was the last one of any metric with this network."""
        check_images(images)
        network = self.extractor if self.module is None else self.module
        return last_batch().outputs(images, network, normalize=self.normalize, compute=self._compute)

    @torch.no_grad()
    def _compute(self, images: Tensor) -> Outputs:
        if self.module is not None:
            features = self.module(images)
            if not _are_features(features, len(images)):
                raise InputError(f"a module must return features [{len(images)}, d]; got {described(features)}")
            # A copy: they may be the module's own buffer, or the images, which are filled anew.
            return Outputs(features=features.detach().reshape(len(images), -1).clone())
        assert self.extractor is not None
        pixels = as_uint8(images, normalize=self.normalize).permute(0, 2, 3, 1).cpu().numpy()
        prepare, parts = self.extractor.prepare, []
        for start in range(0, len(pixels), BATCH):
            inputs = np.stack([prepare(np.ascontiguousarray(image)) for image in pixels[start : start + BATCH]])
            part = self.extractor(torch.from_numpy(inputs), images.device).on_host()
            # Copies: the extractor may fill the same buffers with the next part.
            parts.append(Outputs(part.features.clone(), None if part.logits is None else part.logits.clone()))
        logits = [part.logits for part in parts if part.logits is not None]
        return Outputs(torch.cat([part.features for part in parts]), torch.cat(logits) if logits else None)


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


def feature_width(network: SharedNetwork, size: tuple[int, int, int]) -> int:
    """Return the width of a network's features; a module that does not say is asked for those of one random image.

    Raises:
        InputError: the module says it in no number, or there is no memory for a covariance of so many, or the image.
    """
    if network.module is None:
        assert network.extractor is not None
        return network.extractor.spec.dimension
    if not hasattr(network.module, "num_features"):
        features: Tensor = network(_random_image(size, normalize=network.normalize)).features
        return _allowed_width("features of a module", features.shape[1])
    return _allowed_width("num_features of a module", network.module.num_features)


def image_size(size: object) -> tuple[int, int, int]:
    """Return channels, height and width of an image.

    Raises:
        InputError: they are not three whole numbers from 1 on.

    >>> image_size([3, 299, 299])
    (3, 299, 299)
    """
    numbers = list(size) if isinstance(size, Sequence) and not isinstance(size, str | bytes) else []
    if len(numbers) != AXES - 1 or not all(_is_whole(number) and number > 0 for number in numbers):
        raise InputError(f"input_img_size must be three whole numbers from 1 on; got {shown(size)}")
    channels, height, width = map(int, numbers)
    return channels, height, width


def _random_image(size: tuple[int, int, int], *, normalize: bool) -> Tensor:
    rng = torch.Generator().manual_seed(0)
    try:
        image = torch.rand((1, *size), generator=rng)
    # What torch has for sizes beyond all memory.
    except RuntimeError:
        raise InputError(f"input_img_size must be of an image that fits in memory; got {shown(size)}") from None
    return image if normalize else image.mul(LEVELS).to(torch.uint8)


def _allowed_width(name: str, width: object) -> int:
    if isinstance(width, Tensor) and width.numel() == 1 and is_dense(width):
        width = width.item()
    if isinstance(width, float) and width.is_integer():
        width = int(width)
    if not _is_whole(width) or not 1 <= width <= WIDEST:
        raise InputError(f"{name} must be a whole number from 1 to {WIDEST:,}; got {described(width)}")
    return int(width)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def check_images(images: object) -> None:
    """Refuse what is no dense tensor with values, before a module of the user's meets it.

    Raises:
        InputError: saying what came.
    """
    if not isinstance(images, Tensor):
        raise InputError(f"images must be a tensor [n, 3, h, w]; got {type(images).__name__}")
    if not is_dense(images) or not images.ndim or 0 in images.shape:
        raise InputError(f"images must be a dense tensor of n images with values; got {described(images)}")


def described(value: object) -> str:
    """Return what came in place of a tensor that is needed, for a message.

    >>> described(torch.zeros(2, 3)), described("x")
    ('torch.float32 [2, 3]', "'x'")
    """
    if not isinstance(value, Tensor):
        return shown(value)
    if value.is_nested:
        return "a nested tensor"
    where = "" if is_dense(value) else f" of {value.layout} on {value.device.type}"
    return f"{value.dtype} {list(value.shape)}{where}"


def is_dense(tensor: Tensor) -> bool:
    """Return whether a tensor has a value at every place, in memory.

    >>> is_dense(torch.zeros(3)), is_dense(torch.zeros(3).to_sparse())
    (True, False)
    """
    dense = tensor.layout == torch.strided and not tensor.is_nested and not tensor.is_quantized
    return dense and tensor.device.type != "meta"


def _are_features(value: object, count: int) -> TypeGuard[Tensor]:
    if not isinstance(value, Tensor) or not is_dense(value) or not value.is_floating_point():
        return False
    return value.ndim > 0 and len(value) == count and value.numel() > 0


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
