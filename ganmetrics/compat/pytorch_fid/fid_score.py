"""pytorch-fid's ``fid_score``: the functions that programs import from it, on this library's road.

``model`` is an `InceptionV3` of this package, or any extractor of this library.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from ganmetrics import Extraction, Extractor, InputError, Reference, extract, fid, frechet_distance
from ganmetrics._files import as_path, atomic_write
from ganmetrics._text import shown
from ganmetrics._types import Progress, silent
from ganmetrics.compat import arguments
from ganmetrics.compat.pytorch_fid.inception import DIMENSIONS, InceptionV3, extraction_of

Array = npt.NDArray[Any]
Device = str | torch.device
PAIR = 2


def get_activations(
    files: Sequence[str | Path],
    model: InceptionV3 | Extractor,
    batch_size: int = 50,
    dims: int = DIMENSIONS,
    device: Device = "cpu",
    num_workers: int = 1,
) -> Array:
    """Return the features of image files, float64 [n, dims].

    Raises:
        InputError: a file cannot be read, or `dims` is not the network's.

    >>> import tempfile
    >>> from ganmetrics.testing import ChannelMeans, write_images
    >>> folder = write_images(Path(tempfile.mkdtemp()) / "a", 5)
    >>> get_activations(sorted(folder.iterdir()), ChannelMeans(), dims=3, num_workers=0).shape
    (5, 3)
    """
    how = extraction_of(model, batch_size=batch_size, dims=dims, device=device, num_workers=num_workers)
    features: Array = extract(arguments.paths("files", files), how).features.double().numpy()
    return features


def calculate_frechet_distance(mu1: Array, sigma1: Array, mu2: Array, sigma2: Array, eps: float = 1e-6) -> float:
    """Return the Fréchet distance of two Gaussians: at least 0, and never complex.

    Args:
        mu1: a mean, [d].
        sigma1: its covariance, [d, d].
        mu2: the other mean.
        sigma2: its covariance.
        eps: pytorch-fid adds it to both diagonals where its root fails; here no root fails, and it changes nothing.

    Raises:
        InputError: shapes do not fit, or a covariance is not symmetric.
        NumericsError: a covariance is not positive semidefinite, or an entry is not finite.

    >>> mean, covariance = np.zeros(2), np.diag([1.0, 4.0])
    >>> round(calculate_frechet_distance(mean, covariance, mean + [3, 0], 4 * np.eye(2)), 12)
    10.0
    """
    return frechet_distance(arguments.moments(mu1, sigma1), arguments.moments(mu2, sigma2))


def calculate_activation_statistics(
    files: Sequence[str | Path],
    model: InceptionV3 | Extractor,
    batch_size: int = 50,
    dims: int = DIMENSIONS,
    device: Device = "cpu",
    num_workers: int = 1,
) -> tuple[Array, Array]:
    """Return mean [dims] and covariance [dims, dims] of the features of image files, float64.

    Raises:
        InputError: a file cannot be read, or `dims` is not the network's.
    """
    how = extraction_of(model, batch_size=batch_size, dims=dims, device=device, num_workers=num_workers)
    return _statistics(Reference.from_images(arguments.paths("files", files), how, interval=False))


def compute_statistics_of_path(
    path: str | Path,
    model: InceptionV3 | Extractor,
    batch_size: int = 50,
    dims: int = DIMENSIONS,
    device: Device = "cpu",
    num_workers: int = 1,
) -> tuple[Array, Array]:
    """Return mean and covariance of a folder's images, or those in an ``.npz`` file.

    Raises:
        InputError: there is no such path, it holds no images, or `dims` is not the network's.
    """
    if as_path(path).suffix == ".npz":
        return _statistics(Reference.load(path))
    how = extraction_of(model, batch_size=batch_size, dims=dims, device=device, num_workers=num_workers)
    return _statistics(Reference.from_images(path, how, interval=False))


def calculate_fid_given_paths(
    paths: Sequence[str | Path],
    batch_size: int = 50,
    device: Device | None = None,
    dims: int = DIMENSIONS,
    num_workers: int = 1,
    *,
    progress: Progress = silent,
) -> float:
    """Return the FID of two folders or ``.npz`` files of statistics, pytorch-fid's resize and scaling in both.

    Args:
        paths: the two.
        batch_size: images a pass of the network.
        device: where it runs; None for CUDA where there is one.
        dims: 2048.
        num_workers: decoding processes.
        progress: shows how far a stage has come.

    Raises:
        InputError: there are not two paths, one does not exist, or `dims` is another.
        WeightsError: the network's weights cannot be found.
    """
    first, second = _two(paths)
    how = _extraction(batch_size, device, dims, num_workers)
    return float(fid(first, second, how, interval=False, progress=progress))


def save_fid_stats(
    paths: Sequence[str | Path],
    batch_size: int = 50,
    device: Device | None = None,
    dims: int = DIMENSIONS,
    num_workers: int = 1,
    *,
    progress: Progress = silent,
) -> None:
    """Write ``mu`` and ``sigma`` of the first path's images to the second, an ``.npz`` file that is not there yet.

    Raises:
        InputError: the first path does not exist, the second does, or `dims` is another.
        StorageError: the file cannot be written.
        WeightsError: the network's weights cannot be found.
    """
    source, target = _two(paths)
    # NumPy, and so pytorch-fid, adds the ending.
    output = as_path(target if str(target).endswith(".npz") else f"{target}.npz")
    if output.exists():
        raise InputError(f"statistics go to a new file; {output} exists already: remove it or name another")
    how = _extraction(batch_size, device, dims, num_workers)
    mean, covariance = _statistics(Reference.from_images(source, how, interval=False, progress=progress))
    with atomic_write(output) as file:
        np.savez_compressed(file, mu=mean, sigma=covariance)


def _extraction(batch_size: int, device: Device | None, dims: int, num_workers: int) -> Extraction:
    return extraction_of(InceptionV3(), batch_size=batch_size, dims=dims, device=device, num_workers=num_workers)


def _two(paths: Sequence[str | Path]) -> tuple[str | Path, str | Path]:
    one_path = isinstance(paths, str | bytes | os.PathLike)
    if one_path or not isinstance(paths, Sequence) or len(paths) != PAIR:
        raise InputError(f"two paths are needed, in a list; got {shown(paths)}")
    return paths[0], paths[1]


def _statistics(reference: Reference) -> tuple[Array, Array]:
    moments = reference.moments
    return moments.mean.numpy(), moments.covariance.numpy()
