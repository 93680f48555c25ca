"""A small flow: a U-Net that says where each pixel of noise goes, and the solver that follows it to an image."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from reference_models.config import NetConfig
from reference_models.errors import ConfigError
from reference_models.networks.discriminator import Verdict

SOLVER_STEPS = 10
"""Of Heun's method, each two passes of the network: an image costs twenty times what a GAN's does."""
FREQUENCIES = 16
GROUPS = 8


class _Block(nn.Module):
    """y = s(x) + f(x, t): two normalised 3x3 convolutions, between which the time is added to every channel."""

    def __init__(self, came: int, channels: int, *, time: int) -> None:
        super().__init__()
        self.first = nn.Sequential(_norm(came), nn.SiLU(), nn.Conv2d(came, channels, 3, padding=1))
        self.time = nn.Linear(time, channels)
        self.second = nn.Sequential(_norm(channels), nn.SiLU(), nn.Conv2d(channels, channels, 3, padding=1))
        self.skip = nn.Conv2d(came, channels, 1) if came != channels else nn.Identity()

    def forward(self, maps: Tensor, time: Tensor) -> Tensor:
        """Return maps of the same size for embedded times [n, e]."""
        inner = self.first(maps) + self.time(time)[:, :, None, None]
        added: Tensor = self.skip(maps) + self.second(inner)
        return added


class FlowGenerator(nn.Module):
    """Images by following dx/dt = v(x, t) from noise at t = 0 to an image at t = 1.

    The network learns v alone (`velocity`); the latent is the noise itself, as many numbers as the image has.

    >>> network = FlowGenerator(NetConfig(backbone="flow", norm_d="none", size=8, width=8, latent_dim=192))
    >>> network(torch.randn(2, 192)).shape
    torch.Size([2, 3, 8, 8])
    """

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        width, time = config.width, 4 * config.width
        self.time = nn.Sequential(nn.Linear(2 * FREQUENCIES, time), nn.SiLU(), nn.Linear(time, time), nn.SiLU())
        self.colours = nn.Conv2d(3, width, 3, padding=1)
        wide = 2 * width
        self.large, self.middle, self.small = (
            _Block(came, channels, time=time) for came, channels in ((width, width), (width, wide), (wide, wide))
        )
        self.middle_up, self.large_up = (
            _Block(came, channels, time=time) for came, channels in ((2 * wide, wide), (wide + width, width))
        )
        self.out = nn.Sequential(_norm(width), nn.SiLU(), nn.Conv2d(width, 3, 3, padding=1))

    def velocity(self, images: Tensor, time: Tensor) -> Tensor:
        """Return v [n, 3, s, s] at images [n, 3, s, s] and times [n] from 0 to 1."""
        embedded = self.time(_waves(time).to(images.dtype))
        large = self.large(self.colours(images), embedded)
        middle = self.middle(functional.avg_pool2d(large, 2), embedded)
        small = self.small(functional.avg_pool2d(middle, 2), embedded)
        middle = self.middle_up(torch.cat([_doubled(small), middle], dim=1), embedded)
        large = self.large_up(torch.cat([_doubled(middle), large], dim=1), embedded)
        velocity: Tensor = self.out(large)
        return velocity

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:  # noqa: ARG002 - one signature
        """Return images [n, 3, s, s] in [-1, 1] for latents [n, 3 s s], by Heun's method at equal steps."""
        size, step = self.config.size, 1 / SOLVER_STEPS
        images = latent.view(-1, 3, size, size)
        for index in range(SOLVER_STEPS):
            start = torch.full((len(images),), index * step, device=images.device)
            there = self.velocity(images, start)
            ahead = self.velocity(images + step * there, start + step)
            images = images + step * (there + ahead) / 2
        return images.clamp(-1, 1)


class NoDiscriminator(nn.Module):
    """What stands where a GAN has its discriminator: nothing, and whoever asks it is told so."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config

    def maps(self, _images: Tensor, _labels: Tensor | None = None) -> list[Tensor]:
        """Raise ConfigError."""
        raise ConfigError("a flow has no discriminator to ask")

    def forward(self, _images: Tensor, _labels: Tensor | None = None) -> Verdict:
        """Raise ConfigError."""
        raise ConfigError("a flow has no discriminator to ask")


def _waves(time: Tensor) -> Tensor:
    """Return sines and cosines [n, 2 f] of times [n], from one turn to many."""
    rates = torch.logspace(0, 2, FREQUENCIES, device=time.device) * math.pi / 2
    angles = time[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def _norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(math.gcd(GROUPS, channels), channels)


def _doubled(maps: Tensor) -> Tensor:
    return functional.interpolate(maps, scale_factor=2, mode="nearest")
