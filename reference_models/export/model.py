"""`export_model` and `export_data`: both networks of a run as one small file, and real images as training saw them."""

from pathlib import Path

from ganmetrics import shown
from reference_models.config import DataConfig
from reference_models.data.load import load_images
from reference_models.errors import ConfigError
from reference_models.export.sample import BATCH
from reference_models.export.writers import check_new, open_writer
from reference_models.files import possible_path, write_whole
from reference_models.training.checkpoint import read_checkpoint
from reference_models.training.portable import PORTABLE_SUFFIX, to_portable


def export_model(path: str | Path, out: str | Path, *, origin: str = "") -> Path:
    """Write both networks of a checkpoint, without optimisers, as safetensors with their provenance.

    `load_generator` and every command that takes a run take such a file.

    Args:
        path: a checkpoint, or a run's folder (its best checkpoint).
        out: a new file, ``.safetensors``.
        origin: how the run came about; empty for what its configuration says.

    Raises:
        CheckpointError: there is no checkpoint, or it is damaged.
        ConfigError: `out` has another ending.
        StorageError: it exists, or cannot be written.
    """
    out = possible_path(out)
    if out.suffix != PORTABLE_SUFFIX:
        raise ConfigError(f"--out must be a file that ends with {PORTABLE_SUFFIX}; got {out}")
    check_new(out)
    checkpoint = read_checkpoint(path)
    said = origin or f"trained on {checkpoint.config.data.source} from seed {checkpoint.config.seed}"
    write_whole(out, to_portable(checkpoint.config, checkpoint.content(), origin=said))
    return out


LARGEST_SIZE = 4096
"""Height and width of real images that are written: no network here is larger."""


def export_data(source: str, out: str | Path, *, count: int, size: int, resize: str = "squash", seed: int = 0) -> Path:
    """Write real images as training and scoring see them: resized to the network's size, without augmentation.

    Args:
        source: as of `train`: ``shapes``, ``cifar10:DIR``, or a folder, .zip or .npz.
        out: as of `write_samples`.
        count: of the images, chosen by `seed`.
        size: height and width.
        resize: ``squash``, ``crop`` or ``none``.
        seed: of the choice, and of the procedural shapes.

    Raises:
        ConfigError: fewer than two images are asked for, or a size that no network has.
        DataError: the source is not what is needed.
        StorageError: the output exists, or cannot be written.
    """
    out = possible_path(out)
    if count < 2:  # noqa: PLR2004 - one image has no distribution
        raise ConfigError(f"--count must be at least 2; got {count}")
    if not 1 <= size <= LARGEST_SIZE:
        raise ConfigError(f"--size must be from 1 to {LARGEST_SIZE:,}; got {shown(size)}")
    check_new(out)
    data = load_images(DataConfig(source, resize, count, seed=seed), size=size)
    with open_writer(out, count=count, size=size, class_names=data.class_names) as writer:
        for start in range(0, count, BATCH):
            part = slice(start, start + BATCH)
            pixels = data.images[part].permute(0, 2, 3, 1).contiguous().numpy()
            writer.add(pixels, None if data.labels is None else data.labels[part].tolist())
    return out
