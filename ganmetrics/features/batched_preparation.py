"""The preparation of a batch where it lies: a GPU is sent uint8, and the host resizes nothing."""

from typing import cast

import torch
from torch import Tensor

from ganmetrics.features.base import Preparation
from ganmetrics.features.batched_resize import FLOAT_FILTERS, resize_batch
from ganmetrics.features.preparation import Colours, ImagePreparation
from ganmetrics.features.resize import SCALINGS, Preprocessing


def prepare_batch(prepare: Preparation, images: Tensor) -> Tensor | None:
    """Return what a preparation gives for each image, computed on the images' device; None where it is not known here.

    Known are `Preprocessing` and `ImagePreparation`, which all of this library's networks but timm's have. On a CPU the
    result is theirs to the last bit; a GPU may round a division by 255 in another way.

    Args:
        prepare: the preparation of one image.
        images: uint8 RGB, shape [n, 3, h, w].

    Returns:
        float32 [n, 3, H, W] on the same device.

    >>> prepare = Preprocessing("tf1-bilinear", (9, 9), "(x-128)/128")
    >>> prepare_batch(prepare, torch.zeros(2, 3, 8, 6, dtype=torch.uint8)).shape
    torch.Size([2, 3, 9, 9])
    """
    if type(prepare) not in (Preprocessing, ImagePreparation):
        return None
    known = cast("Preprocessing | ImagePreparation", prepare)
    if known.resize in FLOAT_FILTERS and images.device.type == "mps":
        return None
    if known.size is None or known.resize is None:
        planes = images.to(torch.float32)
    else:
        planes = resize_batch(images, known.size, resizer=known.resize)
    scaled: Tensor = SCALINGS[known.scaling](planes)
    if isinstance(known, ImagePreparation):
        if known.mean is not None:
            scaled -= _by_channel(known.mean, scaled)
        if known.std is not None:
            scaled /= _by_channel(known.std, scaled)
    return scaled


def _by_channel(values: Colours, like: Tensor) -> Tensor:
    return torch.tensor(values, dtype=torch.float32, device=like.device)[:, None, None]
