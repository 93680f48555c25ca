"""`perceptual_path_length`: how much a generator's images change where its latents hardly do."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from ganmetrics._types import Progress, silent
from ganmetrics.core.checks import function, named_in, probability, seed_number, whole
from ganmetrics.core.inference.normal import normal_quantile
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.features.perceptual import Distance, load_perceptual
from ganmetrics.references.key import library_versions
from ganmetrics.report import Score

_Generator = Callable[..., Tensor]
Mapping = Callable[[Tensor], Tensor]
_Values = npt.NDArray[np.float64]

_BATCH = 64
_LEAST = 100
"""Paths from which a hundredth of them is one."""


@dataclass(frozen=True)
class PathProtocol:
    """The settings of a library.

    Attributes:
        count: paths.
        epsilon: length of a step, as a share of the whole path.
        interpolation: ``lerp``, along a line; or ``slerp``, along a great circle.
        places: where steps begin: ``ends`` of paths, or ``full``, anywhere on them.
        most: images of a larger side are reduced: to this one by means over areas; None leaves them.
        exact: resize to this side whatever they have; None does not.
        rounded: whether images are uint8, as they would be stored.
        seed: of the latents.
        lower: percentage of the shortest paths that is left out.
        upper: percentage above which paths are left out.
    """

    count: int
    epsilon: float = 1e-4
    interpolation: str = "lerp"
    places: str = "ends"
    most: int | None = None
    exact: int | None = None
    rounded: bool = False
    seed: int = 0
    lower: float = 1.0
    upper: float = 99.0


PATH_PROTOCOLS = {
    "torch-fidelity": PathProtocol(10_000, exact=64, rounded=True, seed=2020),
    "stylegan-w": PathProtocol(50_000, most=256),
    "stylegan-z": PathProtocol(50_000, interpolation="slerp", places="full", most=256),
}
"""torch-fidelity's defaults; StyleGAN2's ``ppl2_wend`` for generators with a mapping, and the full path in z."""


def perceptual_path_length(
    generator: _Generator,
    *,
    latent: int,
    protocol: str | PathProtocol = "torch-fidelity",
    distance: Distance | None = None,
    mapping: Mapping | None = None,
    classes: int = 0,
    count: int | None = None,
    seed: int | None = None,
    batch_size: int = _BATCH,
    confidence: float = 0.95,
    progress: Progress = silent,
) -> Score:
    """Return the mean perceptual distance of images a small step of the latents apart, divided by the step's square.

    Karras et al. (2019, arXiv 1812.04948, section 4.1), with the settings of torch-fidelity or of StyleGAN2. It is
    called ``ppl`` with LPIPS of VGG-16 and its published weights only; with another distance ``ppl_<distance>``. The
    interval is that of a mean without its hundredths at both ends (Tukey and McLaughlin, 1963), of paths such as these.

    Args:
        generator: latents float32 [n, latent], and of a conditional one labels int64 [n] as well, to images
            [n, 3, h, w], uint8 or floating point from -1 to 1; torch-fidelity's are uint8. Both ends of a step are in
            one call.
        latent: width of the latents, which are normal.
        protocol: a name of `PATH_PROTOCOLS`, or settings of one's own.
        distance: of two images; ``st-lpips-alex`` unless said otherwise, which needs no download.
        mapping: latents to those that the path is in, StyleGAN's w: the generator is then given these.
        classes: of a conditional generator; a path has one class.
        count: paths, in the place of the protocol's.
        seed: of latents and classes, likewise.
        batch_size: paths a call.
        confidence: of the interval.
        progress: shows how far it has come.

    Raises:
        InputError: an option is out of range, or what the generator gives is no batch of images.
        NotEnoughSamples: fewer than 100 paths are asked for.
        NumericsError: a distance is not finite.
    """
    function("generator", generator)
    function("progress", progress)
    settings = named_in("protocol", protocol, PATH_PROTOCOLS)
    number = settings.count if count is None else whole("count", count, least=1, most=_MOST_PATHS)
    if number < _LEAST:
        raise NotEnoughSamples(f"path length needs {_LEAST} paths, of which the ends are left out; got {number}")
    width = whole("latent", latent, least=1, most=_WIDEST_LATENT)
    size = whole("batch_size", batch_size, least=1)
    kinds = whole("classes", classes, least=0, most=_WIDEST_LATENT)
    confidence = probability("confidence", confidence)
    chosen = settings.seed if seed is None else seed_number("seed", seed)
    measure = load_perceptual() if distance is None else distance
    steps = _steps(settings, count=number, width=width, classes=kinds, seed=chosen, mapping=mapping)
    lengths = []
    with progress(total=number, stage="paths") as advance:
        for start in range(0, number, size):
            begin, end, labels = (None if part is None else part[start : start + size] for part in steps)
            assert begin is not None
            assert end is not None
            images = _images(generator, torch.cat([begin, end]), labels, settings)
            lengths.append(measure(*images.chunk(2)).double() / settings.epsilon**2)
            advance(len(begin))
    name = protocol if isinstance(protocol, str) else "custom"
    values = torch.cat(lengths).numpy()
    return _score(values, settings, measure, protocol=name, confidence=confidence, seed=chosen)


_MOST_PATHS, _WIDEST_LATENT = 10**7, 10**6
"""All ends are drawn before the first image, as the peer draws them."""


def _steps(
    settings: PathProtocol, *, count: int, width: int, classes: int, seed: int, mapping: Mapping | None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Return both ends of each step, and the class of each path; drawn as torch-fidelity draws them."""
    # The peer's generator, whose numbers are part of its protocol.
    rng = np.random.RandomState(seed)
    first, second = (torch.from_numpy(rng.randn(count, width)).float() for _ in range(2))
    labels = torch.from_numpy(rng.randint(0, classes, (count,))) if classes else None
    places = torch.zeros(count, 1)
    if settings.places == "full":
        places = torch.from_numpy(rng.rand(count, 1)).float()
    if mapping is not None:
        with torch.no_grad():
            first, second = (mapping(side) for side in (first, second))
    along = {"lerp": lerp, "slerp": slerp}[settings.interpolation]
    begin = first if settings.places == "ends" else along(first, second, places)
    return begin, along(first, second, places + settings.epsilon), labels


