"""Whether images of a conditional generator are of the class that they were asked to be of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ganmetrics._text import listed
from ganmetrics._types import ArrayLike, FeatureMatrix
from ganmetrics.core.arrays import check_rows, double_blocks
from ganmetrics.core.checks import same_width
from ganmetrics.core.gaussian.blocks import BLOCKS, content_blocks
from ganmetrics.core.gaussian.shrinkage import shrunk_covariance
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError
from ganmetrics.metrics.classes.labels import class_names

_CLASSES = 2


@dataclass(frozen=True)
class ClassAgreement:
    """Shares of images that a classifier, fitted to real images, puts into their own class.

    Attributes:
        agreement: of the fake images, 0 to 1; about 1 / classes where labels were not heard.
        of_real: of real images that were held out, for scale: no generator is expected to do better by much.
        by_class: of the fake images of each class that has any.
    """

    agreement: float
    of_real: float
    by_class: dict[str, float]


def class_agreement(
    real: ArrayLike, fake: ArrayLike, *, real_classes: Sequence[str], fake_classes: Sequence[str]
) -> ClassAgreement:
    """Return the share of fake images that linear discriminant analysis assigns to the class they are said to be of.

    Fisher's discriminant on the real features: an image goes to the class whose mean is nearest by the inverse of the
    covariance within classes, shrunk (`shrunk_covariance`) since there may be fewer images than features. All classes
    count alike beforehand. FID cannot see whether labels were heard: a generator that ignores them has the distance of
    one that does not, and an agreement at chance (as in the score of Ravuri and Vinyals, 2019, arXiv 1905.10887, where
    the classifier learns from the fakes instead).

    Args:
        real: features, floating point, shape [n, d].
        fake: features, floating point, shape [m, d].
        real_classes: the class of each real image.
        fake_classes: the class that each fake image is meant to be of.

    Raises:
        InputError: if shapes or labels do not fit, there is one class only, or a fake class has no real image.
        NotEnoughSamples: if a class has one real image only.
        NumericsError: if a feature is not finite, naming the row, or images of a class do not vary at all.

    >>> draw = torch.Generator().manual_seed(0)
    >>> centres = 8 * torch.eye(2)
    >>> labels = ["cat", "dog"] * 40
    >>> real, fake = (centres.repeat(40, 1) + torch.randn(80, 2, generator=draw) for _ in range(2))
    >>> class_agreement(real, fake, real_classes=labels, fake_classes=labels).agreement
    1.0
    >>> class_agreement(real, fake, real_classes=labels, fake_classes=labels[::-1]).agreement
    0.0
    """
    sides = [_double(values, name) for values, name in ((real, "real features"), (fake, "fake features"))]
    same_width(sides[0].shape[1], sides[1].shape[1])
    names = class_names(real_classes, fake_classes, real_count=len(sides[0]), fake_count=len(sides[1]))
    _check_counts(names, real_classes)
    number = {name: index for index, name in enumerate(names)}
    real_labels, fake_labels = (torch.tensor([number[name] for name in of]) for of in (real_classes, fake_classes))
    hits = _Discriminant(sides[0], real_labels, len(names)).assign(sides[1]) == fake_labels
    by_class = {
        name: float(hits[fake_labels == index].double().mean())
        for name, index in number.items()
        if (fake_labels == index).any()
    }
    return ClassAgreement(float(hits.double().mean()), _held_out(sides[0], real_labels, len(names)), by_class)


class _Discriminant:
    """Fisher's linear discriminant with a shrunk covariance within classes.

    Features are divided by their deviation within classes first: shrinking pulls towards features that vary alike.
    """

    def __init__(self, features: FeatureMatrix, labels: Tensor, classes: int) -> None:
        means = torch.zeros(classes, features.shape[1], dtype=features.dtype).index_add_(0, labels, features)
        means /= labels.bincount(minlength=classes)[:, None]
        centred = features - means[labels]
        deviation = centred.square().mean(dim=0).sqrt()
        self._scale = deviation.where(deviation > 0, 1.0)
        triangle, failed = torch.linalg.cholesky_ex(shrunk_covariance(centred / self._scale))
        if failed:
            raise NumericsError("a discriminant needs images that vary within their classes, but these do not")
        means = means / self._scale
        self._weights = torch.cholesky_solve(means.mT, triangle)
        self._offsets = (means * self._weights.mT).sum(dim=1) / 2

    def assign(self, features: FeatureMatrix) -> Tensor:
        """Return the class of each row: that of the largest discriminant."""
        return (features / self._scale @ self._weights - self._offsets).argmax(dim=1)


def _held_out(features: FeatureMatrix, labels: Tensor, classes: int) -> float:
    """Return the share of real images put into their class by the images of the other half, halves by content."""
    half = content_blocks(features) < BLOCKS // 2
    # Images alternate within each class, so that both halves have of every class; equal images may part.
    for label in range(classes):
        members = (labels == label).nonzero()[:, 0]
        order = members[half[members].argsort(stable=True)]
        half[order] = torch.arange(len(order)) < len(order) // 2
    hits = [
        _Discriminant(features[fitted], labels[fitted], classes).assign(features[~fitted]) == labels[~fitted]
        for fitted in (half, ~half)
    ]
    return float(torch.cat(hits).double().mean())


def _double(values: ArrayLike, name: str) -> FeatureMatrix:
    check_rows(values, name)
    return torch.cat([block.cpu() for block in double_blocks(values, name)])


def _check_counts(names: list[str], real_classes: Sequence[str]) -> None:
    if len(names) < _CLASSES:
        raise InputError(f"agreement needs at least 2 classes; got {listed(names)}")
    counts = Counter(real_classes)
    few = [name for name in names if counts[name] < _CLASSES]
    if few:
        raise NotEnoughSamples(f"a discriminant needs at least 2 real images a class; {listed(few)} has 1")
