"""The DCGAN generator, for any size 4 x 2^k."""

import torch
from torch import Tensor, nn

from reference_models.config import NetConfig
from reference_models.networks.attention import SelfAttention
from reference_models.networks.layers import ConditionalBatchNorm2d
from reference_models.networks.products import LatentProjection


class UpBlock(nn.Module):
    """A fractionally strided convolution, batch normalisation (of the class where that is wanted), a rectifier."""

    def __init__(self, came: int, channels: int, *, first: bool, classes: int) -> None:
        super().__init__()
        # A LatentProjection is an nn.ConvTranspose2d of 4x4 and stride 1 from 1x1, computed as one product.
        self.up = LatentProjection(came, channels) if first else nn.ConvTranspose2d(came, channels, 4, 2, 1, bias=False)
        self.norm = ConditionalBatchNorm2d(channels, classes) if classes else nn.BatchNorm2d(channels)
        self.activation = nn.ReLU(inplace=True)

    def forward(self, maps: Tensor, labels: Tensor | None) -> Tensor:
        """Return maps of twice the size, or 4x4 from 1x1."""
        raised = self.up(maps)
        normalised = self.norm(raised, labels) if isinstance(self.norm, ConditionalBatchNorm2d) else self.norm(raised)
        activated: Tensor = self.activation(normalised)
        return activated


class Generator(nn.Module):
    """Latents to images in [-1, 1] (Radford et al. 2016, figure 1).

    No pooling and no hidden fully connected layer; batch normalisation and rectifiers everywhere but on the output,
    which has a tanh, so that its range is that of the data.

    >>> network = Generator(NetConfig(size=32, width=8))
    >>> network(torch.randn(2, 100)).shape
    torch.Size([2, 3, 32, 32])
    """

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.classes, config.embedding) if config.condition == "concat" else None
        came = config.latent_dim + (config.embedding if self.embedding is not None else 0)
        classes = config.classes if config.condition == "batch-norm" else 0
        self.blocks = nn.ModuleList()
        self.attention = nn.ModuleDict()
        for size, channels in config.channels().items():
            self.blocks.append(UpBlock(came, channels, first=not self.blocks, classes=classes))
            if size in config.attention:
                self.attention[str(len(self.blocks) - 1)] = SelfAttention(channels)
            came = channels
        self.out = nn.ConvTranspose2d(came, 3, 4, 2, 1, bias=False)

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Return images [n, 3, s, s] in [-1, 1] for latents [n, d] and, in a conditional model, classes [n]."""
        if self.embedding is not None:
            latent = torch.cat([latent, self.embedding(labels)], dim=1)
        maps = latent[:, :, None, None]
        for index, block in enumerate(self.blocks):
            maps = block(maps, labels)
            if str(index) in self.attention:
                maps = self.attention[str(index)](maps)
        return torch.tanh(self.out(maps))
