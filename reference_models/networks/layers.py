"""Parts that several networks share: initial weights, normalisations, labels as maps."""

import torch
from torch import Tensor, nn
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
