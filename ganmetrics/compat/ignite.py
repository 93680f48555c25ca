"""ignite's metrics of generators, attachable to an engine: the FID that papers print, of all processes' images.

`pip install "ganmetrics[ignite]"` has the package. Callbacks for ignite are in `ganmetrics.integrations.ignite`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ganmetrics import Extractor, InputError, NotEnoughSamples, frechet_distance, inception_score
from ganmetrics._members import has_members
from ganmetrics.compat.moments_state import merged, moments_of, no_images, with_features
from ganmetrics.compat.shared_network import SharedNetwork, shared_network
from ganmetrics.optional import require

require("ignite", extra="ignite", user="ganmetrics.compat.ignite")

import ignite.distributed as idist  # noqa: E402 - a missing package is told with its remedy first
from ignite.metrics import Metric  # noqa: E402

Transform = Callable[[Any], Any]


def _network(
    num_features: int | None, feature_extractor: nn.Module | Extractor | None, weights: str | Path | None
) -> SharedNetwork:
    """Return the network that is meant; ignite takes features for images where only their width is given.

    Raises:
        InputError: the width is not the extractor's.
    """
    if feature_extractor is None and num_features is not None:
        return SharedNetwork(None, nn.Identity(), normalize=False)
    chosen = "inception" if feature_extractor is None else feature_extractor
    network = shared_network(chosen, allowed=("inception",), normalize=False, weights=weights, antialias=False)
    if network.extractor is not None and num_features not in (None, network.extractor.spec.dimension):
        raise InputError(
            f"num_features must be {network.extractor.spec.dimension}, the extractor's; got {num_features}"
        )
    return network


def _unchanged(output: Any) -> Any:  # noqa: ANN401 - whatever the engine returns
    return output


class FID(Metric):  # type: ignore[misc]  # a class of another package, checked alike where it is absent
    """The Fréchet distance of the pairs (generated, real) that an engine returns.

    Without arguments it is the FID, of Inception's pool3 features under the protocol ``ttur``; ignite's default, of
    torchvision's network without a resize, compares with nothing that was published.

    Args:
        num_features: width of the features; alone, the engine's outputs are features already.
        feature_extractor: a module that returns features [n, d], or an extractor of this library, for uint8 images.
        output_transform: makes the pair of what the engine returns.
        device: where modules run, and where sums are kept.
        weights: a state dict for Inception to use instead of the published weights.

    Raises:
        InputError: `num_features` is not the extractor's.
        NotEnoughSamples: `compute` finds fewer than two images on a side.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> metric = FID(feature_extractor=ChannelMeans())
    >>> metric.update((random_images(20), random_images(20)))
    >>> metric.compute()
    0.0
    """

    def __init__(
        self,
        num_features: int | None = None,
        feature_extractor: nn.Module | Extractor | None = None,
        output_transform: Transform = _unchanged,
        device: str | torch.device = "cpu",
        *,
        weights: str | Path | None = None,
    ) -> None:
        self._network = _network(num_features, feature_extractor, weights).to(device)
        super().__init__(output_transform=output_transform, device=device)

    def reset(self) -> None:
        """Forget what was seen."""
        self._states: list[Tensor | None] = [None, None]

    def update(self, output: Sequence[Tensor]) -> None:
        """Add a pair of batches: generated images, real ones; their numbers may differ."""
        for place, images in enumerate(output):
            features = self._network(images.detach().to(self._device)).features
            known = self._states[place]
            self._states[place] = with_features(no_images(features.shape[1]) if known is None else known, features)

    def compute(self) -> float:
        """Return the distance, of all processes' images together."""
        fake, real = (_of_all_processes(state) for state in self._states)
        return frechet_distance(moments_of(real, "real"), moments_of(fake, "generated"))


class InceptionScore(Metric):  # type: ignore[misc]
    """The Inception Score of the images that an engine returns, over one split, as ignite has it.

    Args:
        num_features: the number of classes; alone, the engine's outputs are probabilities already.
        feature_extractor: a module that returns probabilities [n, c], or an extractor of this library that has classes.
        output_transform: makes the images of what the engine returns.
        device: where modules run, and where class scores are kept.
        weights: a state dict for Inception to use instead of the published weights.

    Raises:
        InputError: the extractor has no classes.
        NotEnoughSamples: `compute` finds no image.

    >>> metric = InceptionScore(num_features=4)
    >>> metric.update(torch.eye(4))
    >>> round(metric.compute(), 6)
    4.0
    """

    def __init__(
        self,
        num_features: int | None = None,
        feature_extractor: nn.Module | Extractor | None = None,
        output_transform: Transform = _unchanged,
        device: str | torch.device = "cpu",
        *,
        weights: str | Path | None = None,
    ) -> None:
        given = None if has_members(feature_extractor, Extractor) else num_features
        self._network = _network(given, feature_extractor, weights).to(device)
        super().__init__(output_transform=output_transform, device=device)

    def reset(self) -> None:
        """Forget what was seen."""
        self._scores: list[Tensor] = []

    def update(self, output: Tensor) -> None:
        """Add generated images."""
        outputs = self._network(output.detach().to(self._device))
        if outputs.logits is not None:
            self._scores.append(outputs.logits.to(self._device))
        elif self._network.module is not None:
            # Of probabilities, a softmax of their logarithms; a class that cannot be is one with the least float.
            least = torch.finfo(outputs.features.dtype).tiny
            self._scores.append(outputs.features.clamp_min(least).log())
        else:
            raise InputError("an Inception Score needs classes; this extractor has none")

    def compute(self) -> float:
        """Return the score, of all processes' images together."""
        if not self._scores:
            raise NotEnoughSamples("an Inception Score needs images; update has been given none")
        scores = torch.cat(self._scores)
        if idist.get_world_size() > 1:
            scores = idist.all_gather(scores)
        return inception_score(scores.cpu(), splits=1).value


def _of_all_processes(state: Tensor | None) -> Tensor:
    if state is None:
        raise NotEnoughSamples("a Fréchet distance needs images on both sides; update has been given none")
    if idist.get_world_size() == 1:
        return state
    return merged(idist.all_gather(state).view(-1, *state.shape))
