"""ignite's metrics of generators, attachable to an engine: the FID that papers print, of all processes' images.

`pip install "ganmetrics[ignite]"` has the package. Callbacks for ignite are in `ganmetrics.integrations.ignite`.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ganmetrics import Extractor, InputError, NotEnoughSamples, Outputs, frechet_distance, inception_score
from ganmetrics._members import has_members
from ganmetrics._text import shown
from ganmetrics.compat.moments_state import merged, moments_of, no_images, with_features
from ganmetrics.compat.shared_network import SharedNetwork, check_images, described, shared_network
from ganmetrics.optional import require

require("ignite", extra="ignite", user="ganmetrics.compat.ignite")

import ignite.distributed as idist  # noqa: E402 - a missing package is told with its remedy first
from ignite.metrics import Metric  # noqa: E402

Transform = Callable[[Any], Any]

SIDES = 2
TOLERANCE = 1e-3
"""How far a sum of probabilities may be from 1."""


def _network(
    num_features: int | None, feature_extractor: nn.Module | Extractor | None, weights: str | Path | None
) -> SharedNetwork:
    """Return the network that is meant; ignite takes features for images where only their width is given.

    Raises:
        InputError: the width is no number of features, or not the extractor's.
    """
    if num_features is not None and (
        not isinstance(num_features, int | np.integer) or isinstance(num_features, bool) or num_features < 1
    ):
        raise InputError(f"num_features must be a whole number from 1 on; got {shown(num_features)}")
    if feature_extractor is None and num_features is not None:
        return SharedNetwork(None, nn.Identity(), normalize=False)
    chosen = "inception" if feature_extractor is None else feature_extractor
    network = shared_network(chosen, allowed=("inception",), normalize=False, weights=weights, antialias=False)
    if network.extractor is not None and num_features not in (None, network.extractor.spec.dimension):
        raise InputError(
            f"num_features must be {network.extractor.spec.dimension}, the extractor's; got {shown(num_features)}"
        )
    return network


def _outputs(
    network: SharedNetwork, images: Tensor, device: str | torch.device, *, num_features: int | None
) -> Outputs:
    """Return what the network gives for what an engine returned.

    Raises:
        InputError: it is no tensor with values, or the features are not as many as was said.
    """
    check_images(images)
    outputs: Outputs = network(images.detach().to(device))
    if network.module is not None and num_features not in (None, outputs.features.shape[1]):
        raise InputError(
            f"features must be [n, {num_features}], as num_features says; got {described(outputs.features)}"
        )
    return outputs


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
        self._num_features = num_features
        super().__init__(output_transform=output_transform, device=device)

    def reset(self) -> None:
        """Forget what was seen."""
        self._states: list[Tensor | None] = [None, None]

    def update(self, output: Sequence[Tensor]) -> None:
        """Add a pair of batches: generated images, real ones; their numbers may differ.

        Raises:
            InputError: it is no pair of tensors, or one of them cannot be used; neither is then added.
        """
        if not isinstance(output, Sequence) or isinstance(output, str | bytes) or len(output) != SIDES:
            parts = f"{len(output)} parts" if isinstance(output, tuple | list) else described(output)
            raise InputError(f"an engine must return a pair of tensors, generated and real; got {parts}")
        sides = [
            _outputs(self._network, images, self._device, num_features=self._num_features).features for images in output
        ]
        none = no_images(sides[0].shape[1])
        pairs = zip(self._states, sides, strict=True)
        self._states = [with_features(none if known is None else known, features) for known, features in pairs]

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
        self._num_features = given
        super().__init__(output_transform=output_transform, device=device)

    def reset(self) -> None:
        """Forget what was seen."""
        self._scores: list[Tensor] = []

    def update(self, output: Tensor) -> None:
        """Add generated images.

        Raises:
            InputError: they cannot be used, or their scores are no probabilities, or of other classes than before.
        """
        outputs = _outputs(self._network, output, self._device, num_features=self._num_features)
        if outputs.logits is not None:
            scores = outputs.logits.to(self._device)
        elif self._network.module is not None:
            # Of probabilities, a softmax of their logarithms; a class that cannot be is one with the least float.
            least = torch.finfo(outputs.features.dtype).tiny
            scores = _probabilities(outputs.features).clamp_min(least).log()
        else:
            raise InputError("an Inception Score needs classes; this extractor has none")
        if self._scores and self._scores[0].shape[1:] != scores.shape[1:]:
            classes = self._scores[0].shape[1]
            raise InputError(f"class scores must be [n, {classes}], as those before; got {list(scores.shape)}")
        self._scores.append(scores)

    def compute(self) -> float:
        """Return the score, of all processes' images together."""
        if not self._scores:
            raise NotEnoughSamples("an Inception Score needs images; update has been given none")
        scores = torch.cat(self._scores)
        if idist.get_world_size() > 1:
            scores = idist.all_gather(scores)
        return inception_score(scores.cpu(), splits=1).value


def _probabilities(rows: Tensor) -> Tensor:
    """Return rows that are probabilities of classes.

    Raises:
        InputError: an entry is below 0 or no number, or a row's sum is not 1.
    """
    # Half precision rounds each entry by as much.
    tolerance = max(TOLERANCE, 4 * torch.finfo(rows.dtype).eps)
    sums = rows.sum(dim=1, dtype=torch.float32)
    wrong = ~(((sums - 1).abs() <= tolerance) & (rows >= 0).all(dim=1))
    if bool(wrong.any()):
        row = int(wrong.nonzero()[0, 0])
        raise InputError(
            f"probabilities must be from 0 on, with a sum of 1 a row; got row {row} from {float(rows[row].min()):g}, "
            f"with a sum of {float(sums[row]):g}"
        )
    return rows


def _of_all_processes(state: Tensor | None) -> Tensor:
    if state is None:
        raise NotEnoughSamples("a Fréchet distance needs images on both sides; update has been given none")
    if idist.get_world_size() == 1:
        return state
    return merged(idist.all_gather(state).view(-1, *state.shape))
