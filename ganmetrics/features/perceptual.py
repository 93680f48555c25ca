"""Perceptual distances of two images: LPIPS with given weights, and its shift-tolerant form with weights of a package.

Zhang et al. 2018 (arXiv 1801.03924), equation 1: features of a trained network at five depths, each place's divided by
its length, squared differences weighted by channel, averaged over places and added up. The shift-tolerant form
(Ghildyal and Liu 2022, arXiv 2207.13686) is the same of an AlexNet that blurs before it halves; the package
``stlpips-pytorch`` ships all of its weights, so it needs no download. It is another distance, and never called LPIPS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn import functional

from ganmetrics._files import as_path
from ganmetrics._text import one_line, shown
from ganmetrics.core.checks import of_type
from ganmetrics.core.float32 import ieee_float32
from ganmetrics.errors import InputError, WeightsError
from ganmetrics.features.state_dict import State, file_sha256, read_state_dict
from ganmetrics.optional import check_installed

_PERCEPTUAL = ("st-lpips-alex", "lpips-alex", "lpips-vgg")
"""The distances; the first one needs no weights of the caller's."""
SHIFT = (-0.030, -0.088, -0.188)
SCALE = (0.458, 0.448, 0.450)
"""What LPIPS takes off images from -1 to 1, and divides them by: ImageNet's mean and deviation, rounded."""
LENGTH_FLOOR = 1e-10
"""What LPIPS adds to lengths before it divides by them."""
_PUBLISHED = {"lpips-alex": "7be5be79", "lpips-vgg": "397923af"}
"""First figures of the SHA-256 of torchvision's files, which stand in their names."""


