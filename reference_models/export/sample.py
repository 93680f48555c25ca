"""`write_samples`: images of a checkpoint into a folder, a zip or an npz."""

from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor

from ganmetrics import shown, to_uint8
from reference_models.config.sections import MOST_IMAGES
from reference_models.data.load import STACKED
from reference_models.errors import ConfigError
from reference_models.export.writers import check_new, open_writer
from reference_models.files import possible_path
from reference_models.recording import grids
from reference_models.scoring.modes import ModeCount, count_found_modes, find_modes
from reference_models.scoring.pattern import evaluating
from reference_models.scoring.sampler import Sampler
from reference_models.settings import WHOLE_BITS
from reference_models.training.checkpoint import Checkpoint, read_checkpoint
from reference_models.training.devices import open_device

BATCH = 100
"""Latents drawn at a time: always this many, so that the first images do not depend on how many follow."""


def _quiet(done: int, total: int) -> None:
    """Show nothing."""


def write_samples(
    path: str | Path,
    out: str | Path,
    *,
    count: int,
    label: str | None = None,
    seed: int = 0,
    device: torch.device | str = "cpu",
    progress: Callable[[int, int], object] = _quiet,
) -> Path:
    """Draw images from a checkpoint and write them; memory does not grow with their number.

    The generator is in evaluation mode, with averaged weights where the run had them. Classes are drawn as in the run's
    scoring. The same checkpoint, seed and place in the sequence give the same image.

    Args:
        path: a checkpoint, or a run's folder (its best checkpoint).
        out: a new folder or .zip (PNG files, in a folder for each class of a conditional model), or a new .npz
            (``arr_0``, uint8 [n, h, w, 3], and ``arr_1``, the classes).
        count: number of images.
        label: name or number of the one class to draw; None for all.
        seed: of latents and classes.
        device: where the generator runs.
        progress: told of images written.

    Raises:
        CheckpointError: there is no checkpoint, or it is damaged.
        ConfigError: the model has no such class, or fewer than one image is asked for.
        StorageError: the output exists, or cannot be written.
    """
    out = possible_path(out)
    _check_count(count)
    check_new(out)
    checkpoint = read_checkpoint(path)
    chosen = class_index(checkpoint, label)
    sampler = checkpoint_sampler(checkpoint, device=device)
    names = checkpoint.class_names if sampler.conditional else ()
    with open_writer(out, count=count, size=sampler.config.size, class_names=names) as writer:
        done = 0
        for latent, labels in latents(sampler, count, seed=seed, label=chosen):
            pixels = to_uint8(sampler.images(latent, labels)).permute(0, 2, 3, 1).contiguous().numpy()
            writer.add(pixels, None if labels is None else labels.tolist())
            done += len(latent)
            progress(done, count)
    return out


def write_best(
    path: str | Path, out: str | Path, *, count: int, best: int, label: str | None = None, seed: int = 0
) -> Path:
    """Draw `count` images and put the `best` that the discriminator finds most real into one picture.

    A choice of the best says what a model can do at times, not what it does: it is a picture, which nothing scores.

    Raises:
        CheckpointError: there is no checkpoint, or it is damaged.
        ConfigError: the model has no such class, or the numbers do not go together.
        StorageError: the picture exists, or cannot be written.
    """
    out = possible_path(out)
    _check_count(count)
    if not 1 <= best <= count:
        raise ConfigError(f"--best must be from 1 to --count; got {best} of {count}")
    check_new(out)
    checkpoint = read_checkpoint(path)
    chosen = class_index(checkpoint, label)
    sampler, discriminator = checkpoint_sampler(checkpoint), checkpoint.discriminator()
    images, logits = [], []
    with evaluating(discriminator):
        for latent, labels in latents(sampler, count, seed=seed, label=chosen):
            made = sampler.images(latent, labels)
            logits.append(discriminator(made, labels).logit)
            images.append(to_uint8(made))
    order = torch.cat(logits).argsort(descending=True, stable=True)[:best]
    picture = grids.grid(torch.cat(images)[order])
    caption = f"the {best} of {count:,} samples that the discriminator finds most real; not for scoring"
    grids.write_image(out, grids.captioned(picture, caption))
    return out


def count_sampled_modes(path: str | Path, *, count: int, seed: int = 0) -> ModeCount:
    """Return the modes of images that a model of ``shapes-modes`` draws.

    Raises:
        CheckpointError: there is no checkpoint, or it is damaged.
        ConfigError: it was trained on other images, or fewer than one image is asked for.
    """
    _check_count(count)
    checkpoint = read_checkpoint(path)
    if checkpoint.config.data.source != STACKED:
        raise ConfigError(
            f"modes are counted of a model of --data {STACKED}; got one of {checkpoint.config.data.source}"
        )
    sampler = checkpoint_sampler(checkpoint)
    found = [find_modes(to_uint8(sampler.images(*drawn))) for drawn in latents(sampler, count, seed=seed)]
    return count_found_modes(torch.cat(found))


def _check_count(count: int) -> None:
    if count < 1:
        raise ConfigError(f"--count must be at least 1; got {shown(count)}")
    if count > MOST_IMAGES:
        raise ConfigError(f"--count must be at most {MOST_IMAGES:,}; got {shown(count)}")


def checkpoint_sampler(checkpoint: Checkpoint, *, device: torch.device | str = "cpu") -> Sampler:
    """Return a sampler that draws as the run's scoring did.

    Raises:
        ConfigError: this torch cannot use the device.
    """
    uniform = checkpoint.config.objective.fake_labels == "uniform"
    weights = None if uniform else checkpoint.class_counts
    return Sampler(checkpoint.generator().to(open_device(device)), class_weights=weights)


def latents(
    sampler: Sampler, count: int, *, seed: int, label: int | None = None
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Give latents [n, d] and classes [n], `count` in all; number i is the same for every count.

    Raises:
        ConfigError: the seed is none of at most 62 bits.
    """
    if abs(seed) >> WHOLE_BITS:
        raise ConfigError(f"a seed must have at most {WHOLE_BITS} bits; got {shown(seed)}")
    rng = torch.Generator().manual_seed(seed)
    for start in range(0, count, BATCH):
        latent, labels = sampler.draw(BATCH, rng, label=label)
        part = slice(0, min(BATCH, count - start))
        yield latent[part], None if labels is None else labels[part]


def class_index(checkpoint: Checkpoint, label: str | None) -> int | None:
    """Return the number of a class given by name or number.

    Raises:
        ConfigError: the model is unconditional, or has no such class.
    """
    if label is None:
        return None
    config, names = checkpoint.config, checkpoint.class_names
    if config.net.condition == "none":
        raise ConfigError(f"--class needs a conditional model; {config.preset} is told no class")
    if label in names:
        return names.index(label)
    if label.isdecimal() and int(label) < config.net.classes:
        return int(label)
    raise ConfigError(f"--class must be one of {', '.join(names)}, or from 0 to {config.net.classes - 1}; got {label}")
