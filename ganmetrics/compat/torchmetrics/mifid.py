"""`MemorizationInformedFrechetInceptionDistance`: torchmetrics' MiFID, in bounded memory."""

from pathlib import Path
from typing import Unpack

import torch
from torch import Tensor, nn

from ganmetrics import Extractor, Moments, frechet_distance
from ganmetrics.compat.arguments import switch
from ganmetrics.compat.shared_network import shared_network
from ganmetrics.compat.torchmetrics.base import ImageMetric, MetricOptions, check_options
from ganmetrics.compat.torchmetrics.features_state import all_rows, on_host
from ganmetrics.metrics.neighbours.memorisation import memorisation_distance, mifid


class MemorizationInformedFrechetInceptionDistance(ImageMetric):
    """FID over the memorisation distance, where that is small (Bai et al. 2021, arXiv 2106.03062).

    As in torchmetrics the distance is averaged over the real images, each with its nearest generated one; the paper
    averages over the generated ones, as ``ganmetrics.evaluate`` does with ``mifid``.

    Args:
        feature: 2048 for Inception's pool3; a module that returns features [n, d]; or an extractor of this library.
        reset_real_features: whether `reset` forgets the real side, too.
        normalize: images are floats in [0, 1] instead of uint8.
        cosine_distance_eps: memorisation distances from here on are not penalised, above 0 to 1.
        feature_extractor_weights_path: a state dict to use instead of the published weights.
        antialias: as in `FrechetInceptionDistance`.
        options: the keywords of `torchmetrics.Metric`.

    Raises:
        InputError: another layer or an unknown option is asked for, or images are not what `normalize` says.
        NotEnoughSamples: `compute` finds fewer than two images on a side.
        WeightsError: the network's weights cannot be found.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> metric = MemorizationInformedFrechetInceptionDistance(ChannelMeans())
    >>> metric.update(random_images(20, seed=1), real=True)
    >>> metric.update(random_images(20, seed=2), real=False)
    >>> value = metric.compute()
    """

    higher_is_better = False

    real_features: list[Tensor] | Tensor
    fake_features: list[Tensor] | Tensor

    def __init__(
        self,
        feature: int | nn.Module | Extractor = 2048,
        reset_real_features: bool = True,
        normalize: bool = False,
        cosine_distance_eps: float = 0.1,
        feature_extractor_weights_path: str | Path | None = None,
        antialias: bool = True,
        **options: Unpack[MetricOptions],
    ) -> None:
        check_options(options)
        network = shared_network(
            feature, allowed=(2048,), normalize=normalize, weights=feature_extractor_weights_path, antialias=antialias
        )
        resets = switch("reset_real_features", reset_real_features)
        super().__init__(network, kept=() if resets else ("real_features",), options=options)
        self.reset_real_features = resets
        self.cosine_distance_eps = cosine_distance_eps
        for name in ("real_features", "fake_features"):
            self.add_state(name, [], dist_reduce_fx="cat")

    def update(self, imgs: Tensor, real: bool) -> None:
        """Add images [n, 3, h, w] to one side."""
        rows = self.outputs(imgs).features.to(self.device)
        (self.real_features if switch("real", real) else self.fake_features).append(rows)  # type: ignore[union-attr]

    def compute(self) -> Tensor:
        """Return the distance, float64 and at least 0; infinite for copies throughout."""
        real, fake = on_host(all_rows(self.real_features, "real")), on_host(all_rows(self.fake_features, "fake"))
        distance = memorisation_distance(real, fake, averaged_over="real")
        fid = frechet_distance(Moments.of(real), Moments.of(fake))
        value = mifid(fid, distance, threshold=self.cosine_distance_eps)
        return torch.tensor(value, dtype=torch.float64, device=self.device)
