"""How many of a thousand modes a generator draws, and how evenly: what papers print of stacked images."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from ganmetrics import kl_divergence
from reference_models.data.modes import CENTRE, KINDS, MODES, RADIUS
from reference_models.data.shapes import SHAPE_NAMES, cover
from reference_models.errors import DataError

_CHUNK = 1000
_PLACES, _RADII = 7, 4


@dataclass(frozen=True)
class ModeCount:
    """The modes of some images.

    Attributes:
        hit: how many of the 1,000 have an image.
        reverse_kl: KL(images ‖ all modes alike), in nats: 0 where all are as frequent, log 1000 = 6.9 for one mode.
        count: images looked at; papers take 26,000, of which real images have all modes and about 999 / 52,000 = 0.02.
    """

    hit: int
    reverse_kl: float
    count: int

    def __str__(self) -> str:
        return f"modes {self.hit:,} of {MODES:,}, reverse KL {self.reverse_kl:.3f} ({self.count:,} images)"


def count_modes(images: Tensor) -> ModeCount:
    """Return the modes of images, uint8 [n, 3, s, s].

    >>> from reference_models.data.modes import draw_modes
    >>> count_modes(draw_modes(1, seed=3).images.repeat(50, 1, 1, 1)).hit
    1
    """
    return count_found_modes(find_modes(images))


def count_found_modes(modes: Tensor) -> ModeCount:
    """Return the count of modes [n], as `find_modes` has them."""
    frequencies = torch.bincount(modes, minlength=MODES).double() / len(modes)
    even = torch.full((MODES,), 1 / MODES, dtype=torch.float64)
    return ModeCount(int((frequencies > 0).sum()), float(kl_divergence(frequencies, even)), len(modes))


def find_modes(images: Tensor) -> Tensor:
    """Return the mode [n] of each image, from 0 to 999.

    Each channel is compared with every shape at every place and size that is drawn, by correlation, which light and
    contrast do not touch; its sign tells light on dark from dark on light. Nothing is learnt, so nothing drifts.

    Raises:
        DataError: there are no images of three channels.
    """
    if images.ndim != 4 or images.shape[1] != 3 or not len(images):  # noqa: PLR2004 - images of three channels
        raise DataError(f"modes are of images [n, 3, s, s]; got {list(images.shape)}")
    templates, shapes = _templates(images.shape[-1])
    kinds = []
    for channels in torch.split(images.flatten(0, 1).flatten(1), _CHUNK):
        centred = channels.float() - channels.float().mean(dim=1, keepdim=True)
        agreement = centred @ templates.T
        best = agreement.abs().argmax(dim=1, keepdim=True)
        is_dark = agreement.gather(1, best)[:, 0] < 0
        kinds.append(2 * shapes[best[:, 0]] + is_dark)
    return torch.cat(kinds).reshape(-1, 3) @ torch.tensor([KINDS**2, KINDS, 1])


@cache
def _templates(size: int) -> tuple[Tensor, Tensor]:
    """Return every shape at every place and size, without mean and of norm 1, [t, s s], and the shapes' numbers [t]."""
    grid = np.meshgrid(
        np.arange(len(SHAPE_NAMES)),
        np.linspace(*CENTRE, _PLACES),
        np.linspace(*CENTRE, _PLACES),
        np.linspace(*RADIUS, _RADII),
        indexing="ij",
    )
    across, down, radii = (axis.reshape(-1).astype(np.float32) for axis in grid[1:])
    shapes = grid[0].reshape(-1).astype(np.int64)
    drawn = cover(shapes, across, down, radii, size)
    flat = torch.from_numpy(drawn.astype(np.float32)).flatten(1)
    flat -= flat.mean(dim=1, keepdim=True)
    return flat / flat.norm(dim=1, keepdim=True), torch.from_numpy(shapes)
