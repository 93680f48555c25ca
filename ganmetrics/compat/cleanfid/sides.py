"""What clean-fid's arguments come to: how images become features, and the sides that are compared."""

from collections.abc import Callable

import torch
from torch import Tensor

from ganmetrics import Extraction, InputError, Stream
from ganmetrics._text import shown
from ganmetrics.compat.arguments import text

MODES = {"clean": "clean-fid", "legacy_pytorch": "pytorch-fid", "legacy_tensorflow": "ttur"}
"""clean-fid's modes, each with the protocol that reproduces it."""

SEED = 0
"""Of the latents: clean-fid draws them from torch's global generator, so that its numbers differ from run to run."""

BYTE = 255


def extraction_of(
    mode: str, model_name: str, *, batch_size: int, num_workers: int, device: str | torch.device | None
) -> Extraction:
    """Return how images become features in a mode; transparency is dropped, as clean-fid does.

    Raises:
        InputError: the mode is unknown, or the network is another.
    """
    chosen = MODES[text("mode", mode, tuple(MODES))]
    if not isinstance(model_name, str) or model_name != "inception_v3":
        raise InputError(
            f"model_name must be 'inception_v3'; got {shown(model_name)} (ganmetrics.evaluate has other extractors)"
        )
    return Extraction("inception-v3", chosen, alpha="drop", batch_size=batch_size, workers=num_workers, device=device)


def generated(gen: Callable[[Tensor], Tensor], *, z_dim: int, num_gen: int, batch_size: int) -> Stream:
    """Return the images of a generator of latents, seeded.

    Raises:
        InputError: when it is read: an image is no uint8 and has values that are not whole, or beyond 0 to 255.
    """
    rng = torch.Generator().manual_seed(SEED)

    def images(count: int, _: torch.Generator) -> Tensor:
        # Whole batches are drawn, as clean-fid does, and the last one cut.
        made = gen(torch.randn((batch_size, z_dim), generator=rng))
        return whole_levels(made)[:count]

    return Stream(images, count=num_gen, batch_size=batch_size, name="gen")


def whole_levels(images: Tensor) -> Tensor:
    """Return images from 0 to 255 as uint8.

    Raises:
        InputError: a value is not whole, or out of range: it would be scored as no file could hold it.

    >>> whole_levels(torch.tensor([0.0, 255.0]))
    tensor([  0, 255], dtype=torch.uint8)
    """
    if images.dtype == torch.uint8:
        return images
    if not (bool((images >= 0).all()) and bool((images <= BYTE).all()) and torch.equal(images, images.round())):
        raise InputError(
            "gen must return uint8 images, or whole numbers from 0 to 255; got others: "
            "return ganmetrics.to_uint8(images) of floats in [-1, 1]"
        )
    return images.to(torch.uint8)
