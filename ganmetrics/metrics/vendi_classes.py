"""The Vendi score by class, and what all classes have in common."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.arrays import check_array, check_rows
from ganmetrics.core.checks import of_type
from ganmetrics.errors import InputError
from ganmetrics.metrics.vendi import vendi_score


@dataclass(frozen=True)
class ClassVendi:
    """Scores by class.

    Attributes:
        scores: of each class, in the order in which the classes first occur; each from 1 to the class's count.
        mean: over the classes, each counted once.
    """

    scores: dict[str, float]
    mean: float


def vendi_by_class(features: ArrayLike, classes: Sequence[object], *, order: float = 1.0) -> ClassVendi:
    """Return the Vendi score of each class's images (Friedman and Dieng, 2022; by class as in arXiv 2306.04675).

    A generator that makes one image a class has a good score over all classes, and 1 in each.

    Args:
        features: floating point, shape [n, d], no row zero.
        classes: of each image.
        order: q of the entropy, at least 0.

    Raises:
        InputError: if there is not one class for each image, or as for `vendi_score`.
        NumericsError: if a row is not finite or is zero, naming it within its class.

    >>> images = torch.eye(4)
    >>> {name: round(score, 9) for name, score in vendi_by_class(images, ["cat", "cat", "dog", "cat"]).scores.items()}
    {'cat': 3.0, 'dog': 1.0}
    """
    check_rows(features, "features")
    of_type("classes", classes, Sequence | np.ndarray | Tensor, "a sequence")
    if isinstance(classes, np.ndarray | Tensor):
        check_array(classes, "classes")
        if classes.ndim != 1:
            raise InputError(f"classes must have shape [n]; got {list(classes.shape)}")
    if len(classes) != features.shape[0]:
        raise InputError(f"classes must be one for each of {features.shape[0]} images; got {len(classes)}")
    names = [str(one) for one in (classes.tolist() if isinstance(classes, np.ndarray | Tensor) else classes)]
    scores = {
        name: vendi_score(_rows(features, [row for row, one in enumerate(names) if one == name]), order=order)
        for name in dict.fromkeys(names)
    }
    return ClassVendi(scores, sum(scores.values()) / len(scores))


def _rows(features: ArrayLike, chosen: list[int]) -> ArrayLike:
    if isinstance(features, Tensor):
        return features[torch.tensor(chosen).to(features.device)]
    return np.asarray(features[np.array(chosen)])
