"""Generators in torch-fidelity's shape as streams of images: it draws their noise itself."""

from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from ganmetrics import InputError, Stream

SMALLEST_NORM = 1e-7
"""torch-fidelity's, below which a vector is not brought to length one."""


@runtime_checkable
class GenerativeModel(Protocol):
    """What torch-fidelity's ``GenerativeModelBase`` asks for: called with noise, it returns uint8 [n, 3, h, w]."""

    @property
    def z_size(self) -> int:
        """The length of the noise."""
        ...

    @property
    def z_type(self) -> str:
        """Its distribution: ``normal``, ``unit`` or ``uniform_0_1``."""
        ...

    @property
    def num_classes(self) -> int:
        """The number of classes that it is told; 0 for none."""
        ...

    def __call__(self, *noise_and_labels: Tensor) -> Tensor:
        """Return images."""
        ...


def stream_of(model: GenerativeModel, *, count: int | None, batch_size: int, seed: int, name: str) -> Stream:
    """Return the images that torch-fidelity would score: its noise, drawn in its order, batch by batch.

    Raises:
        InputError: the number of images is not given, or the noise is of another distribution.

    >>> class Noise:
    ...     z_size, z_type, num_classes = 12, "uniform_0_1", 0
    ...     def __call__(self, noise):
    ...         return (255 * noise).byte().view(-1, 3, 2, 2)
    >>> stream_of(Noise(), count=4, batch_size=2, seed=2020, name="input1").title
    'input1, Noise'
    """
    if count is None:
        raise InputError(f"{name} is a generator: {name}_model_num_samples, the number of images to draw, is needed")
    if model.z_type not in ("normal", "unit", "uniform_0_1"):
        raise InputError(f"z_type must be normal, unit or uniform_0_1; got {model.z_type!r:.40}")
    # The peer's own generator, kept for its numbers' sake.
    state = np.random.RandomState(seed)

    def generate(number: int, _: torch.Generator) -> Tensor:
        inputs = [_noise(state, model.z_type, (number, model.z_size))]
        if model.num_classes > 0:
            inputs.append(torch.from_numpy(state.randint(0, model.num_classes, size=number, dtype=np.int64)))
        device = next((one.device for one in getattr(model, "parameters", list)()), torch.device("cpu"))
        with torch.no_grad():
            return model(*(part.to(device) for part in inputs))

    return Stream(generate, count=count, batch_size=batch_size, name=f"{name}, {type(model).__name__}")


def _noise(state: np.random.RandomState, kind: str, shape: tuple[int, int]) -> Tensor:
    drawn = torch.from_numpy(state.randn(*shape) if kind == "normal" else state.rand(*shape)).float()
    return drawn / drawn.norm(dim=-1, keepdim=True).clamp_min(SMALLEST_NORM) if kind == "unit" else drawn
