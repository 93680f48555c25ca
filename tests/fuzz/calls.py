"""Cases of calls: the public functions with arguments of every wrong kind, in place of one or more right ones."""

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import timm  # noqa: F401 - here and not in the first case that asks for it, whose time it would take
import torch

import ganmetrics
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.testing import ChannelMeans, random_images
from tests.fuzz import odd
from tests.fuzz.driver import Case

IMAGES = [random_images(20, seed=seed) for seed in range(3)]
FEATURES = [torch.randn(20, 3, generator=torch.Generator().manual_seed(seed)) for seed in range(2)]
PROBABILITIES = torch.softmax(FEATURES[0].double(), 1)
RIGHT = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}

EXTRACTION: dict[str, tuple[object, ...]] = {
    "extractor": ("inception-v3", "timm:x", "timm:", ChannelMeans),
    "protocol": ("ttur", "native", "clean"),
    "weights": ("/nowhere", "/dev/null", "."),
    "count": (5, 21, np.int64(5)),
    "seed": (5, 1 << 64),
    "alpha": ("black", "drop"),
    "skip_bad": (True,),
    "batch_size": (1, 1 << 40),
    "workers": (0,),
    "device": ("meta", "cuda:99", "cpu:0", "xla", "cuda:-1"),
    "offline": (True,),
}
SCORING: dict[str, tuple[object, ...]] = {
    "interval": (False,),
    "confidence": (0.5, 5e-324, 1 - 1e-16),
    "floor": (True,),
    "k": (1, 19, 20),
    "subsets": (1, 5),
    "subset_size": (2, 20, 21),
    "splits": (1, 20, 21),
    "memory": (0, 1, 1 << 70),
}
EVALUATE: dict[str, tuple[object, ...]] = {
    **EXTRACTION,
    **SCORING,
    "metrics": (*((name,) for name in METRICS), tuple(METRICS), "fid", ("fid", "fid")),
    "scoring": (None,),
    "real_labels": ([0, 1] * 10, [0] * 19, ["a", 1] * 10),
    "fake_labels": ([0, 1] * 10, [0] * 19, ["a", 1] * 10),
    "cache": ("/dev/null/x", "/proc/x"),
    "cache_features": (True,),
    "how": (ganmetrics.Extraction(),),
    "nothing": (1,),
}


def case_of(function: Callable[..., object], *arguments: object, often: float = 0.3, **options: Any) -> Case:
    """Return calls of a function with some of its right arguments and of its options replaced.

    Args:
        function: what is called.
        arguments: right ones.
        often: how often each of them is replaced.
        options: by name, values that are worth trying beside those that are of a wrong kind; a right one comes first
            where it is the only one that makes the call work.
    """

    def case(rng: random.Random) -> None:
        given = [odd.anything(rng) if rng.random() < often else argument for argument in arguments]
        named = {
            name: rng.choice(values) if values and rng.random() < 0.5 else odd.anything(rng)
            for name, values in rng.sample(sorted(options.items()), min(len(options), rng.choice((0, 1, 1, 2, 3))))
        }
        function(*given, **{name: value for name, value in named.items() if not _is_left_out(name, value)})

    return case


def _is_left_out(name: str, value: object) -> bool:
    """Return whether an option asks for more work than a case has time for, or is code of the caller's that fails."""
    return (name == "progress" and (value is int or value is len)) or (
        name in ("subsets", "permutations", "points", "runs", "angles", "directions")
        and isinstance(value, int)
        and value > 1000
    )


def with_right(function: Callable[..., object]) -> Callable[..., object]:
    """Return a function that fills in what keeps a call small."""

    def call(*arguments: object, **options: object) -> object:
        return function(*arguments, **({} if "how" in options else RIGHT) | options)

    return call


def any_of(*cases: Case) -> Callable[[Path], Case]:
    """Return a kind of one of the cases at random."""
    return lambda _folder: lambda rng: rng.choice(cases)(rng)


def _features(name: str, **options: Any) -> Case:
    return case_of(getattr(ganmetrics, name), *FEATURES, often=0.4, **options)


def _metric_updates(rng: random.Random) -> None:
    options: dict[str, object] = {"extractor": ChannelMeans(), "device": "cpu", "interval": True, "confidence": 0.9}
    options |= {name: odd.anything(rng) for name in options if rng.random() < 0.1}
    reference = STORED if rng.random() < 0.9 else odd.anything(rng)
    metric = ganmetrics.FrechetInceptionDistance(reference, **options)  # type: ignore[arg-type]
    for images in IMAGES[1:]:
        metric.update(odd.anything(rng) if rng.random() < 0.3 else images)
    metric.compute()
    metric.reset()


