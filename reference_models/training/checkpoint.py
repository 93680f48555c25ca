"""Checkpoints: one file that everything can go on from, and the networks in it."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ganmetrics import clipped
from reference_models.config import TrainConfig
from reference_models.errors import CheckpointError, ConfigError, one_line
from reference_models.files import write_whole
from reference_models.networks.build import build_discriminator, build_generator
from reference_models.networks.plain import plain_torch
from reference_models.settings import flatten, from_flat
from reference_models.training.portable import PORTABLE_SUFFIX, find_model, from_portable
from reference_models.training.stored import Unfit, check_content, check_keys

_FORMAT = 1
LAST, BEST = "last.pt", "best.pt"


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What a file holds.

    Attributes:
        config: of the run, with the number of classes.
        trainer: `Trainer.state`.
        progress: what the run has done: plain values.
        fixed: the latents and classes that are drawn at every evaluation.
        class_names: of the labels; empty without.
        class_counts: real images of each class, [c]; None without labels.
        path: where it was read from; None before it was written.
    """

    config: TrainConfig
    trainer: dict[str, Any]
    progress: dict[str, Any]
    fixed: dict[str, Tensor | None]
    class_names: tuple[str, ...]
    class_counts: Tensor | None
    path: Path | None = None

    @property
    def epoch(self) -> int:
        """Whole epochs that were trained."""
        return int(self.progress["epoch"])

    def content(self) -> dict[str, Any]:
        """Return it as plain values and tensors."""
        return {
            "format": _FORMAT,
            "config": flatten(self.config),
            "trainer": self.trainer,
            "progress": self.progress,
            "fixed": self.fixed,
            "class_names": list(self.class_names),
            "class_counts": self.class_counts,
        }

    @plain_torch()
    def generator(self) -> nn.Module:
        """Return the generator in evaluation mode, with averaged weights where the run had them.

        It is on the CPU, whatever torch's default device, and its weights are the file's, whatever the default dtype.
        """
        network = build_generator(self.config.net)
        network.load_state_dict(self.trainer.get("average") or self.trainer["generator"])
        return network.eval()

    @plain_torch()
    def discriminator(self) -> nn.Module:
        """Return the discriminator in evaluation mode, as `generator` does."""
        network = build_discriminator(self.config.net)
        network.load_state_dict(self.trainer["discriminator"])
        return network.eval()


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint; the file is whole or as it was before.

    Raises:
        StorageError: the disk refuses.
    """
    buffer = io.BytesIO()
    torch.save(checkpoint.content(), buffer)
    write_whole(path, buffer.getvalue())


@plain_torch()
def read_checkpoint(path: str | Path) -> Checkpoint:
    """Return what a file holds, or the best (else the last) checkpoint of a run's folder. No pickled code is run.

    Args:
        path: a checkpoint, a run's folder, an exported ``.safetensors`` file, or ``zoo:NAME``.

    Raises:
        CheckpointError: there is none, it is damaged, or was written by another version.
    """
    path = find_model(path)
    if path.is_dir():
        path = next((path / name for name in (BEST, LAST) if (path / name).exists()), path / LAST)
    if not path.is_file():
        came = "is no regular file" if path.exists() else "does not exist"
        raise CheckpointError(f"a checkpoint is needed; {path} {came}")
    try:
        content = from_portable(path) if path.suffix == PORTABLE_SUFFIX else _read(path)
        config = from_flat(check_keys(content.get("config")))
        check_content(content, config)
    except ConfigError as error:
        raise CheckpointError(f"{path} was written by another version: {error}") from None
    except Unfit as error:
        raise CheckpointError(f"{path} is no checkpoint of such a run: {error}") from None
    return Checkpoint(
        config=config,
        trainer=content["trainer"],
        progress=content["progress"],
        fixed=content["fixed"],
        class_names=tuple(content["class_names"]),
        class_counts=content["class_counts"],
        path=path,
    )


def _read(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return what torch's restricted reader makes of a file whose checksums are right."""
    content, problem = None, ""
    try:
        problem = _problem_of_archive(path)
        if not problem:
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # the readers raise whatever mutated bytes lead them into
        problem = one_line(error)
    if problem:
        raise CheckpointError(f"{path} is no checkpoint that can be read: {problem}")
    version = content.get("format") if isinstance(content, dict) else None
    if not isinstance(version, int) or version != _FORMAT:
        raise CheckpointError(f"{path} needs format {_FORMAT} of this package; it is something else")
    return content


def _problem_of_archive(path: Path) -> str:
    """Return what is wrong with a zip as such; torch reads past damaged bytes, the archive's checksums do not."""
    with zipfile.ZipFile(path) as archive:
        if any(member.compress_type != zipfile.ZIP_STORED for member in archive.infolist()):
            return "its members are compressed"  # and could be far larger than the file
        damaged = archive.testzip()
    return "" if damaged is None else f"bad checksum of {clipped(damaged)}"


def load_generator(path: str | Path) -> nn.Module:
    """Return the generator of a checkpoint, or of a run's folder, in evaluation mode; `network.config` describes it.

    Raises:
        CheckpointError: there is none, or it is damaged.
    """
    return read_checkpoint(path).generator()


def load_discriminator(path: str | Path) -> nn.Module:
    """Return the discriminator of a checkpoint, or of a run's folder, in evaluation mode.

    Raises:
        CheckpointError: there is none, or it is damaged.
    """
    return read_checkpoint(path).discriminator()
