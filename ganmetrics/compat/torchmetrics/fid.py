"""`FrechetInceptionDistance`: torchmetrics' FID, never negative, from moments that processes merge."""

from pathlib import Path
from typing import Any, Unpack

import torch
from torch import Tensor, nn

from ganmetrics import Extractor, frechet_distance
from ganmetrics.compat.arguments import switch
from ganmetrics.compat.moments_state import checked_moments, merged, moments_of, no_images, with_features
from ganmetrics.compat.shared_network import feature_width, image_size, shared_network
from ganmetrics.compat.torchmetrics.base import ImageMetric, MetricOptions, check_options


class FrechetInceptionDistance(ImageMetric):
    """The Fréchet distance of images that come in batches (Heusel et al. 2017, arXiv 1706.08500, equation 6).

    Args:
        feature: 2048 for Inception's pool3; a module that returns features [n, d]; or an extractor of this library.
        reset_real_features: whether `reset` forgets the real side, too.
        normalize: images are floats in [0, 1] instead of uint8.
        input_img_size: of the one random image that tells the width of a module without ``num_features``.
        feature_extractor_weights_path: a state dict to use instead of the published weights.
        antialias: torchmetrics' resize from 1.8 on; False is TensorFlow 1's, as before and as torch-fidelity has it.
        options: the keywords of `torchmetrics.Metric`.

    Raises:
        InputError: another layer or an unknown option is asked for, or images are not what `normalize` says.
        NotEnoughSamples: `compute` finds fewer than two images on a side.
        WeightsError: the network's weights cannot be found.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> metric = FrechetInceptionDistance(ChannelMeans())
    >>> metric.update(random_images(20), real=True)
    >>> metric.update(random_images(20), real=False)
    >>> float(metric.compute())
    0.0
    """

    higher_is_better = False

    real_moments: Tensor
    fake_moments: Tensor

    def __init__(
        self,
        feature: int | nn.Module | Extractor = 2048,
        reset_real_features: bool = True,
        normalize: bool = False,
        input_img_size: tuple[int, int, int] = (3, 299, 299),
        feature_extractor_weights_path: str | Path | None = None,
        antialias: bool = True,
        **options: Unpack[MetricOptions],
    ) -> None:
        check_options(options)
        size = image_size(input_img_size)
        network = shared_network(
            feature, allowed=(2048,), normalize=normalize, weights=feature_extractor_weights_path, antialias=antialias
        )
        resets = switch("reset_real_features", reset_real_features)
        super().__init__(network, kept=() if resets else ("real_moments",), options=options)
        self.reset_real_features = resets
        width = feature_width(network, size)
        for name in ("real_moments", "fake_moments"):
            self.add_state(name, no_images(width), dist_reduce_fx=merged)

    def update(self, imgs: Tensor, real: bool) -> None:
        """Add images [n, 3, h, w] to one side."""
        name = "real_moments" if switch("real", real) else "fake_moments"
        setattr(self, name, with_features(getattr(self, name), self.outputs(imgs).features))

    def compute(self) -> Tensor:
        """Return the distance, float64 and at least 0."""
        sides = moments_of(self.real_moments, "real"), moments_of(self.fake_moments, "fake")
        return torch.tensor(frechet_distance(*sides), dtype=torch.float64, device=self.device)

    def checked_states(self, given: dict[str, object]) -> dict[str, Any]:
        """Return moments that were stored, as they are held.

        Raises:
            InputError: one of them cannot be used.
        """
        width = self.real_moments.shape[1]
        return {name: checked_moments(name, state, width).to(getattr(self, name)) for name, state in given.items()}
