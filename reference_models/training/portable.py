"""Networks as one small file without code: safetensors, whose metadata say what they are and where they come from."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save

import ganmetrics
from ganmetrics import clipped
from reference_models.config import TrainConfig
from reference_models.errors import CheckpointError, one_line
from reference_models.files import possible_path
from reference_models.settings import parse_toml, to_toml

PORTABLE_SUFFIX = ".safetensors"
KIND = "ganmetrics reference model 1"
ZOO, IN_ZOO = Path(__file__).parents[1] / "zoo", "zoo:"
_NETWORKS = ("generator", "discriminator")


def find_model(path: str | Path) -> Path:
    """Return the path of a model: of one that ships with the package where it is written ``zoo:NAME``.

    Raises:
        CheckpointError: the zoo has no such model.
        StorageError: no file can have that name.

    >>> find_model("run").name, find_model("zoo:shapes-cgan").name
    ('run', 'shapes-cgan.safetensors')
    """
    name = str(path) if isinstance(path, str | Path) else ""
    if not name.startswith(IN_ZOO):
        return possible_path(path)
    found = ZOO / f"{name.removeprefix(IN_ZOO)}{PORTABLE_SUFFIX}"
    if found not in set(ZOO.glob(f"*{PORTABLE_SUFFIX}")):
        raise CheckpointError(f"the zoo has {', '.join(zoo_names())}; got {clipped(name.removeprefix(IN_ZOO))}")
    return found


def zoo_names() -> list[str]:
    """Return the models that ship with the package."""
    return sorted(path.stem for path in ZOO.glob(f"*{PORTABLE_SUFFIX}"))


def to_portable(config: TrainConfig, content: Mapping[str, Any], *, origin: str) -> bytes:
    """Return both networks of a checkpoint's content as the bytes of a file; the optimisers stay behind.

    Args:
        config: of the run.
        content: of its checkpoint.
        origin: how the file came about, such as the command.
    """
    trainer = {**content["trainer"], "generator": content["trainer"]["average"] or content["trainer"]["generator"]}
    tensors = {f"{part}.{name}": value for part in _NETWORKS for name, value in trainer[part].items()}
    counts = content["class_counts"]
    metadata = {
        "kind": KIND,
        "config": to_toml(config),
        "class_names": json.dumps(content["class_names"]),
        "class_counts": json.dumps(None if counts is None else counts.tolist()),
        "epoch": json.dumps(content["progress"]["epoch"]),
        "steps": json.dumps([trainer["steps"], trainer["generator_steps"]]),
        "origin": origin,
        "versions": f"ganmetrics {ganmetrics.__version__}, torch {torch.__version__}",
        "licence": "Apache-2.0",
    }
    return save({name: value.contiguous() for name, value in tensors.items()}, metadata)


def from_portable(path: Path) -> dict[str, Any]:
    """Return a file as the content of a checkpoint, unchecked.

    Raises:
        CheckpointError: it is no such file.
        ConfigError: its configuration has keys of another version.
    """
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        if metadata.get("kind") != KIND:
            raise ValueError(f"it needs the kind {KIND!r}")  # noqa: TRY301 - told below with the path
        names, counts = json.loads(metadata["class_names"]), json.loads(metadata["class_counts"])
        steps, epoch = json.loads(metadata["steps"]), json.loads(metadata["epoch"])
        networks = {
            part: {
                name.removeprefix(f"{part}."): value for name, value in tensors.items() if name.startswith(f"{part}.")
            }
            for part in _NETWORKS
        }
        counted = None if counts is None else torch.tensor(counts)
        trainer = {**networks, "average": None, "steps": steps[0], "generator_steps": steps[1]}
        text = metadata["config"]
    except Exception as error:  # the readers raise whatever mutated bytes lead them into
        raise CheckpointError(f"{path} is no model that can be read: {one_line(error)}") from None
    return {
        "config": parse_toml(text, str(path)),
        "trainer": trainer,
        "progress": {"epoch": epoch},
        "fixed": {},
        "class_names": names,
        "class_counts": counted,
    }
