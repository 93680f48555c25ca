"""Cases of calls: the metrics of features, and the larger functions, that `calls` has not."""

import random
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import ganmetrics
from ganmetrics._types import silent
from ganmetrics.testing import ChannelMeans
from tests.fuzz import odd
from tests.fuzz.calls import EXTRACTION, IMAGES, STORED, any_of, case_of, with_right
from tests.fuzz.driver import Case

SETS = [torch.randn(20, 3, generator=torch.Generator().manual_seed(seed)) for seed in range(3)]
SEEDS = (0, 1 << 64)
SHARES = (0.5, 5e-324, 1 - 1e-16)
MEMORY = (0, 1, 1 << 70)
NEIGHBOURS: dict[str, tuple[object, ...]] = {"k": (1, 19, 20), "memory": MEMORY}
COMPARED: dict[str, tuple[object, ...]] = {"confidence": SHARES, "permutations": (9, 1), "seed": SEEDS}


def _of_sets(name: str, count: int, **options: Any) -> Case:
    return case_of(getattr(ganmetrics, name), *SETS[:count], often=0.3, **options)


def _wavelets(rng: random.Random) -> None:
    sides = [
        ganmetrics.WaveletMoments([ganmetrics.Moments.of(rows) for rows in SETS[:2]])
        if rng.random() < 0.5
        else ganmetrics.WaveletMoments(odd.anything(rng))  # type: ignore[arg-type]
        for _ in range(2)
    ]
    ganmetrics.frechet_wavelet_distance(*(odd.anything(rng) if rng.random() < 0.3 else side for side in sides))  # type: ignore[arg-type]


def _samples(rng: random.Random) -> None:
    moments = ganmetrics.Moments.of(SETS[0])
    sides = [
        odd.anything(rng) if rng.random() < 0.3 else ganmetrics.Sample(*_given(rng, moments, SETS[0].double()))
        for _ in range(2)
    ]
    ganmetrics.frechet_estimate(*sides)  # type: ignore[arg-type]


def _given(rng: random.Random, *right: object, often: float = 0.3) -> Any:
    return [odd.anything(rng) if rng.random() < often else one for one in right]


def _modules(rng: random.Random) -> None:
    network = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    options: dict[str, Any] = {"name": "x", "size": 4, "mean": (0.5, 0.5, 0.5), "std": (1.0, 1.0, 1.0)}
    options |= {name: odd.anything(rng) for name in options if rng.random() < 0.15}
    more = {"resize": "none", "scaling": "x/255", "layer": "0", "pooling": "mean", "dimension": 3, "classes": 3}
    options |= {name: more[name] if rng.random() < 0.5 else odd.anything(rng) for name in rng.sample(sorted(more), 1)}
    answer: object = network if rng.random() < 0.8 else odd.anything(rng)
    if rng.random() < 0.2:
        given = odd.anything(rng)
        answer = lambda _images: given  # noqa: E731
    extractor = ganmetrics.ModuleExtractor(answer, **options)  # type: ignore[arg-type]
    ganmetrics.fid(IMAGES[0], IMAGES[1], extractor=extractor, workers=0, device="cpu")


def _evaluators(rng: random.Random) -> None:
    options: dict[str, object] = {"extractor": ChannelMeans(), "device": "cpu", "interval": True, "k": 2}
    options |= {name: odd.anything(rng) for name in options if rng.random() < 0.1}
    metrics = ("fid", "precision") if rng.random() < 0.9 else odd.anything(rng)
    reference = IMAGES[0] if rng.random() < 0.9 else odd.anything(rng)
    evaluator = ganmetrics.Evaluator(reference, metrics=metrics, workers=0, **options)  # type: ignore[arg-type]
    for images in IMAGES[1:]:
        evaluator.update(odd.anything(rng) if rng.random() < 0.3 else images)
    evaluator.merge(odd.anything(rng) if rng.random() < 0.5 else evaluator)  # type: ignore[arg-type]
    evaluator.compute()


def _feature_metrics(rng: random.Random) -> None:
    given = odd.anything(rng)
    options: dict[str, object] = {"title": "x", "compute": lambda _real, _fake: given, "least": 2, "low": 0.0}
    options |= {name: odd.anything(rng) for name in options if rng.random() < 0.15}
    ganmetrics.FeatureMetric(**options)  # type: ignore[arg-type]