class Blur(nn.Module):
    """A binomial filter of three places before every second one is dropped, the border mirrored two places out."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        binomial = torch.tensor([1.0, 2.0, 1.0])
        self.register_buffer("filter", (torch.outer(binomial, binomial) / 16).expand(channels, 1, 3, 3).clone())

    def forward(self, features: Tensor) -> Tensor:
        """Return the features at half the resolution."""
        padded = functional.pad(features, (2, 2, 2, 2), mode="reflect")
        return functional.conv2d(padded, self.get_buffer("filter"), stride=2, groups=features.shape[1])


def _alex() -> list[nn.Sequential]:
    widths = ((64, 192, 5, 2), (192, 384, 3, 1), (384, 256, 3, 1), (256, 256, 3, 1))
    stages = [nn.Sequential(nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU())]
    for place, (come, go, size, padding) in enumerate(widths):
        pool = [nn.MaxPool2d(3, stride=2)] if place < 2 else []  # noqa: PLR2004 - the two first halve
        stages.append(nn.Sequential(*pool, nn.Conv2d(come, go, size, padding=padding), nn.ReLU()))
    return stages


def _shift_tolerant_alex() -> list[nn.Sequential]:
    return [
        nn.Sequential(nn.Conv2d(3, 64, 11, padding=2), Blur(64), nn.ReLU()),
        nn.Sequential(nn.MaxPool2d(3, stride=1), Blur(64), nn.Conv2d(64, 192, 5, padding=2), nn.ReLU()),
        nn.Sequential(nn.MaxPool2d(3, stride=1), Blur(192), nn.Conv2d(192, 384, 3, padding=1), nn.ReLU()),
        nn.Sequential(nn.Conv2d(384, 256, 3, padding=1), nn.ReLU()),
        nn.Sequential(nn.Conv2d(256, 256, 3, padding=1), nn.ReLU()),
    ]


def _vgg() -> list[nn.Sequential]:
    stages, come = [], 3
    for place, (width, depth) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))):
        layers: list[nn.Module] = [nn.MaxPool2d(2)] if place else []
        for _ in range(depth):
            layers += [nn.Conv2d(come, width, 3, padding=1), nn.ReLU()]
            come = width
        stages.append(nn.Sequential(*layers))
    return stages


_STAGES = {"st-lpips-alex": _shift_tolerant_alex, "lpips-alex": _alex, "lpips-vgg": _vgg}


class PerceptualNetwork(nn.Module):
    """The stages of a network, and how much each channel of each counts."""

    def __init__(self, stages: list[nn.Sequential]) -> None:
        super().__init__()
        self.stages = nn.ModuleList(stages)
        widths = [convolutions(stage)[-1].out_channels for stage in stages]
        self.heads = nn.ParameterList([nn.Parameter(torch.ones(width)) for width in widths])
        self.register_buffer("shift", torch.tensor(SHIFT)[:, None, None])
        self.register_buffer("scale", torch.tensor(SCALE)[:, None, None])

    def forward(self, one: Tensor, other: Tensor) -> Tensor:
        """Return the distance of each pair of images from -1 to 1, [n]."""
        both = (torch.cat([one, other]) - self.get_buffer("shift")) / self.get_buffer("scale")
        total = torch.zeros(len(one), device=one.device)
        for stage, head in zip(self.stages, self.heads, strict=True):
            both = stage(both)
            lengths = torch.linalg.vector_norm(both, dim=1, keepdim=True)
            first, second = (both / (lengths + LENGTH_FLOOR)).chunk(2)
            total = total + ((first - second).square() * head[:, None, None]).sum(dim=1).mean(dim=(1, 2))
        return total


def convolutions(stage: nn.Module) -> list[nn.Conv2d]:
    """Return the convolutions of a stage, in order."""
    return [module for module in stage.modules() if isinstance(module, nn.Conv2d)]


@runtime_checkable
class Distance(Protocol):
    """What a distance of two batches of images is: any object with these members."""

    @property
    def name(self) -> str:
        """What it is."""
        ...

    @property
    def score_name(self) -> str:
        """What a score is called."""
        ...

    @property
    def sha256(self) -> str:
        """Digest of its weights."""
        ...

    @property
    def canonical(self) -> bool:
        """Whether the weights are the published ones."""
        ...

    def __call__(self, one: Tensor, other: Tensor) -> Tensor:
        """Return the distance of each pair [n] of images [n, 3, h, w], uint8 or floating point from -1 to 1."""
        ...


@dataclass(frozen=True, eq=False)
class PerceptualDistance:
    """A perceptual distance with its weights; call it with two batches of images.

    Attributes:
        name: of `_PERCEPTUAL`.
        network: what computes it.
        sha256: digest of the file of the network's weights.
        canonical: the weights are the published ones.
        device: where it computes.
    """

    name: str
    network: PerceptualNetwork
    sha256: str
    canonical: bool
    device: torch.device

    @property
    def score_name(self) -> str:
        """What a score is called: LPIPS only with the published weights."""
        return self.name if self.canonical else f"perceptual_{self.name}"

    def __call__(self, one: Tensor, other: Tensor) -> Tensor:
        """Return the distance of each pair, float32 [n], 0 for equal images.

        Args:
            one: images, uint8 [n, 3, h, w], or floating point from -1 to 1.
            other: likewise, of the same shape.

        Raises:
            InputError: the shapes differ or are no images'.
        """
        if one.shape != other.shape or one.ndim != 4 or one.shape[1] != 3:  # noqa: PLR2004 - images, three channels
            raise InputError(f"pairs need two batches [n, 3, h, w]; got {list(one.shape)} and {list(other.shape)}")
        with torch.no_grad(), ieee_float32():
            distances: Tensor = self.network(self._prepared(one), self._prepared(other)).cpu()
        return distances

    def _prepared(self, images: Tensor) -> Tensor:
        floats = images.to(self.device, torch.float32)
        return floats / 127.5 - 1 if images.dtype == torch.uint8 else floats


def load_perceptual(
    name: str = _PERCEPTUAL[0], *, weights: str | Path | None = None, device: str | torch.device = "cpu"
) -> PerceptualDistance:
    """Return a perceptual distance.

    Args:
        name: ``st-lpips-alex`` needs the package ``stlpips-pytorch`` only; ``lpips-alex`` and ``lpips-vgg`` need the
            package ``lpips`` for the weights of channels, and `weights` for the network.
        weights: torchvision's file of the network, such as ``alexnet-owt-7be5be79.pth`` or ``vgg16-397923af.pth``;
            of other weights the score is called ``perceptual_<name>``.
        device: where to compute.

    Raises:
        InputError: there is no such distance, a package is missing, or weights are missing or not asked for.
        WeightsError: the file does not fit the network.
    """
    if not isinstance(name, str) or name not in _PERCEPTUAL:
        raise InputError(f"a perceptual distance must be one of {', '.join(_PERCEPTUAL)}; got {shown(name)}")
    network = PerceptualNetwork(_STAGES[name]())
    if name == _PERCEPTUAL[0]:
        if weights is not None:
            raise InputError(f"{name} has the weights of its package; weights go with {', '.join(_PERCEPTUAL[1:])}")
        path = _package_file("stlpips_pytorch", "weights/vST0.0/alex_shift_tolerant.pth", name)
        state = read_state_dict(path)
        _load(network, _parameters(state, "net."), state, path)
        canonical = True
    else:
        if weights is None:
            raise InputError(f"{name} needs the weights of its network (--perceptual-weights): torchvision's file")
        path = as_path(weights)
        heads = _package_file("lpips", f"weights/v0.1/{name.removeprefix('lpips-')}.pth", name)
        _load(network, _parameters(read_state_dict(path), "features."), read_state_dict(heads), path)
        canonical = file_sha256(path).startswith(_PUBLISHED[name])
    of_type("device", device, str | torch.device, "the name of a device")
    try:
        place = torch.device(device)
    except RuntimeError as error:
        raise InputError(f"device must be one that torch has; got {shown(str(device))} ({one_line(error)})") from None
    frozen = network.eval().requires_grad_(requires_grad=False).to(place)
    return PerceptualDistance(name, frozen, file_sha256(path), canonical, place)


def _package_file(package: str, inside: str, user: str) -> Path:
    """Return a file of an installed package, which is not imported."""
    check_installed(package, extra="perceptual", user=f"distance {user}")
    found = find_spec(package)
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / inside


def _parameters(state: State, prefix: str) -> list[tuple[Tensor, Tensor]]:
    """Return weight and bias of each convolution below a prefix, in the file's order, which is the network's."""
    names = [name for name in state if name.startswith(prefix) and name.endswith(".weight")]
    return [(state[name], state[f"{name.removesuffix('weight')}bias"]) for name in names if _has_bias(state, name)]


def _has_bias(state: State, name: str) -> bool:
    return f"{name.removesuffix('weight')}bias" in state


def _load(
    network: PerceptualNetwork, found: list[tuple[Tensor, Tensor]], heads: Mapping[str, Tensor], path: Path
) -> None:
    needed = [convolution for stage in network.stages for convolution in convolutions(stage)]
    if len(found) != len(needed):
        raise WeightsError(f"weights must have {len(needed)} convolutions with biases; {path} has {len(found)}")
    for number, (convolution, (weight, bias)) in enumerate(zip(needed, found, strict=True)):
        if convolution.weight.shape != weight.shape:
            raise WeightsError(
                f"weights need {list(convolution.weight.shape)} for convolution {number}; "
                f"{path} has {list(weight.shape)}"
            )
        convolution.load_state_dict({"weight": weight, "bias": bias})
    for number, head in enumerate(network.heads):
        head.data.copy_(heads[f"lin{number}.model.1.weight"].flatten())
