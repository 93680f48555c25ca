"""Parts that several networks share: initial weights, normalisations, labels as maps."""

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

SLOPE = 0.2
"""Of every leaky rectifier (Radford et al. 2016, section 3)."""
INITIAL_STD = 0.02
"""Standard deviation of the initial weights (the same section)."""

_WEIGHTED = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear, nn.Embedding)


class ConditionalBatchNorm2d(nn.Module):
    """Batch normalisation with a gain and a bias for each class (Dumoulin et al. 2017; de Vries et al. 2017)."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.gain = nn.Embedding(classes, channels)
        self.bias = nn.Embedding(classes, channels)

    def forward(self, maps: Tensor, labels: Tensor) -> Tensor:
        """Return the normalised maps [n, c, h, w], scaled and shifted as their classes [n] have it."""
        normalised: Tensor = self.norm(maps)
        gain, bias = self.gain(labels)[:, :, None, None], self.bias(labels)[:, :, None, None]
        return torch.addcmul(bias.to(normalised.dtype), normalised, gain.to(normalised.dtype))


class LatentProjection(nn.ConvTranspose2d):
    """A transposed convolution of a 1x1 map, stride 1: the matrix product that it is, over ten times as fast on a CPU.

    Args:
        dimension: of the latent.
        channels: of the map.

    >>> LatentProjection(100, 8)(torch.randn(2, 100, 1, 1)).shape
    torch.Size([2, 8, 4, 4])
    """

    def __init__(self, dimension: int, channels: int) -> None:
        super().__init__(dimension, channels, 4, 1, 0, bias=False)

    def forward(self, latent: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Return maps [n, c, 4, 4] for latents [n, d, 1, 1], in the memory layout of the weights."""
        if output_size is not None or latent.shape[2:] != (1, 1):
            raise ValueError(f"latents are maps of 1x1, and become 4x4; got {latent.shape[2]}x{latent.shape[3]}")
        dimension, channels, height, width = self.weight.shape
        if self.weight.is_contiguous():
            return (latent.flatten(1) @ self.weight.flatten(1)).view(-1, channels, height, width)
        product = latent.flatten(1) @ self.weight.permute(0, 2, 3, 1).reshape(dimension, -1)
        return product.view(-1, height, width, channels).permute(0, 3, 1, 2)


WIDE, SMALL = 256, 8
"""Channels from which on, and height up to which, `PatchConvolution` is faster as a matrix product: 1.15 to 1.3 times
at 256 channels of 8x8, forward and backward; at 128 channels, or at 16x16, the convolution is faster."""


class PatchConvolution(nn.Conv2d):
    """A 4x4 convolution of stride 2; of a small map with many channels, on a CPU in float32, as a matrix product.

    There oneDNN reaches half of the speed that it has on larger maps, above all in the gradient of the weights.

    Args:
        came: channels of the map, whose sides are even.
        channels: of the result.
        bias: add one.

    >>> PatchConvolution(256, 8, bias=False)(torch.zeros(2, 256, 8, 8)).shape
    torch.Size([2, 8, 4, 4])
    """

    def __init__(self, came: int, channels: int, *, bias: bool) -> None:
        super().__init__(came, channels, 4, 2, 1, bias=bias)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of half the height and width."""
        count, _, height, width = maps.shape
        in_half = maps.dtype in {torch.bfloat16, torch.float16} or torch.is_autocast_enabled(maps.device.type)
        if maps.device.type != "cpu" or in_half or self.in_channels < WIDE or height > SMALL:
            return super().forward(maps)
        padded = functional.pad(maps.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))
        # Each place's 4x4 patch in one row, in the order of a weight in channels-last layout.
        patches = torch.cat(
            [padded[:, down : down + height - 1 : 2, right : right + width - 1 : 2] for down, right in _PATCH], dim=3
        )
        weights = self.weight.permute(0, 2, 3, 1).reshape(self.out_channels, -1)
        product = functional.linear(patches, weights, self.bias)
        return product.view(count, height // 2, width // 2, -1).permute(0, 3, 1, 2)


_PATCH = [(down, right) for down in range(4) for right in range(4)]


def normalisation(kind: str, channels: int) -> nn.Module:
    """Return the normalisation of that name for maps of so many channels.

    ``layer`` is over all of an image, with a gain and a bias for each channel, which is a group normalisation of one
    group: unlike batch normalisation it treats each image by itself, as a gradient penalty requires.
    """
    if kind == "batch":
        return nn.BatchNorm2d(channels)
    if kind == "layer":
        return nn.GroupNorm(1, channels)
    return nn.Identity()


def label_map(embedded: Tensor, maps: Tensor) -> Tensor:
    """Return maps [n, c, h, w] with the embedded labels [n, e] beside them, the same at every place."""
    placed = embedded[:, :, None, None].expand(-1, -1, *maps.shape[2:]).to(maps.dtype)
    return torch.cat([maps, placed], dim=1)


def initialise(network: nn.Module) -> None:
    """Draw weights from N(0, 0.02²), gains from N(1, 0.02²), and set biases to zero, in place.

    0.02 is a standard deviation; read as a variance, a common slip, the weights are seven times too large.
    """
    gains = {id(module.gain) for module in network.modules() if isinstance(module, ConditionalBatchNorm2d)}
    shifts = {id(module.bias) for module in network.modules() if isinstance(module, ConditionalBatchNorm2d)}
    for module in network.modules():
        if id(module) in shifts:
            nn.init.zeros_(module.weight)  # type: ignore[arg-type]
        elif isinstance(module, _WEIGHTED):
            nn.init.normal_(module.weight, 1.0 if id(module) in gains else 0.0, INITIAL_STD)
        elif isinstance(module, nn.BatchNorm2d | nn.GroupNorm) and module.affine:
            nn.init.normal_(module.weight, 1.0, INITIAL_STD)
        bias = getattr(module, "bias", None)
        if isinstance(bias, nn.Parameter):
            nn.init.zeros_(bias)


def normalise_spectrally(network: nn.Module) -> None:
    """Divide every weight of a network by its largest singular value from now on (Miyato et al. 2018), in place.

    One power iteration follows each pass in training mode and none in evaluation mode, so that scoring a generator
    leaves it as it was. The gains of conditional normalisations are no linear maps and stay.
    """
    kept = {
        id(part)
        for module in network.modules()
        if isinstance(module, ConditionalBatchNorm2d)
        for part in module.children()
    }
    for module in list(network.modules()):
        if isinstance(module, _WEIGHTED) and id(module) not in kept:
            spectral_norm(module)