def lerp(one: Tensor, other: Tensor, place: Tensor) -> Tensor:
    """Return the points of the lines from one to other."""
    return one + (other - one) * place.reshape(len(one), *[1] * (one.ndim - 1))


def slerp(one: Tensor, other: Tensor, place: Tensor) -> Tensor:
    """Return the points of the great circles from one to other, all of length 1, as StyleGAN has them.

    >>> end = slerp(torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 3.0]]), torch.tensor([[1.0]]))
    >>> end.abs().round(decimals=4).tolist()
    [[0.0, 1.0]]
    """
    first, second = (side / side.norm(dim=-1, keepdim=True) for side in (one, other))
    cosine = (first * second).sum(dim=-1, keepdim=True).clamp(-1, 1)
    angle = place * torch.acos(cosine)
    across = second - cosine * first
    found = first * torch.cos(angle) + across / across.norm(dim=-1, keepdim=True) * torch.sin(angle)
    points: Tensor = found / found.norm(dim=-1, keepdim=True)
    return points


def _images(generator: _Generator, latents: Tensor, labels: Tensor | None, settings: PathProtocol) -> Tensor:
    """Return the generator's images as the distance reads them, resized as the protocol has it."""
    with torch.no_grad():
        images = generator(latents) if labels is None else generator(latents, torch.cat([labels, labels]))
    if not isinstance(images, Tensor) or images.ndim != 4 or images.shape[:2] != (len(latents), 3):  # noqa: PLR2004
        got = list(images.shape) if isinstance(images, Tensor) else type(images).__name__
        raise InputError(f"a generator must give images [{len(latents)}, 3, h, w]; got {got}")
    if images.dtype != torch.uint8 and (settings.rounded or not images.is_floating_point()):
        need = "uint8 (ganmetrics.to_uint8)" if settings.rounded else "uint8 or floating point from -1 to 1"
        raise InputError(f"path length needs images that are {need}; got {images.dtype}")
    floats = images.cpu().float() / 127.5 - 1 if images.dtype == torch.uint8 else images.cpu().float()
    return _resized(floats, settings)


def _resized(images: Tensor, settings: PathProtocol) -> Tensor:
    height, width = images.shape[2:]
    if settings.exact is not None:
        square = (settings.exact, settings.exact)
        if min(height, width) > settings.exact:
            return functional.interpolate(images, square, mode="area")
        return functional.interpolate(images, square, mode="bilinear", align_corners=False)
    if settings.most is not None and height > settings.most:
        return functional.avg_pool2d(images, height // settings.most)
    return images


def _score(
    lengths: _Values,
    settings: PathProtocol,
    distance: Distance,
    *,
    protocol: str,
    confidence: float,
    seed: int,
) -> Score:
    if not np.isfinite(lengths).all():
        raise NumericsError(f"path {int(np.flatnonzero(~np.isfinite(lengths))[0])} has a distance that is not finite")
    low, high = trimmed_ends(lengths, settings)
    kept = lengths[(lengths >= low) & (lengths <= high)]
    value = float(kept.mean())
    share = len(kept) / len(lengths)
    half = normal_quantile(confidence) * float(lengths.clip(low, high).std(ddof=1))
    half /= share * math.sqrt(len(lengths))
    canonical = distance.name == "lpips-vgg" and distance.canonical
    return Score(
        "ppl" if canonical else f"ppl_{distance.score_name}",
        value,
        low=value - half,
        high=value + half,
        std=float(kept.std()),
        confidence=confidence,
        calibrated=False,
        fake_count=len(lengths),
        extractor=distance.score_name,
        protocol=protocol,
        one_sided=True,
        at_counts=True,
        made={**asdict(settings), "count": len(lengths), "seed": seed, "weights_sha256": distance.sha256},
        provenance={"versions": library_versions()},
        metric="ppl",
    )


def trimmed_ends(lengths: _Values, settings: PathProtocol) -> tuple[float, float]:
    """Return the shortest and the longest path that count."""
    low = np.percentile(lengths, settings.lower, method="lower")
    return float(low), float(np.percentile(lengths, settings.upper, method="higher"))
