"""Inception-v3 as FID uses it: the network that Google published on 2015-12-05.

Heusel et al. 2017 (arXiv 1706.08500) take its pool3 features for FID, Salimans et al. 2016 (arXiv 1606.03498) its class
scores for the Inception Score, and Nash et al. 2021 (arXiv 2103.03841) intermediate features for sFID. It differs from
torchvision's ``inception_v3`` in its pooling (`inception_blocks`), its 1008 classes and its weights.
"""

from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.inception_blocks import (
    Convolution,
    InceptionA,
    InceptionB,
    InceptionC,
    InceptionD,
    InceptionE,
    shrink,
)
from ganmetrics.features.network import FrozenNetwork, NetworkExtractor
from ganmetrics.features.resize import Preprocessing
from ganmetrics.features.state_dict import State, read_state_dict, select_tensors

INCEPTION_V3 = "inception-v3"
_FEATURES = 2048
_CLASSES = 1008
SPATIAL_CHANNELS = 7
SPATIAL_FEATURES = 17 * 17 * SPATIAL_CHANNELS
BATCH_NORM_EPS = 1e-3
BATCH_NORM = ("weight", "bias", "running_mean", "running_var")
INCEPTION_PREPROCESSING = Preprocessing("tf1-bilinear", (299, 299), "(x-128)/128")