def _path_lengths(rng: random.Random) -> None:
    def generator(latent: Tensor) -> Tensor:
        return (latent[:, :3, None, None] * 40 + 128).clamp(0, 255).byte().expand(-1, 3, 32, 32)

    def distance(first: Tensor, second: Tensor) -> Tensor:
        return (first.float() - second.float()).square().mean((1, 2, 3))

    options: dict[str, Any] = {"latent": 4, "count": 20, "batch_size": 5, "distance": distance}
    options |= {name: odd.anything(rng) for name in options if rng.random() < 0.15}
    more = {"protocol": "stylegan3", "classes": 0, "seed": 1, "confidence": 0.9, "mapping": torch.tanh}
    options |= {name: more[name] if rng.random() < 0.5 else odd.anything(rng) for name in rng.sample(sorted(more), 1)}
    ganmetrics.perceptual_path_length(generator if rng.random() < 0.9 else odd.anything(rng), **options)  # type: ignore[arg-type]


OPTIONS: dict[str, tuple[object, ...]] = {
    "backend": ("torch", "x"),
    "bit_depth": (9, 16, 17),
    "crop": ("center", "3x3", (3, 3), "9999999999x1"),
    "frames": ("first", "all", 3),
    "resize_filter": ("bilinear", "x"),
    "resize_to": (3, (3, 4), "3x4", 1 << 40),
}
SCORED: dict[str, tuple[object, ...]] = {
    **OPTIONS,
    "progress": (silent,),
    "bandwidth": (1.0, 5e-324, 1e308),
    "extractors": ((ChannelMeans(),), ("inception-v3",), {}),
    "test": (IMAGES[2],),
    "vendi_order": (0.0, 1e308),
    "wavelet_level": (1, 4, 99),
    "metrics": (("cmmd", "vendi"), ("fwd",), ("fld", "data_copying")),
}


def _several(rng: random.Random) -> None:
    names = {"a": IMAGES[1], "b": IMAGES[2]}
    names |= {rng.choice(("a", "", "x\x1b", "a\0b", 3)): odd.anything(rng)} if rng.random() < 0.7 else {}  # type: ignore[dict-item]
    options = {"metrics": ("fid", "precision"), "k": 2, "interval": False}
    ganmetrics.evaluate(IMAGES[0], names, extractor=ChannelMeans(), workers=0, device="cpu", **options)  # type: ignore[arg-type]


def _features(rng: random.Random) -> None:
    rows = odd.anything(rng) if rng.random() < 0.3 else SETS[0]
    found = ganmetrics.Features(rows, *_given(rng, "x", often=0.2))  # type: ignore[arg-type]
    match rng.randrange(5):
        case 0:
            found = found.with_classes(*_given(rng, [0, 1] * 10, often=0.7))
        case 1:
            found = found.choose(*_given(rng, 5, 0, often=0.4))
        case 2:
            found = found.take(*_given(rng, range(5), often=0.7))
        case 3:
            ganmetrics.Reference.from_features(*_given(rng, found, often=0.3))
    other = odd.anything(rng) if rng.random() < 0.3 else ganmetrics.Features(SETS[1], "x")
    ganmetrics.evaluate(found, other, metrics=rng.choice((("fid",), ("kid", "precision"), ("is",))))


def _streams(rng: random.Random) -> None:
    answer = odd.anything(rng) if rng.random() < 0.5 else None

    def images(count: int, _draw: object) -> object:
        return IMAGES[1][:count] if answer is None else answer

    options: dict[str, Any] = {"count": 20, "seed": 1, "batch_size": 7, "name": "x"}
    options |= {name: odd.anything(rng) for name in options if rng.random() < 0.15}
    options |= {"value_range": rng.choice(((0.0, 1.0), (-1, 1), odd.anything(rng)))} if rng.random() < 0.3 else {}
    ganmetrics.fid(IMAGES[0], ganmetrics.Stream(images, **options), extractor=ChannelMeans(), workers=0, device="cpu")


def _labelled(rng: random.Random) -> None:
    labels = rng.choice(([0, 1] * 10, ["a", "b"] * 10, [0] * 19, odd.anything(rng)))
    ganmetrics.vendi_by_class(*_given(rng, SETS[0], labels, often=0.2), order=rng.choice((1.0, 0.0, 2.0)))


