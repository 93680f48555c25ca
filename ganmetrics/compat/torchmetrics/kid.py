"""`KernelInceptionDistance`: torchmetrics' KID, its subsets drawn from a seed."""

from pathlib import Path
from typing import Unpack

import torch
from torch import Tensor, nn

from ganmetrics import Extractor, kernel_distance
from ganmetrics.compat.arguments import numpy_seed, switch
from ganmetrics.compat.shared_network import shared_network
from ganmetrics.compat.torchmetrics.base import ImageMetric, MetricOptions, check_options
from ganmetrics.compat.torchmetrics.features_state import all_rows, on_host


class KernelInceptionDistance(ImageMetric):
    """The kernel distance of images that come in batches (Bińkowski et al. 2018, arXiv 1801.01401).

    Args:
        feature: 2048 for Inception's pool3; a module that returns features [n, d]; or an extractor of this library.
        subsets: number of subsets that the mean and the spread are over.
        subset_size: images a side in each.
        degree: of the polynomial kernel.
        gamma: factor of its inner product; None for 1/d.
        coef: added to the inner product.
        reset_real_features: whether `reset` forgets the real side, too.
        normalize: images are floats in [0, 1] instead of uint8.
        feature_extractor_weights_path: a state dict to use instead of the published weights.
        antialias: as in `FrechetInceptionDistance`.
        seed: of the subsets: torchmetrics gives the same number after ``torch.manual_seed(seed)``.
        options: the keywords of `torchmetrics.Metric`.

    Raises:
        InputError: another layer or an unknown option is asked for, or images are not what `normalize` says.
        NotEnoughSamples: `compute` finds fewer images on a side than a subset needs.
        WeightsError: the network's weights cannot be found.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> metric = KernelInceptionDistance(ChannelMeans(), subset_size=10)
    >>> metric.update(random_images(20, seed=1), real=True)
    >>> metric.update(random_images(20, seed=2), real=False)
    >>> mean, std = metric.compute()
    """

    higher_is_better = False

    real_features: list[Tensor] | Tensor
    fake_features: list[Tensor] | Tensor

    def __init__(
        self,
        feature: int | nn.Module | Extractor = 2048,
        subsets: int = 100,
        subset_size: int = 1000,
        degree: int = 3,
        gamma: float | None = None,
        coef: float = 1.0,
        reset_real_features: bool = True,
        normalize: bool = False,
        feature_extractor_weights_path: str | Path | None = None,
        antialias: bool = True,
        *,
        seed: int = 0,
        **options: Unpack[MetricOptions],
    ) -> None:
        check_options(options)
        network = shared_network(
            feature, allowed=(2048,), normalize=normalize, weights=feature_extractor_weights_path, antialias=antialias
        )
        resets = switch("reset_real_features", reset_real_features)
        super().__init__(network, kept=() if resets else ("real_features",), options=options)
        self.reset_real_features = resets
        self.subsets, self.subset_size, self.seed = subsets, subset_size, numpy_seed("seed", seed)
        self.degree, self.gamma, self.coef = degree, gamma, coef
        for name in ("real_features", "fake_features"):
            self.add_state(name, [], dist_reduce_fx="cat")

    def update(self, imgs: Tensor, real: bool) -> None:
        """Add images [n, 3, h, w] to one side."""
        rows = self.outputs(imgs).features.to(self.device)
        (self.real_features if switch("real", real) else self.fake_features).append(rows)  # type: ignore[union-attr]

    def compute(self) -> tuple[Tensor, Tensor]:
        """Return mean and standard deviation over the subsets, float64; the mean may be below 0 by chance."""
        distance = kernel_distance(
            on_host(all_rows(self.real_features, "real")),
            on_host(all_rows(self.fake_features, "fake")),
            subsets=self.subsets,
            subset_size=self.subset_size,
            seed=self.seed,
            convention="torchmetrics",
            degree=self.degree,
            gamma=self.gamma,
            coef0=self.coef,
        )
        numbers = torch.tensor([distance.value, distance.std], dtype=torch.float64, device=self.device)
        return numbers[0], numbers[1]
