"""The product of two covariances' factors, and the singular values that every form of the distance reads of it."""

from functools import cached_property

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics._types import Factor
from ganmetrics.core.gaussian.roots import OtherFactor

Product = Float64[Tensor, "p q"]
Values = Float64[Tensor, " r"]


class FactorProduct:
    """K = F1 F2^T: its singular values are the roots of the eigenvalues of C1 C2, for C = F^T F.

    They are what both the plain and the corrected distance cost, so each way to them is gone once.

    >>> product = FactorProduct(torch.eye(2, dtype=torch.float64), 4 * torch.eye(2, dtype=torch.float64))
    >>> product.scale, product.singular_values.tolist(), product.eigenvalues.tolist()
    (4.0, [1.0, 1.0], [1.0, 1.0])
    """

    def __init__(self, real: Factor, fake: OtherFactor) -> None:
        matrix = real @ fake.mT
        self.scale = float(matrix.abs().max()) if matrix.numel() else 0.0
        """The largest entry of K; 0 where K is empty or zero."""
        self.scaled: Product = matrix / self.scale if self.scale > 0 else matrix
        """K over `scale`, so that no product of it overflows."""

    @cached_property
    def eigenvalues(self) -> Values:
        """The eigenvalues of K K^T or K^T K, the smaller, over `scale` squared, ascending: the cheap way.

        Each is off by a few eps of the largest, so that small ones have no digits left.
        """
        wide = self.scaled if self.scaled.shape[0] <= self.scaled.shape[1] else self.scaled.mT
        eigenvalues: Tensor = torch.linalg.eigvalsh(wide @ wide.mT)
        return eigenvalues

    @cached_property
    def singular_values(self) -> Values:
        """The singular values of K over `scale`, descending, each within about eps of the largest."""
        singular: Tensor = torch.linalg.svdvals(self.scaled)
        return singular
