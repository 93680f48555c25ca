"""Cases of what the library has written itself and reads again, and of files of features."""

import io
import json
import os
import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch

import ganmetrics
from ganmetrics import Reference, gate
from ganmetrics.data.sources import open_source
from ganmetrics.extraction.collect import Keep
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.testing import random_images
from tests.fuzz import mutate, odd
from tests.fuzz.driver import Case
from tests.fuzz.files import HOW, SMALL, changed, npz, npz_file, of_files, saved, torch_files

ROWS = np.random.default_rng(0).standard_normal((20, 3)).astype(np.float32)
OTHER_ROWS = ganmetrics.Features(np.random.default_rng(1).standard_normal((20, 3)))
METRICS = ("fid", "kid", "precision")
CACHED = random_images(20), random_images(20, seed=1)
IMAGES = open_source(CACHED[0])


@dataclass(frozen=True)
class Key:
    """What a cache asks of a key."""

    digest: str


def _read_features(path: Path) -> None:
    ganmetrics.evaluate(OTHER_ROWS, ganmetrics.Features.load(path), metrics=("fid",))


def _safetensors(**tensors: torch.Tensor) -> bytes:
    return safetensors.torch.save(tensors)


def _parquet(rows: np.ndarray[Any, Any]) -> bytes:
    from pyarrow import BufferOutputStream, parquet, table

    sink = BufferOutputStream()
    parquet.write_table(table({"features": list(rows), "label": [1] * len(rows)}), sink)
    return sink.getvalue().to_pybytes()


def _parquet_changed(rng: random.Random) -> bytes:
    from pyarrow import BufferOutputStream, parquet, table

    values = rng.choice(([[1.0, 2.0], [3.0]], [[1.0], None], [[None, 1.0]] * 2, [[]] * 2, ["a"], [[[1.0]]] * 2, [1.0]))
    sink = BufferOutputStream()
    parquet.write_table(table({rng.choice(("features", "x", "")): values}), sink)
    return sink.getvalue().to_pybytes()


def _npy(rng: random.Random) -> bytes:
    return mutate.array_file(rng.choice(odd.ARRAYS)())


def _feature_files(folder: Path) -> Case:
    tensor = torch.from_numpy(ROWS)
    return of_files(
        [
            ("x.npy", changed(mutate.array_file(ROWS))),
            ("x.npy", _npy),
            *npz_file(npz(features=ROWS)),
            *npz_file(npz(a=ROWS, labels=np.arange(20))),
            *torch_files(tensor),
            *torch_files({"features": tensor, "labels": torch.arange(20)}),
            ("x.safetensors", changed(_safetensors(features=tensor))),
            ("x.safetensors", changed(_safetensors(a=tensor, b=tensor.half(), c=tensor.to(torch.float8_e4m3fn)))),
            ("x.parquet", changed(_parquet(ROWS))),
            ("x.parquet", changed(_parquet(ROWS))),
            ("x.parquet", _parquet_changed),
        ],
        _read_features,
    )(folder)


def _reports(folder: Path) -> Case:
    report = ganmetrics.evaluate(random_images(20), random_images(20, seed=1), HOW, metrics=METRICS)
    ranking = ganmetrics.compare(*(random_images(20, seed=seed) for seed in range(3)), HOW, metrics=("fid",))
    known = report.to_json()

    def make(text: str) -> Callable[[random.Random], bytes]:
        def made(rng: random.Random) -> bytes:
            tree = odd.changed_tree(rng, json.loads(text), odd.plain)
            return json.dumps(tree).encode()

        return made

    def read(path: Path) -> None:
        gate(path, maximum={"fd_channel-means": 1.0}, generator="tensor")
        gate(report, not_worse_than=path)

    makers = [
        ("x.json", maker)
        for text in (known, ranking.to_json())
        for maker in (changed(text.encode()), make(text), make(text))
    ]
    files = of_files(makers, read)(folder)

    def calls(rng: random.Random) -> None:
        options = some(rng, maximum={"fd_channel-means": 1.0}, minimum={"fd_channel-means": 1.0}, by="corrected")
        gate(report, **options | some(rng, not_worse_than=report, generator="x"))

    return lambda rng: (calls if rng.random() < 0.1 else files)(rng)


def _evaluate(cache: Path) -> list[float]:
    kept = {"cache": cache, "cache_features": True, "interval": False}
    report = ganmetrics.evaluate(*CACHED, HOW, metrics=("fid", "precision"), k=2, **kept)  # type: ignore[arg-type]
    return [float(score) for score in report.values()]


def _caches(folder: Path) -> Case:
    """Prepare a filled cache: whatever is changed in it, scores stay, and entries are those that were put or none."""
    whole, place = folder / "whole", folder / "case"
    right = _evaluate(whole)
    known = {path.stem: Reference.load(path) for path in whole.glob("*.npz")}

    def read_entries() -> None:
        cache = ReferenceCache(place, features=True)
        for entry in cache.entries():
            cache.describe(entry)
        cache.damaged()
        cache.may_hold(IMAGES)
        for digest, reference in known.items():
            found = cache.get(Key(digest), source="x")  # type: ignore[arg-type]
            kept = cache.get_features(Key(digest), 20, Keep(features=True))  # type: ignore[arg-type]
            if found is not None and not torch.equal(found.moments.mean, reference.moments.mean):
                raise AssertionError(f"{digest} holds another mean")
            if kept is not None and kept.features.shape != (20, 3):
                raise AssertionError(f"{digest} holds other features")

    def case(rng: random.Random) -> None:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(whole, place)
        path = rng.choice(sorted(path for path in place.rglob("*") if path.is_file()))
        _spoil(rng, path)
        if rng.random() < 0.9:
            read_entries()
        elif (found := _evaluate(place)) != right:
            raise AssertionError(f"{path.relative_to(place)} changed the scores to {found}")

    return case


def _spoil(rng: random.Random, path: Path) -> None:
    """Change a file of a cache, or put something else in its place."""
    data = path.read_bytes()
    match rng.randrange(8):
        case 0:
            path.unlink()
        case 1:
            path.unlink()
            path.mkdir()
        case 2:
            path.write_bytes(rng.choice((b"", data[: len(data) // 2], b"{}", b"[" * 5000)))
        case 3:
            path.unlink()
            path.symlink_to(rng.choice(("/dev/zero", "/nowhere", path.name, "/etc")))
        case 4:
            path.unlink()
            os.mkfifo(path)
        case _:
            path.write_bytes(mutate.changed_bytes(rng, data))


def _states(_folder: Path) -> Case:
    evaluator = ganmetrics.Evaluator(random_images(20), HOW, metrics=METRICS, k=2, subset_size=10)
    evaluator.update(random_images(20, seed=1))
    state = saved(evaluator.state_dict())

    def case(rng: random.Random) -> None:
        plain = torch.load(io.BytesIO(state), weights_only=True)
        evaluator.load_state_dict(odd.changed_tree(rng, plain, odd.anything))  # type: ignore[arg-type]
        evaluator.update(SMALL)
        evaluator.compute()

    return case


def some(rng: random.Random, **right: object) -> dict[str, Any]:
    """Return a few of the options, half of them right."""
    names = rng.sample(sorted(right), min(len(right), rng.choice((0, 1, 1, 2))))
    return {name: right[name] if rng.random() < 0.5 else odd.anything(rng) for name in names}


KINDS: Mapping[str, Callable[[Path], Case]] = {
    "feature-files": _feature_files,
    "reports": _reports,
    "caches": _caches,
    "states": _states,
}
