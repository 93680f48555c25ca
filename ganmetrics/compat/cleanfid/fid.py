"""clean-fid's ``fid``: ``compute_fid``, ``compute_kid``, and statistics by name, on this library's road.

The arguments are clean-fid's, in its order. ``verbose`` and ``use_dataparallel`` change nothing: nothing is printed,
and the network runs once a process. ``device=None`` is CUDA where there is one, so that a machine without runs it, too.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy.typing as npt
import torch
from torch import Tensor

import ganmetrics
from ganmetrics import Extraction, Extractor, InputError, Moments, Reference, extract
from ganmetrics.compat import arguments
from ganmetrics.compat.cleanfid import stats
from ganmetrics.compat.cleanfid.sides import SEED, extraction_of, generated

Array = npt.NDArray[Any]
Device = str | torch.device | None
Generator = Callable[[Tensor], Tensor]
REMEDY = "a protocol says how images are resized, and ganmetrics.ModuleExtractor takes any network"


def frechet_distance(mu1: Array, sigma1: Array, mu2: Array, sigma2: Array, eps: float = 1e-6) -> float:
    """Return the Fréchet distance of two Gaussians: at least 0; `eps` changes nothing, since no root fails.

    Raises:
        InputError: shapes do not fit, or a covariance is not symmetric.
        NumericsError: a covariance is not positive semidefinite, or an entry is not finite.

    >>> import numpy as np
    >>> frechet_distance(np.zeros(1), np.eye(1), np.array([3.0]), np.eye(1))
    9.0
    """
    return ganmetrics.frechet_distance(arguments.moments(mu1, sigma1), arguments.moments(mu2, sigma2))


def fid_from_feats(feats1: Array, feats2: Array) -> float:
    """Return the Fréchet distance of two arrays of features, [n, d] each.

    >>> import numpy as np
    >>> fid_from_feats(np.array([[0.0], [2.0]]), np.array([[3.0], [5.0]]))
    9.0
    """
    return ganmetrics.frechet_distance(Moments.of(feats1), Moments.of(feats2))


def kernel_distance(
    feats1: Array | Tensor, feats2: Array | Tensor, num_subsets: int = 100, max_subset_size: int = 1000
) -> float:
    """Return clean-fid's kernel distance of real features and fake ones, its subsets drawn from seed 0.

    clean-fid draws them from NumPy's global generator: the number is its own after ``numpy.random.seed(0)``.
    """
    fewest = min(len(ganmetrics.Features(rows, source=name)) for name, rows in (("feats1", feats1), ("feats2", feats2)))
    size = min(fewest, max_subset_size) if isinstance(max_subset_size, int) else max_subset_size
    return ganmetrics.kernel_distance(
        feats1, feats2, subsets=num_subsets, subset_size=size, seed=SEED, convention="clean-fid"
    ).value


def compute_fid(
    fdir1: str | Path | None = None,
    fdir2: str | Path | None = None,
    gen: Generator | None = None,
    mode: str = "clean",
    model_name: str = "inception_v3",
    num_workers: int = 12,
    batch_size: int = 32,
    device: Device = None,
    dataset_name: str | None = None,
    dataset_res: int | str = 1024,
    dataset_split: str = "train",
    num_gen: int = 50_000,
    z_dim: int = 512,
    custom_feat_extractor: Extractor | None = None,
    verbose: bool = True,
    custom_image_tranform: object = None,
    custom_fn_resize: object = None,
    use_dataparallel: bool = True,
) -> float:
    """Return the FID of a folder or generator, against a folder or statistics by name.

    Args:
        fdir1: the generated images, anything that `ganmetrics.evaluate` takes.
        fdir2: the real ones; or, with `gen`, what it is compared with.
        gen: called with latents [batch_size, z_dim], returns images from 0 to 255.
        mode: ``clean``, ``legacy_pytorch`` or ``legacy_tensorflow``.
        model_name: ``inception_v3``.
        num_workers: decoding processes.
        batch_size: images a pass of the network.
        device: where it runs.
        dataset_name: a name that `make_custom_stats` was given, in the place of `fdir2`.
        dataset_res: changes nothing: a name of ours has one resolution.
        dataset_split: changes nothing.
        num_gen: how many images `gen` makes.
        z_dim: length of its latents.
        custom_feat_extractor: an extractor of this library, such as a `ganmetrics.ModuleExtractor`.
        verbose: changes nothing.
        custom_image_tranform: refused.
        custom_fn_resize: refused.
        use_dataparallel: changes nothing.

    Raises:
        InputError: the sources are no pair, or an argument is not followed.
        WeightsError: the network's weights cannot be found.
    """
    arguments.check_none_given(
        "clean-fid",
        {"custom_image_tranform": custom_image_tranform, "custom_fn_resize": custom_fn_resize},
        REMEDY,
    )
    how = extraction_of(mode, model_name, batch_size=batch_size, num_workers=num_workers, device=device)
    if custom_feat_extractor is not None:
        how = Extraction(custom_feat_extractor, alpha="drop", batch_size=batch_size, workers=num_workers, device=device)
    fake = _fake(fdir1, fdir2, gen, z_dim=z_dim, num_gen=num_gen, batch_size=batch_size)
    real = stats.read_reference(_named(dataset_name), mode) if fdir2 is None else fdir2
    return float(ganmetrics.fid(real, fake, how, interval=False))


def compute_kid(
    fdir1: str | Path | None = None,
    fdir2: str | Path | None = None,
    gen: Generator | None = None,
    mode: str = "clean",
    num_workers: int = 12,
    batch_size: int = 32,
    device: Device = None,
    dataset_name: str | None = None,
    dataset_res: int | str = 1024,
    dataset_split: str = "train",
    num_gen: int = 50_000,
    z_dim: int = 512,
    verbose: bool = True,
    use_dataparallel: bool = True,
) -> float:
    """Return the KID of a folder or generator, against a folder or statistics by name; see `compute_fid`.

    Raises:
        InputError: the sources are no pair.
        WeightsError: the network's weights cannot be found.
    """
    how = extraction_of(mode, "inception_v3", batch_size=batch_size, num_workers=num_workers, device=device)
    fake = extract(_fake(fdir1, fdir2, gen, z_dim=z_dim, num_gen=num_gen, batch_size=batch_size), how).features
    if fdir2 is None:
        return kernel_distance(stats.read_features(_named(dataset_name), mode), fake)
    others = extract(fdir2, how).features
    # Between two folders clean-fid takes the first for the real one.
    return kernel_distance(others, fake) if gen is not None else kernel_distance(fake, others)


def make_custom_stats(
    name: str,
    fdir: str | Path,
    num: int | None = None,
    mode: str = "clean",
    model_name: str = "inception_v3",
    num_workers: int = 0,
    batch_size: int = 64,
    device: Device = None,
    verbose: bool = True,
) -> None:
    """Keep the statistics and features of a folder's images under a name, for `compute_fid` and `compute_kid`.

    Raises:
        InputError: the name is taken, `num` is given, or the folder has no images.
        StorageError: the files cannot be written.
    """
    arguments.check_none_given(
        "clean-fid", {"num": num}, "the first files by name are no sample; ganmetrics --count chooses one"
    )
    how = extraction_of(mode, model_name, batch_size=batch_size, num_workers=num_workers, device=device)
    if test_stats_exists(name, mode):
        raise InputError(f"statistics named {name} exist already: remove_custom_stats removes them")
    stats.write_stats(name, mode, Reference.from_images(fdir, how, interval=False), extract(fdir, how).features)


def test_stats_exists(name: str, mode: str, model_name: str = "inception_v3", metric: str = "FID") -> bool:
    """Tell whether there are statistics under a name; one name has those of both metrics.

    >>> test_stats_exists("nobody", "clean")
    False
    """
    return stats.stats_paths(name, mode)[0].exists()


test_stats_exists.__test__ = False  # type: ignore[attr-defined]  # clean-fid's name for it, which pytest would call


def remove_custom_stats(name: str, mode: str = "clean", model_name: str = "inception_v3") -> None:
    """Remove what is kept under a name.

    Raises:
        InputError: there is nothing.
    """
    stats.remove_stats(name, mode)


def _fake(fdir1: object, fdir2: object, gen: Generator | None, *, z_dim: int, num_gen: int, batch_size: int) -> object:
    if (fdir1 is None) == (gen is None):
        raise InputError(
            f"the generated images are fdir1 or gen, one of them; got {'neither' if gen is None else 'both'}"
        )
    return fdir1 if gen is None else generated(gen, z_dim=z_dim, num_gen=num_gen, batch_size=batch_size)


def _named(dataset_name: str | None) -> str:
    if dataset_name is None:
        raise InputError(
            "the real images are fdir2, or dataset_name with a name that make_custom_stats was given; got neither"
        )
    return dataset_name
