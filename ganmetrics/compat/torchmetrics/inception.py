"""`InceptionScore`: torchmetrics' Inception Score, its shuffle drawn from a seed."""

from pathlib import Path
from typing import Unpack

import torch
from torch import Tensor, nn

from ganmetrics import Extractor, InputError, inception_score
from ganmetrics.compat.arguments import numpy_seed
from ganmetrics.compat.shared_network import shared_network
from ganmetrics.compat.torchmetrics.base import ImageMetric, MetricOptions, check_options
from ganmetrics.compat.torchmetrics.features_state import all_rows, on_host


class InceptionScore(ImageMetric):
    """The Inception Score of images that come in batches (Salimans et al. 2016, arXiv 1606.03498).

    Args:
        feature: ``logits_unbiased`` for Inception's; a module that returns class scores before the softmax, [n, c]; or
            an extractor of this library that has classes.
        splits: the number of splits.
        normalize: images are floats in [0, 1] instead of uint8.
        feature_extractor_weights_path: a state dict to use instead of the published weights.
        antialias: as in `FrechetInceptionDistance`.
        seed: of the shuffle: torchmetrics gives the same number after ``torch.manual_seed(seed)``.
        options: the keywords of `torchmetrics.Metric`.

    Raises:
        InputError: another layer or an unknown option is asked for, or images are not what `normalize` says.
        NotEnoughSamples: `compute` finds fewer images than splits.
        WeightsError: the network's weights cannot be found.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> metric = InceptionScore(ChannelMeans(), splits=2)
    >>> metric.update(random_images(20))
    >>> mean, std = metric.compute()
    """

    higher_is_better = True

    features: list[Tensor] | Tensor

    def __init__(
        self,
        feature: str | nn.Module | Extractor = "logits_unbiased",
        splits: int = 10,
        normalize: bool = False,
        feature_extractor_weights_path: str | Path | None = None,
        antialias: bool = True,
        *,
        seed: int = 0,
        **options: Unpack[MetricOptions],
    ) -> None:
        check_options(options)
        network = shared_network(
            feature,
            allowed=("logits_unbiased",),
            normalize=normalize,
            weights=feature_extractor_weights_path,
            antialias=antialias,
        )
        if network.extractor is not None and network.extractor.spec.classes is None:
            raise InputError(f"an Inception Score needs classes; extractor {network.extractor.spec.name} has none")
        super().__init__(network, kept=(), options=options)
        self.width = None if network.extractor is None else network.extractor.spec.classes
        self.splits, self.seed = splits, numpy_seed("seed", seed)
        self.add_state("features", [], dist_reduce_fx="cat")

    def update(self, imgs: Tensor) -> None:
        """Add generated images [n, 3, h, w]."""
        outputs = self.outputs(imgs)
        scores = outputs.features if outputs.logits is None else outputs.logits
        self.features.append(scores.to(self.device))  # type: ignore[union-attr]

    def compute(self) -> tuple[Tensor, Tensor]:
        """Return mean and standard deviation over the splits, float64."""
        score = inception_score(
            on_host(all_rows(self.features, "generated")),
            splits=self.splits,
            convention="torchmetrics",
            rng=torch.Generator().manual_seed(self.seed),
        )
        numbers = torch.tensor([score.value, score.std], dtype=torch.float64, device=self.device)
        return numbers[0], numbers[1]
