"""Precision, recall, density and coverage, in the conventions of the libraries that report them."""

from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor

from ganmetrics._types import ArrayLike
from ganmetrics.core.checks import named_in
from ganmetrics.core.memory import MEMORY
from ganmetrics.core.neighbours.between import BothSets, of_both


@dataclass(frozen=True)
class PrecisionRecallConvention:
    """What a library takes for an image's ball.

    Attributes:
        k: the nearest neighbour, itself not counted, that the boundary goes through.
        strict: whether an image on the boundary is outside.
    """

    k: int = 3
    strict: bool = False


NEIGHBOUR_CONVENTIONS = MappingProxyType(
    {
        "improved-precision-recall": PrecisionRecallConvention(),
        "torch-fidelity": PrecisionRecallConvention(),
        "stylegan": PrecisionRecallConvention(),
        "adm": PrecisionRecallConvention(),
        "fld": PrecisionRecallConvention(strict=True),
        "prdc": PrecisionRecallConvention(k=5, strict=True),
        "dgm-eval": PrecisionRecallConvention(k=5, strict=True),
        "studiogan": PrecisionRecallConvention(k=5, strict=True),
    }
)
"""The conventions by library; ``improved-precision-recall`` is the original code of Kynkäänniemi et al. (2019).

The extractor, the number of images and the precision of arithmetic are the caller's matter: stylegan and adm measure
distances in half precision, which rounds many pairs onto the boundary.
"""


@dataclass(frozen=True)
class PrecisionRecall:
    """Four shares: higher is better.

    Attributes:
        precision: share of fake images inside a real image's ball, 0 to 1.
        recall: share of real images inside a fake image's ball, 0 to 1.
        density: real balls that a fake image lies in, on average, over k: about 1 for equal distributions, not bounded.
        coverage: share of real images with a fake image in their ball, 0 to 1.
    """

    precision: float
    recall: float
    density: float
    coverage: float


@dataclass(frozen=True, eq=False)
class PrecisionRecallIndicators:
    """What each image adds to the four shares: each share is a mean.

    Attributes:
        precision: whether each fake image is inside a real ball, bool [m].
        recall: whether each real image is inside a fake ball, bool [n].
        density: the number of real balls that each fake image is in, over k, float64 [m].
        coverage: whether a fake image is inside each real image's ball, bool [n].
    """

    precision: Tensor
    recall: Tensor
    density: Tensor
    coverage: Tensor

    def shares(self) -> PrecisionRecall:
        """Return the means."""
        columns = (self.precision, self.recall, self.density, self.coverage)
        return PrecisionRecall(*(float(column.double().mean()) for column in columns))


def precision_recall(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    k: int | None = None,
    convention: str | PrecisionRecallConvention = "improved-precision-recall",
    memory: int = MEMORY,
) -> PrecisionRecall:
    """Return precision and recall (Kynkäänniemi et al., 2019), density and coverage (Naeem et al., 2020).

    An image's ball reaches to its k-th nearest neighbour in its own set. Precision and recall are the shares of arXiv
    1904.06991, section 2, density and coverage those of arXiv 2002.09797, section 3. The boundary belongs to the ball,
    so that a set against itself has precision and recall 1, unless the convention says otherwise. All four depend on
    the numbers of images: compare at equal counts. An image far from all others has a ball that reaches to them, and
    may hold many: one such real image adds to precision, one such fake to recall. Coverage hardly notices either.

    Args:
        real: features, floating point, shape [n, d]; in memory, or on disk as a `numpy.memmap`.
        fake: features, floating point, shape [m, d].
        k: the neighbour on the boundary; None for the convention's own, which is 3 by default.
        convention: a name in `NEIGHBOUR_CONVENTIONS`, or a convention of your own.
        memory: budget in bytes for all that is allocated beside the features.

    Raises:
        InputError: if the shapes do not fit, `k` is below 1, the convention is unknown, or the budget is too small.
        NotEnoughSamples: if a side has not more than k images.
        NumericsError: if a feature is not finite, naming the row.

    >>> line = torch.arange(8.0)[:, None]
    >>> precision_recall(line, line[:4] + 0.5, k=1)
    PrecisionRecall(precision=1.0, recall=0.625, density=2.0, coverage=0.625)
    """
    return precision_recall_indicators(real, fake, k=k, convention=convention, memory=memory).shares()


def precision_recall_indicators(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    k: int | None = None,
    convention: str | PrecisionRecallConvention = "improved-precision-recall",
    memory: int = MEMORY,
) -> PrecisionRecallIndicators:
    """Return for each image what it adds to the four shares; arguments and errors are those of `precision_recall`.

    Two generators on one reference can be compared by them: precision and density by two independent samples (of fake
    images), recall and coverage in pairs (the real images are the same). What that counts is the sampling of the images
    that are asked about, with the balls held fixed; it does not count that the balls are a sample too. For
    recall and coverage, where the two generators' balls differ, the standard error is then too small: with equal
    Gaussian generators in 8 and 16 dimensions, 400 images a side, a nominal 5 % test of recall rejected in 12 to 14 %
    of 120 repetitions, of coverage in 7 to 9 %, of precision in 1 to 8 %, of density in 3 to 6 %.

    >>> line = torch.arange(8.0)[:, None]
    >>> precision_recall_indicators(line, line[:4] + 0.5, k=1).recall.int().tolist()
    [1, 1, 1, 1, 1, 0, 0, 0]
    """
    chosen = named_in("convention", convention, NEIGHBOUR_CONVENTIONS)
    number = chosen.k if k is None else k
    return indicators_from(of_both(real, fake, k=number, strict=chosen.strict, memory=memory))


def indicators_from(found: BothSets) -> PrecisionRecallIndicators:
    """Return the same from neighbours that other metrics share."""
    return PrecisionRecallIndicators(
        precision=torch.from_numpy(found.between.real_balls > 0),
        recall=torch.from_numpy(found.between.fake_balls > 0),
        density=torch.from_numpy(found.between.real_balls / found.k),
        coverage=torch.from_numpy(found.between.fakes_inside > 0),
    )
