"""Residual networks without normalisation, narrow, after Huang et al. (2024, sections 3 and 4; arXiv 2501.05441).

Both networks mirror each other: stages of residual blocks, each a bottleneck of 1x1, grouped 3x3 and 1x1 convolutions,
with [1, 2, 1] resampling between. The last layer of each block begins at zero, and the others smaller the more blocks
there are (Zhang et al. 2019, "Fixup"): a deep network then begins as a shallow one and needs no normalisation. Here the
image ends with a tanh, which scoring needs, and the stages have one block instead of two.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from reference_models.config import NetConfig
from reference_models.networks.discriminator import Verdict
from reference_models.networks.layers import SLOPE

EXPANSION, GROUP = 2, 16
"""How much wider a block is inside, and the channels of a group of its 3x3 convolution."""
_GAIN = math.sqrt(2 / (1 + SLOPE**2))
_LINE = (1.0, 2.0, 1.0)


class Resample(nn.Module):
    """Twice or half the size, each pixel weighted 1, 2, 1 with its neighbours in both directions."""

    kernel: Tensor

    def __init__(self, *, up: bool) -> None:
        super().__init__()
        line = torch.tensor(_LINE)
        self.up = up
        self.register_buffer("kernel", torch.outer(line, line) / (4 if up else 16), persistent=False)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps [n, c, 2 h, 2 w] or [n, c, h / 2, w / 2]."""
        channels = maps.shape[1]
        kernel = self.kernel.to(maps.dtype).expand(channels, 1, 3, 3)
        if self.up:
            return functional.conv_transpose2d(maps, kernel, stride=2, padding=1, output_padding=1, groups=channels)
        return functional.conv2d(maps, kernel, stride=2, padding=1, groups=channels)


class Residual(nn.Module):
    """y = x + f(x), f a bottleneck that begins as zero.

    Args:
        width: of the map.
        blocks: in the whole network, which decide how small the first layers begin.
    """

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        inner = width * EXPANSION
        self.widen = nn.Conv2d(width, inner, 1)
        self.look = nn.Conv2d(inner, inner, 3, padding=1, groups=max(inner // GROUP, 1))
        self.narrow = nn.Conv2d(inner, width, 1, bias=False)
        for layer in (self.widen, self.look):
            _initialise(layer, _GAIN * blocks**-0.25)
        nn.init.zeros_(self.narrow.weight)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same shape."""
        inner = functional.leaky_relu(self.widen(maps), SLOPE)
        inner = functional.leaky_relu(self.look(inner), SLOPE)
        added: Tensor = maps + self.narrow(inner)
        return added


class R3Generator(nn.Module):
    """A learnt 4x4 map, each channel scaled by the latent, then residual stages to the image.

    >>> network = R3Generator(NetConfig(backbone="r3", norm_d="none", size=32, width=8, latent_dim=16))
    >>> network(torch.randn(2, 16)).shape
    torch.Size([2, 3, 32, 32])
    """

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        stages = config.levels + 1
        self.basis = nn.Parameter(torch.randn(config.width, 4, 4))
        self.scales = nn.Linear(config.latent_dim, config.width, bias=False)
        self.stages = nn.ModuleList(Residual(config.width, stages) for _ in range(stages))
        self.up = Resample(up=True)
        self.out = nn.Conv2d(config.width, 3, 1)
        for layer in (self.scales, self.out):
            _initialise(layer, 1.0)

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:  # noqa: ARG002 - one signature
        """Return images [n, 3, s, s] in [-1, 1] for latents [n, d]."""
        maps = self.basis * self.scales(latent)[:, :, None, None]
        for index, stage in enumerate(self.stages):
            maps = stage(self.up(maps) if index else maps)
        return torch.tanh(self.out(maps))


class R3Discriminator(nn.Module):
    """The generator's mirror: residual stages down to 4x4, a learnt weight for each place, a logit.

    >>> network = R3Discriminator(NetConfig(backbone="r3", norm_d="none", size=32, width=8))
    >>> network(torch.zeros(2, 3, 32, 32)).logit.shape
    torch.Size([2])
    """

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        stages = config.levels + 1
        self.colours = nn.Conv2d(3, config.width, 1)
        self.stages = nn.ModuleList(Residual(config.width, stages) for _ in range(stages))
        self.down = Resample(up=False)
        self.basis = nn.Parameter(torch.randn(config.width, 4, 4) / 4)
        self.logit = nn.Linear(config.width, 1)
        for layer in (self.colours, self.logit):
            _initialise(layer, 1.0)

    def maps(self, images: Tensor, labels: Tensor | None = None) -> list[Tensor]:  # noqa: ARG002 - one signature
        """Return the map after each stage for images [n, 3, s, s], the largest first."""
        maps, stages = self.colours(images), []
        for index, stage in enumerate(self.stages):
            maps = stage(self.down(maps) if index else maps)
            stages.append(maps)
        return stages

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Verdict:
        """Return the verdict on images [n, 3, s, s] in [-1, 1]."""
        features = (self.maps(images, labels)[-1] * self.basis).sum(dim=(2, 3))
        return Verdict(self.logit(features).flatten().float(), None, features.float())


def _initialise(layer: nn.Conv2d | nn.Linear, gain: float) -> None:
    """Draw weights that keep the variance of what comes in times gain², and set the bias to zero."""
    nn.init.normal_(layer.weight, 0.0, gain / math.sqrt(layer.weight[0].numel()))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
