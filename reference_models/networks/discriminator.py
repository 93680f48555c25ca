"""The DCGAN discriminator, for any size 4 x 2^k, and the heads that use a label."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from reference_models.config import NetConfig
from reference_models.networks.attention import SelfAttention
from reference_models.networks.layers import SLOPE, label_map, normalisation
from reference_models.networks.products import PatchConvolution


class Verdict(NamedTuple):
    """What a discriminator says of n images.

    Attributes:
        logit: how real each looks, before any sigmoid, shape [n].
        classes: class scores before the softmax, shape [n, c]; None without an auxiliary classifier.
        features: what the judgement rests on, shape [n, d].
    """

    logit: Tensor
    classes: Tensor | None
    features: Tensor


class Discriminator(nn.Module):
    """Images to a logit each: strided convolutions, leaky rectifiers, normalisation except on the input layer.

    >>> network = Discriminator(NetConfig(size=32, width=8))
    >>> network(torch.zeros(2, 3, 32, 32)).logit.shape
    torch.Size([2])
    """

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.classes, config.embedding) if config.head == "concat" else None
        self.stages = nn.ModuleList()
        self.attention = nn.ModuleDict()
        came = 3
        for size, channels in reversed(config.channels().items()):
            first = not self.stages
            # Before a batch normalisation a bias has no effect; DCGAN goes without on the input layer too. A layer
            # normalisation forgets the scale of each image: without biases half the contrast would look the same.
            # An nn.Conv2d of 4x4, stride 2 and padding 1, computed faster on a CPU.
            convolution = PatchConvolution(came, channels, bias=config.norm_d != "batch")
            norm = nn.Identity() if first else normalisation(config.norm_d, channels)
            self.stages.append(nn.Sequential(convolution, norm, nn.LeakyReLU(SLOPE, inplace=True)))
            if size in config.attention:
                self.attention[str(len(self.stages) - 1)] = SelfAttention(channels)
            came = channels + (config.embedding if first and self.embedding is not None else 0)
        self.head = Head(config, came)

    def maps(self, images: Tensor, labels: Tensor | None = None) -> list[Tensor]:
        """Return the map after each stage for images [n, 3, s, s], the largest first."""
        maps, stages = images, []
        for index, stage in enumerate(self.stages):
            maps = stage(maps)
            if str(index) in self.attention:
                maps = self.attention[str(index)](maps)
            stages.append(maps)
            if index == 0 and self.embedding is not None:
                maps = label_map(self.embedding(labels), maps)
        if len(self.stages) == 1 and self.embedding is not None:
            stages[-1] = maps
        return stages

    def forward(self, images: Tensor, labels: Tensor | None = None) -> Verdict:
        """Return the verdict on images [n, 3, s, s] in [-1, 1], of the classes [n] that a label-using head is told."""
        verdict: Verdict = self.head(self.maps(images, labels)[-1], labels)
        return verdict


class Head(nn.Module):
    """From the last map, 4x4, to the verdict: in a DCGAN one 4x4 convolution of it to a number, <W, last map>.

    ``projection`` is <w, phi> + b + <e_y, phi> with phi the features, or the sum over the map where there are none
    (Miyato and Koyama 2018, eq. 4): the label asks its own question of the image. ``additive`` is <W, map> + <v, e_y>,
    or <w, phi> + b + <v, e_y>: there the label's part is the same for every image, so no image can be wrong for its
    label.
    """

    def __init__(self, config: NetConfig, channels: int) -> None:
        super().__init__()
        self.kind = config.head
        self.features = nn.Conv2d(channels, config.features, 4) if config.features else None
        dense = config.features or (channels if self.kind == "projection" else 0)
        self.logit = nn.Linear(dense, 1) if dense else nn.Conv2d(channels, 1, 4, bias=False)
        self.labels: nn.Module | None = None
        if self.kind == "projection":
            self.labels = nn.Embedding(config.classes, dense)
        elif self.kind == "additive":
            self.labels = nn.Sequential(
                nn.Embedding(config.classes, config.embedding), nn.Linear(config.embedding, 1, bias=False)
            )
        elif self.kind == "auxiliary":
            self.labels = nn.Linear(dense, config.classes) if dense else nn.Conv2d(channels, config.classes, 4)

    def forward(self, last: Tensor, labels: Tensor | None) -> Verdict:
        """Return the verdict from the last map [n, c, 4, 4]."""
        features = last if self.features is None else self.features(last).flatten(1)
        summed = self.features is None and self.kind == "projection"
        judged = last.sum(dim=(2, 3)) if summed else features
        logit = self.logit(judged).flatten()
        classes = None
        if self.kind == "projection" and self.labels is not None:
            logit = logit + (self.labels(labels) * judged).sum(dim=1)
        elif self.kind == "additive" and self.labels is not None:
            logit = logit + self.labels(labels).flatten()
        elif self.kind == "auxiliary" and self.labels is not None:
            classes = self.labels(judged).flatten(1).float()
        return Verdict(logit.float(), classes, features.flatten(1).float())


def has_batch_norm(network: nn.Module) -> bool:
    """Return whether a network mixes the images of a batch."""
    return any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in network.modules())


def clip_weights(network: nn.Module, bound: float) -> None:
    """Confine every parameter to [-bound, bound], in place (Arjovsky et al. 2017, algorithm 1, after each step)."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.clamp_(-bound, bound)
