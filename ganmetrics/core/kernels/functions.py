"""Kernels between features, summed over all pairs of images, a block at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor

from ganmetrics.core.checks import at_least, positive, whole
from ganmetrics.core.float32 import ieee_float32

SERIAL = 32_767
"""Numbers up to which torch works in one thread. On the CPU all but the matrix products keep to it: torch's threads
would get in the way of those of the products, which take the time and have every core."""

Squares = Float64[Tensor, " n"]


@runtime_checkable
class Kernel(Protocol):
    """A kernel k(x, y) = shape(scale x.y + offset(x) + offset(y)), for x and y less a common centre."""

    def scale(self, dimension: int) -> float:
        """Return the factor of the inner product."""
        ...

    def offsets(self, rows: Float64[Tensor, "n d"], centre: Float64[Tensor, " d"]) -> Float64[Tensor, " n"]:
        """Return what each centred row adds."""
        ...

    def shape_(self, values: Float64[Tensor, "*axes"]) -> Float64[Tensor, "*axes"]:
        """Apply the last step, in place."""
        ...


_LARGEST_DEGREE = 100
"""Powers of inner products beyond it leave double precision."""
_LEAST_BANDWIDTH = 1e-150
"""The square of a smaller one, and what is divided by it, leave double precision."""


@dataclass(frozen=True)
class PolynomialKernel:
    """k(x, y) = (gamma x.y + coef0)^degree; the defaults are those of KID (Bińkowski et al., 2018, arXiv 1801.01401).

    Attributes:
        degree: from 1 to 100.
        gamma: factor of the inner product, positive; None for 1/d.
        coef0: added to it, not negative: otherwise this is no kernel.

    >>> x = torch.tensor([[1.0, 2.0]], dtype=torch.float64)
    >>> kernel_matrix(x, x, PolynomialKernel())  # (5/2 + 1)^3
    tensor([[42.8750]], dtype=torch.float64)
    """

    degree: int = 3
    gamma: float | None = None
    coef0: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "degree", whole("degree", self.degree, least=1, most=_LARGEST_DEGREE))
        if self.gamma is not None:
            object.__setattr__(self, "gamma", positive("gamma", self.gamma))
        object.__setattr__(self, "coef0", at_least("coef0", self.coef0, 0.0))

    def scale(self, dimension: int) -> float:
        """Return gamma."""
        return 1 / dimension if self.gamma is None else self.gamma

    def offsets(self, rows: Float64[Tensor, "n d"], centre: Float64[Tensor, " d"]) -> Float64[Tensor, " n"]:
        """Return half of coef0, and gamma (c.x + c.c/2): (x + c).(y + c) = x.y + (c.x + c.c/2) + (c.y + c.c/2)."""
        return ((rows * centre).sum(dim=1) + centre.square().sum() / 2) * self.scale(len(centre)) + self.coef0 / 2

    def shape_(self, values: Float64[Tensor, "*axes"]) -> Float64[Tensor, "*axes"]:
        """Raise to the degree."""
        return values.pow_(self.degree)


@dataclass(frozen=True)
class GaussianKernel:
    """k(x, y) = exp(-|x - y|^2 / (2 bandwidth^2)), the radial basis function kernel, in (0, 1].

    Attributes:
        bandwidth: the standard deviation, in the units of the features.
    """

    bandwidth: float = 10.0

    def __post_init__(self) -> None:
        bandwidth = at_least("bandwidth", positive("bandwidth", self.bandwidth), _LEAST_BANDWIDTH)
        object.__setattr__(self, "bandwidth", bandwidth)

    def scale(self, dimension: int) -> float:  # noqa: ARG002 - of any dimension
        """Return 1 / bandwidth^2."""
        return self.bandwidth**-2

    def offsets(self, rows: Float64[Tensor, "n d"], centre: Float64[Tensor, " d"]) -> Float64[Tensor, " n"]:  # noqa: ARG002
        """Return -|x|^2 / (2 bandwidth^2); a centre changes no distance."""
        return rows.square().sum(dim=1) * (-self.scale(rows.shape[1]) / 2)

    def shape_(self, values: Float64[Tensor, "*axes"]) -> Float64[Tensor, "*axes"]:
        """Exponentiate; a squared distance is below 0 by rounding only."""
        return values.clamp_(max=0).exp_()


@dataclass(frozen=True, eq=False)
class KernelRows:
    """Some images' features, centred and ready to be multiplied.

    Attributes:
        features: less the centre, in the precision of the products, shape [n, d].
        offsets: what each row adds to the kernel's argument, float64.
        diagonal: k(x, x) of each row, float64.
    """

    features: Float[Tensor, "n d"]
    offsets: Squares
    diagonal: Squares

    @classmethod
    def of(cls, features: Float[Tensor, "n d"], centre: Float[Tensor, " d"], kernel: Kernel) -> "KernelRows":
        """Return the rows; the centre's precision is that of the products.

        Centring makes single precision enough for single-precision features: what the features have in common, by far
        the largest part of an inner product, is added in float64, and the products of the rest are small.
        """
        rows = less(features.to(centre.dtype), centre)
        double = rows.double()
        offsets = kernel.offsets(double, centre.double())
        squares = double.square().sum(dim=1)
        return cls(rows, offsets, kernel.shape_(squares * kernel.scale(len(centre)) + 2 * offsets))

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, part: slice) -> "KernelRows":
        return KernelRows(self.features[part], self.offsets[part], self.diagonal[part])

    def strips(self, other: "KernelRows", kernel: Kernel) -> Iterator[tuple[slice, Float64[Tensor, "k m"]]]:
        """Yield k of some rows at a time with all rows of the other, in float64 but for the inner products.

        On the CPU a strip has no more than `SERIAL` numbers.
        """
        products = inner_products(self.features, other.features)
        height = max(SERIAL // len(other), 1) if products.device.type == "cpu" else len(self)
        scale = kernel.scale(self.features.shape[1])
        for start in range(0, len(self), height):
            part = slice(start, start + height)
            values = self.offsets[part, None] + other.offsets
            yield part, kernel.shape_(values.add_(products[part], alpha=scale))


def less(rows: Float[Tensor, "n d"], centre: Float[Tensor, " d"]) -> Float[Tensor, "n d"]:
    """Return the rows less the centre.

    >>> less(torch.tensor([[1.0, 2.0]]), torch.tensor([1.0, 1.0]))
    tensor([[0., 1.]])
    """
    if rows.device.type == "cpu":
        return torch.from_numpy(rows.numpy() - centre.numpy())
    return rows - centre


def inner_products(left: Float[Tensor, "n d"], right: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
    """Return left right^T. On the CPU NumPy forms it: of a matrix with itself it computes one triangle only.

    >>> inner_products(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]]))
    tensor([[11.]])
    """
    if left.device.type == "cpu":
        with np.errstate(over="ignore", invalid="ignore"):
            return torch.from_numpy(left.numpy() @ right.numpy().T)
    with ieee_float32():
        return left @ right.mT


def kernel_matrix(x: Float64[Tensor, "n d"], y: Float64[Tensor, "m d"], kernel: Kernel) -> Float64[Tensor, "n m"]:
    """Return k of every pair, whole: for few images.

    >>> x = torch.tensor([[0.0], [2.0]], dtype=torch.float64)
    >>> kernel_matrix(x, x, GaussianKernel(bandwidth=2**0.5))
    tensor([[1.0000, 0.3679],
            [0.3679, 1.0000]], dtype=torch.float64)
    """
    centre = x.mean(dim=0)
    strips = KernelRows.of(x, centre, kernel).strips(KernelRows.of(y, centre, kernel), kernel)
    return torch.cat([values for _, values in strips])