BOTH = {**EXTRACTION, **OPTIONS}
KINDS: Mapping[str, Callable[[Path], Case]] = {
    "more-metrics": any_of(
        _of_sets("authenticity", 2, memory=MEMORY),
        _of_sets("clipped_coverage", 2, **NEIGHBOURS),
        _of_sets("clipped_density", 2, **NEIGHBOURS),
        _of_sets("symmetric_precision_recall", 2, **NEIGHBOURS),
        _of_sets("probabilistic_precision_recall", 2, **NEIGHBOURS, reach=(1.2, 1e308)),
        _of_sets("precision_recall_curve", 2, clusters=(3, 20), angles=(5,), runs=(2,), seed=SEEDS),
        _of_sets("sliced_distance", 2, directions=(5,), seed=SEEDS, factor=(1.0,), memory=MEMORY),
        _of_sets("sliced_estimate", 2, directions=(5,), seed=SEEDS, confidence=SHARES, rng=(None,)),
        _of_sets("kernel_distance_estimate", 2, confidence=SHARES, degree=(3,), gamma=(0.1,), coef0=(1.0,)),
        _of_sets("copied_share", 3, permutations=(9,), seed=SEEDS, memory=MEMORY),
        _of_sets("data_copying", 3, cells=(3,), components=(2, 64), seed=SEEDS, memory=MEMORY),
        _of_sets("feature_likelihood", 3, seed=SEEDS, memory=MEMORY),
        _of_sets("frechet_difference", 3, **COMPARED),
        _of_sets("kernel_difference", 3, **COMPARED, memory=MEMORY),
        _of_sets("precision_recall_difference", 3, **COMPARED, **NEIGHBOURS),
        _of_sets("vendi_score", 1, order=(0.0, 1.0, 2.0, 1e308)),
        case_of(partial(ganmetrics.mode_count, bandwidth=1.0), SETS[0], often=0.4, memory=MEMORY),
        _labelled,
        _wavelets,
        _samples,
    ),
    "more-commands": any_of(
        case_of(with_right(ganmetrics.plan), *IMAGES[:2], **EXTRACTION, half_widths=((1.0,),), confidence=SHARES),
        case_of(with_right(ganmetrics.plan), STORED, often=0.4, half_widths=((1.0,), (0.0,)), memory=MEMORY),
        case_of(
            with_right(ganmetrics.reconstruct),
            *IMAGES[:2],
            **EXTRACTION,
            metrics=(("psnr",), ("psnr", "ssim"), ("fid",)),
            convention=("wang", "x"),
            confidence=SHARES,
        ),
        case_of(ganmetrics.Preprocessing, "pillow-bicubic-uint8", (4, 4), "x/255", often=0.3),
        case_of(
            partial(ganmetrics.load_extractor, offline=True), "inception-v3", often=0.7, weights=("/dev/zero", ".")
        ),
        case_of(
            ganmetrics.load_perceptual, often=0.7, name=("st-lpips-alex",), weights=("/dev/null",), device=("meta",)
        ),
        case_of(partial(ganmetrics.load_plain_pickle, name="x"), b"\x80\x04N.", often=0.7),
        _modules,
        _evaluators,
        _evaluators,
        _feature_metrics,
        _path_lengths,
    ),
    "more-options": any_of(
        case_of(with_right(ganmetrics.evaluate), *IMAGES[:2], often=0.03, **SCORED),
        case_of(with_right(ganmetrics.evaluate), *IMAGES[:2], often=0.03, **SCORED),
        case_of(with_right(ganmetrics.compare), *IMAGES, often=0.03, **OPTIONS, metrics=(("kid",),)),
        case_of(with_right(ganmetrics.influence), *IMAGES[:2], often=0.03, **BOTH, memory=MEMORY),
        case_of(with_right(ganmetrics.explain), *IMAGES[:2], often=0.03, **BOTH),
        case_of(with_right(ganmetrics.extract), IMAGES[0], often=0.03, **OPTIONS, memory=MEMORY),
        case_of(with_right(ganmetrics.Reference.from_images), IMAGES[0], often=0.03, **OPTIONS, floor=(True,)),
        case_of(ganmetrics.Extraction, **BOTH),
        _several,
        _features,
        _features,
        _streams,
        _streams,
    ),
}