REFERENCE = partial(ganmetrics.Reference.from_images, IMAGES[0], **RIGHT)
STORED = REFERENCE()


class Items:
    """A data set whose items are what nobody expects."""

    def __init__(self, items: list[object], count: object) -> None:
        self.items = items
        self.count = count

    def __len__(self) -> int:
        return self.count  # type: ignore[return-value]

    def __getitem__(self, index: int) -> object:
        return self.items[index]


def _data_sets(rng: random.Random) -> None:
    items: list[object] = [(image, 1) for image in IMAGES[1]]
    for _ in range(rng.randint(1, 3)):
        items[rng.randrange(len(items))] = odd.anything(rng)
    source: object = Items(items, 20 if rng.random() < 0.9 else odd.plain(rng))
    match rng.randrange(5):
        case 0:
            source = items
        case 1:
            source = iter(items)
        case 2:
            source = ganmetrics.Stream([odd.anything(rng), *items])
    ganmetrics.evaluate(IMAGES[0], source, **RIGHT)  # type: ignore[arg-type]


def _reference_methods(rng: random.Random) -> None:
    reference = REFERENCE()
    match rng.randrange(4):
        case 0:
            reference.merge(odd.anything(rng))  # type: ignore[arg-type]
        case 1:
            reference.save(odd.anything(rng))  # type: ignore[arg-type]
        case 2:
            ganmetrics.Reference.load(odd.anything(rng))  # type: ignore[arg-type]
        case _:
            ganmetrics.join_shards(
                rng.choice((odd.anything, lambda _: {"x": reference}, lambda r: {"x": odd.anything(r)}))(rng)
            )


KINDS: dict[str, Callable[[Path], Case]] = {
    "evaluate": any_of(
        case_of(with_right(ganmetrics.evaluate), *IMAGES[:2], often=0.15, **EVALUATE),
        case_of(with_right(ganmetrics.evaluate), *IMAGES[:2], often=0.15, **EVALUATE),
        case_of(with_right(ganmetrics.fid), *IMAGES[:2], **EXTRACTION),
    ),
    "commands": any_of(
        case_of(
            with_right(ganmetrics.compare),
            *IMAGES,
            often=0.1,
            **EXTRACTION,
            metrics=(("fid",), ("kid", "precision")),
            confidence=(0.5,),
            permutations=(9, 1),
            memory=(0, 1, 1 << 70),
            cache=("/dev/null/x",),
        ),
        case_of(
            with_right(ganmetrics.Reference.from_images),
            IMAGES[0],
            **EXTRACTION,
            interval=(True,),
            spatial=(True,),
            shard=("1/2", "0/2", "3/2", "1/0", "/", "a/b", "1/" + "9" * 5000),
            cache=("/dev/null/x",),
        ),
        case_of(ganmetrics.Extraction, **EXTRACTION),
        case_of(with_right(ganmetrics.extract), IMAGES[0], **EXTRACTION),
        case_of(with_right(ganmetrics.influence), *IMAGES[:2], **EXTRACTION),
        case_of(with_right(ganmetrics.explain), *IMAGES[:2], **EXTRACTION),
        _reference_methods,
    ),
    "metrics": any_of(
        _features("frechet_distance"),
        _features("frechet_estimate", confidence=(0.5, 5e-324)),
        _features("frechet_infinity", points=(3, 15), seed=(0, 1 << 64)),
        _features("kernel_distance", subsets=(2,), subset_size=(2, 20), seed=(0, 1 << 64)),
        _features("precision_recall", k=(1, 19, 20)),
        _features("precision_recall_estimate", k=(1, 19), confidence=(0.5, 5e-324)),
        case_of(ganmetrics.inception_score, PROBABILITIES, splits=(1, 10, 21)),
        case_of(ganmetrics.js_divergence, PROBABILITIES[0], PROBABILITIES[1], often=0.5),
        case_of(ganmetrics.kl_divergence, PROBABILITIES[0], PROBABILITIES[1], often=0.5),
        case_of(ganmetrics.earth_movers_distance, PROBABILITIES[0], PROBABILITIES[1], often=0.5),
        case_of(ganmetrics.psd_sqrt, torch.eye(3, dtype=torch.float64), often=0.9),
        case_of(ganmetrics.to_uint8, torch.rand(2, 3, 4, 4), often=0.9),
        case_of(ganmetrics.Moments.of, FEATURES[0], often=0.9),
        case_of(ganmetrics.Moments.gaussian, torch.zeros(3), torch.eye(3), 20, often=0.5),
    ),
    "updates": any_of(_metric_updates, _data_sets, _data_sets),
}
