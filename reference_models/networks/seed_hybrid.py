"""The networks of the combined WGAN-GP and ACGAN as a course report built it: 3x3 layers of one width throughout.

What that report did by mistake is put right: the label stands beside the latent instead of overwriting its first ten
values, batch normalisation keeps torch's momentum of 0.1, and the leaky rectifiers have the slope 0.2.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from reference_models.config import NetConfig
from reference_models.networks.discriminator import Verdict
from reference_models.networks.layers import SLOPE, ConditionalBatchNorm2d, normalisation


class SeedHybridGenerator(nn.Module):
    """A dense layer to 4x4, then doublings, each followed by 3x3 convolutions: three at 8x8, one at every larger size.

    >>> SeedHybridGenerator(NetConfig(backbone="seed-hybrid", head="auxiliary", width=8))(torch.randn(2, 100)).shape
    torch.Size([2, 3, 32, 32])
    """

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.embedding = nn.Embedding(config.classes, config.embedding) if config.condition == "concat" else None
        came = config.latent_dim + (config.embedding if self.embedding is not None else 0)
        classes = config.classes if config.condition == "batch-norm" else 0
        self.dense = nn.Linear(came, width * 16)
        layers: list[nn.Module] = []
        for level in range(config.levels):
            layers.append(nn.ConvTranspose2d(width, width, 4, 2, 1))
            layers.extend(nn.Conv2d(width, width, 3, padding=1) for _ in range(3 if level == 0 else 1))
        # The last 3x3 layer makes the colours.
        self.out = nn.Conv2d(width, 3, 3, padding=1)
        self.layers = nn.ModuleList(layers[:-1])
        self.norms = nn.ModuleList(
            ConditionalBatchNorm2d(width, classes) if classes else nn.BatchNorm2d(width)
            for _ in range(len(self.layers) + 1)
        )

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return images [n, 3, s, s] in [-1, 1] for latents [n, d] and classes [n]."""
        if self.embedding is not None:
            latent = torch.cat([latent, self.embedding(labels)], dim=1)
        maps = self.dense(latent).reshape(len(latent), -1, 4, 4)
        maps = self._normalised(self.norms[0], maps, labels)
        for layer, norm in zip(self.layers, list(self.norms)[1:], strict=True):
            maps = self._normalised(norm, layer(maps), labels)
        return torch.tanh(self.out(maps))

    @staticmethod
    def _normalised(norm: nn.Module, maps: Tensor, labels: Tensor | None) -> Tensor:
        return functional.relu(norm(maps, labels) if isinstance(norm, ConditionalBatchNorm2d) else norm(maps))


class SeedHybridDiscriminator(nn.Module):
    """3x3 convolutions with strides 1, 2, 1, 2, 1, 1, 1, 2 at 32x32, the maximum over the last map, two dense heads.

    >>> network = SeedHybridDiscriminator(NetConfig(backbone="seed-hybrid", head="auxiliary", width=8, classes=10))
    >>> network(torch.zeros(2, 3, 32, 32)).classes.shape
    torch.Size([2, 10])
    """

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        strides = (1, 2) * (config.levels - 1) + (1, 1, 1, 2)
        stages, came = [], 3
        for index, stride in enumerate(strides):
            norm = nn.Identity() if index == 0 else normalisation(config.norm_d, config.width)
            stages.append(
                nn.Sequential(nn.Conv2d(came, config.width, 3, stride, 1), norm, nn.LeakyReLU(SLOPE, inplace=True))
            )
            came = config.width
        self.stages = nn.ModuleList(stages)
        self.logit = nn.Linear(config.width, 1)
        self.labels = nn.Linear(config.width, max(config.classes, 1))

    def maps(self, images: Tensor, labels: Tensor | None = None) -> list[Tensor]:  # noqa: ARG002 - one signature
        """Return the map after each stage for images [n, 3, s, s], the largest first."""
        maps, stages = images, []
        for stage in self.stages:
            maps = stage(maps)
            stages.append(maps)
        return stages

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Verdict:
        """Return the verdict on images [n, 3, s, s] in [-1, 1]; no label is needed to judge."""
        features = self.maps(images, labels)[-1].amax(dim=(2, 3))
        return Verdict(self.logit(features).flatten().float(), self.labels(features).float(), features.float())
