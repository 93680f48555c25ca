"""The vocabulary of shapes: one letter per axis.

``n`` images, ``d`` feature dimensions, ``c`` classes, ``h`` by ``w`` pixels. Shapes are checked in the tests only
(jaxtyping with beartype); public functions check what they are given themselves.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from jaxtyping import Float, Float64, UInt8
from torch import Tensor

ArrayLike = Tensor | npt.NDArray[Any]
"""What public functions take for an array: a torch tensor on any device, or a NumPy array."""

Image = UInt8[np.ndarray, "h w 3"]
"""One decoded RGB image, rows first, 0 to 255."""
Images = UInt8[Tensor, "n 3 h w"]
"""A batch of RGB images, 0 to 255."""
FeatureMatrix = Float64[Tensor, "n d"]
"""Features of n images, in double precision."""
Logits = Float64[Tensor, "n c"]
"""Class scores before the softmax, in double precision."""
Mean = Float64[Tensor, " d"]
Covariance = Float64[Tensor, "d d"]
Factor = Float64[Tensor, "_ d"]
"""A matrix F with F^T F equal to a covariance; it has as many rows as it needs."""
Batch = Float[Tensor, "n ..."]
"""Prepared inputs of an extractor."""
Arrays = dict[str, npt.NDArray[Any]]
"""Arrays by name, as a file of statistics holds them."""


@runtime_checkable
class Progress(Protocol):
    """Shows how far a long stage has come; the library itself prints nothing."""

    def __call__(self, *, total: int, stage: str) -> AbstractContextManager[Callable[[int], object]]:
        """Enter a stage of `total` steps; the context's value is called with the number of steps just done."""
        ...


@contextmanager
def silent(*, total: int, stage: str) -> Iterator[Callable[[int], object]]:  # noqa: ARG001
    """Show nothing: the progress of library calls that were given none."""
    yield lambda _: None