class InceptionV3(FrozenNetwork):
    """pool3 [n, 2048], logits without bias [n, 1008] and spatial features [n, 2023] of prepared images."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Convolution(3, 32, 3, stride=2)
        self.Conv2d_2a_3x3 = Convolution(32, 32, 3)
        self.Conv2d_2b_3x3 = Convolution(32, 64, 3, padding="same")
        self.Conv2d_3b_1x1 = Convolution(64, 80, 1)
        self.Conv2d_4a_3x3 = Convolution(80, 192, 3)
        self.Mixed_5b = InceptionA(192, pool_channels=32)
        self.Mixed_5c = InceptionA(256, pool_channels=64)
        self.Mixed_5d = InceptionA(288, pool_channels=64)
        self.Mixed_6a = InceptionB(288)
        self.Mixed_6b = InceptionC(768, inner_channels=128)
        self.Mixed_6c = InceptionC(768, inner_channels=160)
        self.Mixed_6d = InceptionC(768, inner_channels=160)
        self.Mixed_6e = InceptionC(768, inner_channels=192)
        self.Mixed_7a = InceptionD(768)
        self.Mixed_7b = InceptionE(1280, maximum=False)
        self.Mixed_7c = InceptionE(2048, maximum=True)
        # The Inception Score of the original graph reads the matrix product before the bias is added.
        self.fc = nn.Linear(_FEATURES, _CLASSES, bias=False)

    def stem(self, batch: Tensor) -> Tensor:
        """Return what the first pooling gives, [n, 64, 73, 73].

        Rounding to bfloat16 moves the distance by whole per cents, most of it here: pixels lose half their levels.
        """
        with self.stem_precision(batch.device):
            return shrink(self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(batch))))

    def forward(self, batch: Tensor) -> Outputs:
        """Return pool3, logits and spatial features; the input is 299x299 wherever scores are compared."""
        x = shrink(self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(self.stem(batch))))
        x = self.Mixed_6a(self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(x))))
        middle = self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(x)))
        x = self.Mixed_7c(self.Mixed_7b(self.Mixed_7a(self.Mixed_6e(middle))))
        # A mean of 64 values has no need to be rounded to bfloat16, whatever they were computed in.
        pool3 = functional.adaptive_avg_pool2d(x.float(), 1).flatten(1)
        return Outputs(features=pool3, logits=self.fc(pool3), spatial=_spatial(middle))


def _spatial(middle: Tensor) -> Tensor:
    # sFID reads `mixed_6/conv:0` of the TensorFlow graph, first 7 channels. The graph numbers its blocks from 5b as
    # mixed, mixed_1, ..., so mixed_6 is Mixed_6d; the operation named like its scope is the last one in it, the ReLU;
    # and `conv`, outside the towers, is branch1x1, whose channels come first in the joined output. TensorFlow's axes
    # are [n, h, w, c], and stored sFID statistics have their 17 * 17 * 7 features in that order.
    return middle[:, :SPATIAL_CHANNELS].permute(0, 2, 3, 1).flatten(1)


def load_inception(
    path: Path, *, sha256: str, canonical: bool, preprocessing: Preprocessing = INCEPTION_PREPROCESSING
) -> NetworkExtractor:
    """Return the extractor ``inception-v3`` with the weights of a file.

    Args:
        path: a state dict with the names of torchvision's ``inception_v3``, 1008 classes, no auxiliary classifier.
        sha256: the digest of the file.
        canonical: the file is the published one.
        preprocessing: how images become inputs; the default is that of the original graph.

    The weights are read at the first use of the network; WeightsError is raised then if they are not its own.
    """
    spec = inception_spec(sha256=sha256, canonical=canonical, preprocessing=preprocessing)
    return NetworkExtractor(spec, preprocessing, partial(build_inception, path, sha256=sha256))


def inception_spec(
    *, sha256: str, canonical: bool, preprocessing: Preprocessing = INCEPTION_PREPROCESSING
) -> ExtractorSpec:
    """Return the identity of the network with some weights, which are not looked for."""
    return ExtractorSpec(
        name=INCEPTION_V3,
        dimension=_FEATURES,
        classes=_CLASSES,
        layer="pool3",
        weights_sha256=sha256,
        preprocessing=str(preprocessing),
        spatial=SPATIAL_FEATURES,
        canonical=canonical,
    )


def build_inception(path: Path, *, sha256: str | None = None) -> InceptionV3:
    """Return the network with the weights of a file, batch normalisation folded into its convolutions.

    Args:
        path: the file.
        sha256: the digest that it must have; None for any.

    Raises:
        WeightsError: the file has another digest, or does not hold this network's weights.
    """
    # On the meta device nothing is allocated or initialised, only to be overwritten.
    with torch.device("meta"):
        network = InceptionV3()
    stored = read_state_dict(path, sha256=sha256)
    state = select_tensors(stored, _published_shapes(network), ignored=("num_batches_tracked",), path=path)
    network.load_state_dict(fold_batch_norm_weights(state), assign=True)
    return network


def _published_shapes(network: InceptionV3) -> dict[str, tuple[int, ...]]:
    shapes = {"fc.weight": (_CLASSES, _FEATURES), "fc.bias": (_CLASSES,)}
    for name, module in network.named_modules():
        if isinstance(module, Convolution):
            shapes[f"{name}.conv.weight"] = tuple(module.weight.shape)
            shapes |= {f"{name}.bn.{part}": (module.out_channels,) for part in BATCH_NORM}
    return shapes


def fold_batch_norm_weights(state: State) -> State:
    """Return the weights of convolutions with bias, for weights of convolutions followed by batch normalisation.

    Normalisation multiplies channel c by g = weight / sqrt(running_var + 1e-3) and adds bias - g running_mean, both
    linear, so the convolution can do it. Folded in float64 and then rounded, each weight is off by half a unit in the
    last place at most.
    """
    # A copy: what was read may be a view of the file, which can change under a running program.
    folded = {"fc.weight": state["fc.weight"].to(torch.float32, copy=True)}
    for key in state:
        name, found, _ = key.partition(".conv.weight")
        if not found:
            continue
        gamma, beta, mean, variance = (state[f"{name}.bn.{part}"].double() for part in BATCH_NORM)
        gain = gamma / (variance + BATCH_NORM_EPS).sqrt()
        folded[f"{name}.weight"] = (state[key].double() * gain[:, None, None, None]).float()
        folded[f"{name}.bias"] = (beta - mean * gain).float()
    return folded
