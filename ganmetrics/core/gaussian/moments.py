"""Mean and covariance of features: of a batch, of merged batches, or known exactly."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from ganmetrics._types import ArrayLike, Covariance, Factor, FeatureMatrix, Mean
from ganmetrics.core.arrays import all_finite, check_array, check_rows, double_blocks, to_double
from ganmetrics.core.checks import of_type, whole
from ganmetrics.core.gaussian.roots import check_symmetric, eigen_factor, psd_factor
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError


@dataclass(frozen=True, eq=False)
class Moments:
    """The number, mean and covariance of some images' features, in float64 on the CPU.

    Make one with `Moments.of` or `Moments.gaussian`. While there are no more images than features the centred features
    themselves are kept: they are smaller than the covariance, and a covariance of lower rank than its size loses
    half the digits of its root.

    Attributes:
        count: number of images; None if mean and covariance are known exactly.
        mean: shape [d].
        rows: centred features, shape [count, d], while count <= d; otherwise None.
        matrix: covariance, shape [d, d], where `rows` is None.
        known_factor: `factor`, where it is at hand and need not be computed.
        by_eigenvectors: whether `factor` gets orthogonal rows, from which a spectrum is known; else it is the cheapest.

    >>> features = torch.tensor([[0.0, 1.0], [2.0, 1.0], [4.0, 7.0]])
    >>> moments = Moments.of(features[:1]).merge(Moments.of(features[1:]))
    >>> moments.count, moments.mean, moments.covariance
    (3, tensor([2., 3.], dtype=torch.float64), tensor([[ 4.,  6.],
            [ 6., 12.]], dtype=torch.float64))
    """

    count: int | None
    mean: Mean
    rows: FeatureMatrix | None
    matrix: Covariance | None
    known_factor: Factor | None = None
    by_eigenvectors: bool = False

    @classmethod
    def of(cls, features: ArrayLike, *, keep_rows: bool = True) -> "Moments":
        """Return the moments of features, one row for each image, summed on the device where they lie.

        Two passes, the mean first: the textbook one-pass sums lose all digits where the mean is large.

        Args:
            features: any floating-point dtype, any device, shape [n, d] with n, d >= 1.
            keep_rows: keep the centred features while n <= d. Without them two images are the least, and what the
                moments are merged with must make more images than features of them, or digits are lost.

        Raises:
            InputError: if `features` is not a floating-point array of that shape.
            NotEnoughSamples: if there is one image only and rows are not kept.
            NumericsError: if a feature is not finite, naming the first such row, or the covariance overflows.
        """
        check_rows(features, "features")
        count, dimension = features.shape
        if not keep_rows:
            _check_count(count)
        total = sum(block.sum(dim=0) for block in double_blocks(features, "features"))
        mean = torch.as_tensor(total) / count
        centred = (block - mean for block in double_blocks(features, "features"))
        if keep_rows and count <= dimension:
            return Moments(count, mean.cpu(), torch.cat(list(centred)).cpu(), None)
        matrix = torch.zeros(dimension, dimension, dtype=torch.float64, device=mean.device)
        for rows in centred:
            matrix.addmm_(rows.mT, rows, alpha=1 / (count - 1))
        return Moments(count, mean.cpu(), None, _checked(matrix.cpu()))

    @classmethod
    def gaussian(cls, mean: ArrayLike, covariance: ArrayLike, count: int | None = None) -> "Moments":
        """Return given moments, such as those of a statistics file.

        Whether the covariance is positive semidefinite shows when it is factored: `frechet_distance` refuses it then.

        Args:
            mean: floating point, shape [d].
            covariance: floating point, symmetric, divided by n - 1, shape [d, d].
            count: number of images behind them, at least 2; None if they are known exactly.

        Raises:
            InputError: if the shapes do not fit or the covariance is not symmetric.
            NumericsError: if an entry is not finite.
            NotEnoughSamples: if `count` is less than 2.

        >>> Moments.gaussian(torch.zeros(2), torch.eye(2)).count is None
        True
        """
        matrix = check_symmetric(covariance, "covariance")
        check_array(mean, "mean")
        if mean.ndim != 1 or mean.shape[0] != len(matrix):
            raise InputError(f"mean must have shape [{len(matrix)}] as the covariance has; got {list(mean.shape)}")
        check_rows(mean[None], "mean")
        centre = to_double(mean).cpu().clone()
        if not centre.isfinite().all():
            raise NumericsError(f"mean must be finite, but entry {int((~centre.isfinite()).nonzero()[0, 0])} is not")
        _check_count(count)
        return Moments(count, centre, None, matrix)

    @classmethod
    def from_state(cls, count: int | None, state: Mapping[str, ArrayLike]) -> "Moments":
        """Return the moments that `state` was taken from, to the last bit.

        Raises:
            InputError: if an array is missing, has another shape or dtype, or the factor is of another covariance.
            NotEnoughSamples: if there is a covariance, but of less than 2 images.
        """
        tensors = {name: _stored(name, array) for name, array in state.items()}
        if tensors.keys() not in ({"mean", "rows"}, {"mean", "covariance", "factor"}):
            raise InputError(f"moments need mean and rows, or mean, covariance and factor; got {sorted(tensors)}")
        mean, rows, matrix = tensors["mean"], tensors.get("rows"), tensors.get("covariance")
        height = len(mean) if rows is None else count
        for name, tensor in tensors.items():
            shape = [len(mean)] if name == "mean" else [len(tensor) if name == "factor" else height, len(mean)]
            if list(tensor.shape) != shape:
                raise InputError(f"{name} must have shape {shape}; got {list(tensor.shape)}")
        factor = tensors.get("factor")
        if matrix is not None and factor is not None:
            _check_count(count)
            if not math.isclose(float(factor.flatten() @ factor.flatten()), float(matrix.trace()), rel_tol=1e-9):
                raise InputError("factor must belong to the covariance, but their traces differ")
        return Moments(count, mean, rows, matrix, factor)

    def state(self) -> dict[str, Tensor]:
        """Return what `from_state` needs besides the count: ``mean`` and ``rows``, or ``covariance`` and ``factor``.

        >>> moments = Moments.of(torch.tensor([[1.0], [2.0], [6.0]]))
        >>> again = Moments.from_state(moments.count, moments.state())
        >>> sorted(moments.state()), torch.equal(again.factor, moments.factor)
        (['covariance', 'factor', 'mean'], True)
        """
        if self.rows is not None:
            return {"mean": self.mean, "rows": self.rows}
        return {"mean": self.mean, "covariance": self.covariance, "factor": self.factor}

    @property
    def dimension(self) -> int:
        """The number of features d."""
        return len(self.mean)

    @property
    def covariance(self) -> Covariance:
        """The covariance, divided by n - 1, shape [d, d]; of one image it is undefined (NotEnoughSamples)."""
        if self.matrix is not None:
            return self.matrix
        return self.factor.mT @ self.factor

    @cached_property
    def factor(self) -> Factor:
        """A matrix F [r, d] with F^T F = covariance; r is the count or the covariance's rank.

        Raises:
            NotEnoughSamples: if there is one image only.
            NumericsError: if a given covariance is not positive semidefinite, naming the eigenvalue.
        """
        if self.known_factor is not None:
            return self.known_factor
        if self.matrix is not None:
            return eigen_factor(self.matrix) if self.by_eigenvectors else psd_factor(self.matrix)
        if self.count is None or self.rows is None or self.count <= 1:
            raise NotEnoughSamples(f"a covariance needs at least 2 images; got {self.count}")
        return self.rows / math.sqrt(self.count - 1)

    def merge(self, other: "Moments") -> "Moments":
        """Return the moments of both sets of images together (Chan, Golub, LeVeque, 1983).

        With shift = mean2 - mean1 the scatters add, and the distance between the means adds a matrix of rank one:
        S = S1 + S2 + (n1 n2 / n) shift shift^T.

        Raises:
            InputError: if the dimensions differ, or a side is known exactly and so has no count.
        """
        of_type("other", other, Moments, "Moments, such as Moments.of(features)")
        if self.count is None or other.count is None:
            raise InputError("only moments with a count can be merged, but a side is known exactly (count None)")
        if self.dimension != other.dimension:
            raise InputError(f"merged moments need one dimension; got {self.dimension} and {other.dimension}")
        count = self.count + other.count
        shift = other.mean - self.mean
        mean = self.mean + shift * (other.count / count)
        if self.rows is not None and other.rows is not None:
            rows = torch.cat([self.rows + (self.mean - mean), other.rows + (other.mean - mean)])
            if count <= self.dimension:
                return Moments(count, mean, rows, None)
            return Moments(count, mean, None, _checked(rows.mT @ rows / (count - 1)))
        between = shift[None] * math.sqrt(self.count * other.count / count)
        matrix = torch.zeros(self.dimension, self.dimension, dtype=torch.float64)
        for side in (self, other):
            side._add_scatter(matrix, 1 / (count - 1))
        return Moments(count, mean, None, _checked(matrix.addmm_(between.mT, between, alpha=1 / (count - 1))))

    def with_ddof(self, ddof: int) -> "Moments":
        """Return the moments with the scatter divided by n - ddof, as another library's distance has it.

        They are for a distance only: merging takes every covariance to be divided by n - 1. Moments that are known
        exactly have no n, and stay as they are.

        Raises:
            InputError: if `ddof` is neither 0 nor 1.

        >>> Moments.of(torch.tensor([[0.0], [2.0]])).with_ddof(0).covariance
        tensor([[1.]], dtype=torch.float64)
        """
        if ddof not in (0, 1):
            raise InputError(f"ddof must be 0 or 1; got {ddof}")
        if self.count is None or ddof == 1:
            return self
        ratio = (self.count - 1) / self.count
        if self.matrix is None:
            rows = None if self.rows is None else self.rows * math.sqrt(ratio)
            return Moments(self.count, self.mean, rows, None)
        return Moments(self.count, self.mean, None, self.matrix * ratio, self.factor * math.sqrt(ratio))

    def _add_scatter(self, total: Covariance, weight: float) -> None:
        if self.rows is not None:
            total.addmm_(self.rows.mT, self.rows, alpha=weight)
        elif self.matrix is not None and self.count is not None:
            total.add_(self.matrix, alpha=(self.count - 1) * weight)


def _check_count(count: int | None) -> None:
    if count is not None and whole("count", count, least=0) <= 1:
        raise NotEnoughSamples(f"a covariance needs at least 2 images; got count={count}")


def _checked(matrix: Covariance) -> Covariance:
    """Return a finite covariance that is symmetric to the last bit, which a product of matrices need not be."""
    if not all_finite(matrix):
        raise NumericsError("the covariance must be finite, but overflows float64: the features are too large")
    upper = matrix.triu()
    return upper.add_(matrix.triu_(1).mT)


def _stored(name: str, array: ArrayLike) -> Tensor:
    if str(array.dtype).removeprefix("torch.") != "float64":
        raise InputError(f"{name} must be float64; got {array.dtype}")
    tensor = to_double(array).cpu()
    if tensor.ndim not in (1, 2) or not all_finite(tensor):
        raise InputError(f"{name} must be a finite vector or matrix; got shape {list(tensor.shape)}")
    return tensor
