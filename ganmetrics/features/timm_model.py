"""``timm:NAME``: any backbone of timm, such as DINOv2, CLIP or ConvNeXt, under its own data configuration.

The whole image is resized to the backbone's input, where timm's own evaluation crops its centre: a score must see what
is wrong at the border too. Size, interpolation, mean and deviation are those of the model's configuration.
"""

import difflib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt
from torch import Tensor

from ganmetrics._text import shown
from ganmetrics.errors import InputError, WeightsError
from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.names import IN_A_PACKAGE, TIMM_PREFIX
from ganmetrics.features.network import FrozenNetwork, NetworkExtractor
from ganmetrics.features.resize import Planes, Size, resize
from ganmetrics.features.state_dict import read_state_dict, select_tensors, state_sha256
from ganmetrics.optional import require


@dataclass(frozen=True)
class StandardizedPreprocessing:
    """Resize to one size, then subtract a mean and divide by a deviation, channel by channel, on a scale of 0 to 1.

    Attributes:
        resize: a name in `ganmetrics.features.resize.RESIZERS`.
        size: height and width of the network's input, in pixels.
        mean: of red, green and blue.
        deviation: of red, green and blue.
    """

    resize: str
    size: Size
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]

    def __call__(self, image: npt.NDArray[Any]) -> Planes:
        """Return float32 [3, H, W] for one image, uint8 RGB [h, w, 3].

        Raises:
            InputError: the image is not uint8 RGB, or is empty.
        """
        planes = resize(image, self.size, resizer=self.resize)
        planes /= 255
        planes -= np.array(self.mean, dtype=np.float32)[:, None, None]
        planes /= np.array(self.deviation, dtype=np.float32)[:, None, None]
        return planes

    def __str__(self) -> str:
        """The identity that cache keys and reports carry."""
        mean, deviation = (",".join(map(str, values)) for values in (self.mean, self.deviation))
        return f"{self.resize} {self.size[0]}x{self.size[1]} (x/255-mean)/std mean {mean} std {deviation}"


class TimmBackbone(FrozenNetwork):
    """Pooled features [n, d] of a timm model without its classifier."""

    def __init__(self, network: Any) -> None:  # noqa: ANN401 - timm's class, known only when timm is installed
        super().__init__()
        self.network = network

    def forward(self, batch: Tensor) -> Outputs:
        """Return the features of prepared images."""
        return Outputs(features=self.network(batch))


def load_timm_model(name: str, *, weights: Path | None = None, offline: bool = False) -> NetworkExtractor:
    """Return the extractor ``timm:NAME``.

    Args:
        name: a model of timm, with or without the tag of its weights.
        weights: a state dict of that model, with or without its classifier; None for the weights on timm's hub.
        offline: take the hub's weights from its local cache only.

    Raises:
        InputError: timm is not installed, or has no such model.
        WeightsError: the weights cannot be found, or do not fit.
    """
    timm = require("timm", extra="timm", user=f"extractor {TIMM_PREFIX}NAME")
    config = _pretrained_config(timm, name)
    if weights is None:
        network = _with_published_weights(timm, name, config, offline=offline)
    else:
        network = timm.create_model(name, pretrained=False, num_classes=0)
        _load(network, weights, classifier=config.classifier if config else None)
    prepare = _preparation(timm.data.resolve_model_data_config(network))
    spec = ExtractorSpec(
        name=f"{TIMM_PREFIX}{name}",
        dimension=network.head_hidden_size,
        classes=None,
        layer="pooled",
        weights_sha256=state_sha256(network.state_dict()),
        preprocessing=str(prepare),
    )
    return NetworkExtractor(spec, prepare, lambda: TimmBackbone(network))


def _pretrained_config(timm: ModuleType, name: str) -> Any:  # noqa: ANN401
    try:
        known = timm.is_model(name)
        config = timm.get_pretrained_cfg(name) if known else None
    except RuntimeError:  # the model exists, its tag does not
        known = False
    if known:
        return config
    close = difflib.get_close_matches(name, [*timm.list_models(), *timm.list_pretrained()], n=3)
    hint = f"; close to it: {', '.join(close)}" if close else ""
    raise InputError(f"{TIMM_PREFIX}NAME needs a model of timm {timm.__version__}; got {shown(name)}{hint}")


def _with_published_weights(timm: ModuleType, name: str, config: Any, *, offline: bool) -> Any:  # noqa: ANN401
    if config is None or not config.hf_hub_id or config.custom_load == "hf":
        raise WeightsError(f"timm publishes no weights for {name} that can be fetched; name a file with --weights")
    hub = require("huggingface_hub", extra="timm", user=f"extractor {TIMM_PREFIX}NAME")
    filename = config.hf_hub_filename or "model.safetensors"
    try:
        # The local cache is asked first: it answers at once, and a machine without network needs no other.
        file = hub.try_to_load_from_cache(config.hf_hub_id, filename)
        if not isinstance(file, str):
            file = hub.hf_hub_download(config.hf_hub_id, filename, local_files_only=offline)
    except Exception as error:  # the hub's client raises its own, its HTTP library's and the system's errors
        reason = ((str(error).splitlines() or [""])[0] or type(error).__name__).rstrip(".")
        raise WeightsError(
            f"weights of {TIMM_PREFIX}{name} ({filename} of {config.hf_hub_id}) cannot be found: {reason}; "
            f"name a file with --weights, or use the extractor {IN_A_PACKAGE}"
        ) from None
    overlay = {"file": file, "custom_load": False}
    return timm.create_model(name, pretrained=True, pretrained_cfg_overlay=overlay, num_classes=0)


def _load(network: Any, path: Path, *, classifier: str | tuple[str, ...] | None) -> None:  # noqa: ANN401
    names = (classifier,) if isinstance(classifier, str) else tuple(classifier or ())
    ignored = (*(f"{name}." for name in names), "num_batches_tracked")
    needed = {key: value for key, value in network.state_dict().items() if not key.endswith(ignored)}
    shapes = {key: tuple(value.shape) for key, value in needed.items()}
    network.load_state_dict(select_tensors(read_state_dict(path), shapes, ignored=ignored, path=path), strict=False)


def _preparation(config: dict[str, Any]) -> StandardizedPreprocessing:
    _, height, width = config["input_size"]
    return StandardizedPreprocessing(
        resize=f"pillow-{config['interpolation']}-uint8",
        size=(height, width),
        mean=tuple(config["mean"]),
        deviation=tuple(config["std"]),
    )
