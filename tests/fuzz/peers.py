"""Cases of what takes the place of other libraries: their functions and classes, with arguments of wrong kinds."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor, nn

from ganmetrics import InputError
from ganmetrics.compat import adm, torch_fidelity, torchmetrics
from ganmetrics.compat.cleanfid import fid as clean
from ganmetrics.compat.pytorch_fid import fid_score
from ganmetrics.testing import ChannelMeans, random_images, write_images
from tests.fuzz import odd
from tests.fuzz.driver import Case
from tests.fuzz.files import HOW, PIXELS, npz, npz_file
from tests.fuzz.stored import ROWS, some


def _drop_ins(folder: Path) -> Case:
    pictures = [write_images(folder / name, 20, seed=seed) for seed, name in enumerate("ab")]
    place = folder / "case"
    place.mkdir()
    square, means = np.eye(3), np.zeros(3)
    network = ChannelMeans()

    def files(rng: random.Random) -> Path:
        _, make = rng.choice(npz_file(npz(arr_0=np.tile(PIXELS, (5, 1, 1, 1)), mu=means, sigma=square)))
        path = place / rng.choice(("x.npz", "x.npz", "x"))
        path.write_bytes(make(rng))
        return path

    def given(rng: random.Random, right: object, often: float = 0.25) -> Any:
        return odd.anything(rng) if rng.random() < often else right

    def of_adm(rng: random.Random) -> None:
        adm.compute_scores(given(rng, files(rng), 0.1), given(rng, pictures[0], 0.1), HOW)

    def of_moments(rng: random.Random) -> None:
        call = rng.choice((fid_score.calculate_frechet_distance, clean.frechet_distance))
        call(*(given(rng, right) for right in (means, square, means, square)))

    def of_files_(rng: random.Random) -> None:
        call = rng.choice((fid_score.calculate_activation_statistics, fid_score.get_activations))
        options = some(rng, batch_size=5, dims=3, device="cpu", num_workers=0)
        call(given(rng, sorted(pictures[0].iterdir())), network, **{"num_workers": 0, "dims": 3} | options)

    def of_paths(rng: random.Random) -> None:
        options = some(rng, batch_size=5, dims=3, device="cpu")
        fid_score.compute_statistics_of_path(given(rng, files(rng)), network, **{"num_workers": 0, "dims": 3} | options)

    def of_clean(rng: random.Random) -> None:
        options = some(rng, mode="clean", model_name="inception_v3", batch_size=5, device="cpu", dataset_name="x")
        options |= some(rng, num_gen=20, z_dim=3, custom_fn_resize=None, dataset_res=3)
        sides = (given(rng, pictures[0]), given(rng, pictures[1]))
        clean.compute_fid(*sides, **{"custom_feat_extractor": network, "num_workers": 0} | options)

    def of_rows(rng: random.Random) -> None:
        call = rng.choice((clean.fid_from_feats, clean.kernel_distance))
        call(given(rng, ROWS), given(rng, ROWS[::-1]))

    def of_fidelity(rng: random.Random) -> None:
        options = some(rng, isc=False, kid=True, prc=True, kid_subsets=3, kid_subset_size=10, rng_seed=1)
        options |= some(rng, cuda=False, batch_size=5, feature_extractor="dinov2-vit-s-14", isc_splits=2, verbose=False)
        options |= some(rng, input1_model_num_samples=5, fid_statistics_file=str(files(rng)), kid_kernel="poly")
        inputs = {"input1": given(rng, pictures[0], 0.1), "input2": given(rng, pictures[1], 0.1)}
        torch_fidelity.calculate_metrics(**{**inputs, "fid": True, "cuda": False, **options})

    cases = (of_adm, of_moments, of_files_, of_paths, of_clean, of_rows, of_fidelity)
    return lambda rng: rng.choice(cases)(rng)


class Means(nn.Module):
    """A module as torchmetrics takes it: the means of the channels."""

    num_features = 3

    def forward(self, images: Tensor) -> Tensor:
        """Return [n, 3]."""
        if images.ndim != 4:
            raise InputError("a module of the user's refuses what it cannot take")
        return images.float().mean((2, 3))


METRICS = (
    torchmetrics.FrechetInceptionDistance,
    torchmetrics.InceptionScore,
    torchmetrics.KernelInceptionDistance,
    torchmetrics.MemorizationInformedFrechetInceptionDistance,
)
SIDES = ((random_images(20), True), (random_images(20, seed=1), False))


def _torchmetrics(_folder: Path) -> Case:
    def case(rng: random.Random) -> None:
        kind = rng.choice(METRICS)
        network: Any = rng.choice((Means(), ChannelMeans())) if rng.random() < 0.9 else odd.anything(rng)
        options = some(rng, normalize=False, antialias=True, reset_real_features=True)
        if kind is torchmetrics.KernelInceptionDistance:
            options |= some(rng, subsets=2, subset_size=10, degree=3, gamma=0.1, coef=1.0, seed=1)
            options = {"subsets": 2, "subset_size": 10} | options
        elif kind is torchmetrics.InceptionScore:
            options = some(rng, splits=2, seed=1, normalize=False)
        metric = kind(network, **options)
        for images, real in SIDES:
            given: Any = odd.anything(rng) if rng.random() < 0.2 else images
            if kind is torchmetrics.InceptionScore:
                metric.update(given)
            else:
                metric.update(given, real=odd.anything(rng) if rng.random() < 0.1 else real)
        metric.compute()

    return case


KINDS: Mapping[str, Callable[[Path], Case]] = {"drop-ins": _drop_ins, "torchmetrics": _torchmetrics}
