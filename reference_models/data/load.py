"""The real images of a configuration."""

from reference_models.arguments import MOST_SIDE, check_type, whole_number
from reference_models.config import DataConfig
from reference_models.data.cifar import read_cifar10
from reference_models.data.files import ReadProgress, read_folder, read_zip
from reference_models.data.images import LabelledImages
from reference_models.data.modes import draw_modes
from reference_models.data.npz import read_npz_images
from reference_models.data.shapes import CLASS_NAMES, draw_shapes
from reference_models.errors import DataError
from reference_models.files import possible_path

SHAPES_SOURCE = "shapes"
DEFAULT_SHAPES = 8000
STACKED = "shapes-modes"
CIFAR10 = "cifar10:"


def _quiet(done: int, total: int) -> None:
    """Show nothing."""


def load_images(config: DataConfig, *, size: int, progress: ReadProgress = _quiet) -> LabelledImages:
    """Return the real images at the network's size, in memory, without any augmentation.

    Training and scoring both start from these, so that the two sides of a score have passed the same transform.

    Args:
        config: the source, how it is resized, and how many images to take.
        size: height and width.
        progress: told of images read.

    Raises:
        InputError: an argument is of the wrong kind.
        DataError: the source is missing, damaged, or not what is needed.

    >>> load_images(DataConfig(count=20), size=16).line().split(";")[0]
    'shapes: 20 images, 16x16'
    """
    check_type("config", config, DataConfig, "a DataConfig, such as build_config(...).data")
    size = whole_number("size", size, least=1, most=MOST_SIDE)
    if config.source == SHAPES_SOURCE:
        drawn = draw_shapes(config.count or DEFAULT_SHAPES, size=size, seed=config.seed)
        return LabelledImages(drawn.images, drawn.labels, CLASS_NAMES, SHAPES_SOURCE)
    if config.source == STACKED:
        stacked = draw_modes(config.count or DEFAULT_SHAPES, size=size, seed=config.seed)
        return LabelledImages(stacked.images, None, (), STACKED)
    try:
        found = _read(config, size, progress)
    except MemoryError as error:
        raise DataError(f"{config.source} does not fit into memory at {size}x{size}: {error}") from None
    return found.choose(config.count, config.seed) if config.count else found


def _read(config: DataConfig, size: int, progress: ReadProgress) -> LabelledImages:
    if config.source.startswith(CIFAR10):
        root = possible_path(config.source.removeprefix(CIFAR10))
        return read_cifar10(root, size=size, resize=config.resize)
    path = possible_path(config.source)
    if path.is_dir():
        return read_folder(path, size=size, resize=config.resize, progress=progress)
    if path.suffix.lower() == ".zip" and path.is_file():
        return read_zip(path, size=size, resize=config.resize, progress=progress)
    if path.suffix.lower() == ".npz" and path.is_file():
        return read_npz_images(path, size=size, resize=config.resize)
    came = "another kind of file" if path.exists() else "nothing there"
    raise DataError(
        f"--data needs shapes, shapes-modes, cifar10:DIR, or a folder, .zip or .npz; {config.source} is {came}"
    )
