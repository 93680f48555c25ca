"""`InceptionV3`: what pytorch-fid's functions take for a network, here a description of one."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch

from ganmetrics import Extraction, Extractor, InputError
from ganmetrics._members import has_members
from ganmetrics._text import shown

PROTOCOL = "pytorch-fid"
DIMENSIONS = 2048
"""Only pool3's features are offered."""


class InceptionV3:
    """Says which network is meant; it is opened when images are read.

    Args:
        output_blocks: pytorch-fid's numbers of layers; only block 3, pool3, is offered.
        weights: a state dict to use instead of the published weights.

    Raises:
        InputError: another block is asked for.

    >>> InceptionV3([InceptionV3.BLOCK_INDEX_BY_DIM[2048]]).to("cpu").device
    'cpu'
    """

    DEFAULT_BLOCK_INDEX = 3
    BLOCK_INDEX_BY_DIM: ClassVar[dict[int, int]] = {DIMENSIONS: DEFAULT_BLOCK_INDEX}

    def __init__(
        self, output_blocks: Sequence[int] = (DEFAULT_BLOCK_INDEX,), *, weights: str | Path | None = None
    ) -> None:
        if list(output_blocks) != [self.DEFAULT_BLOCK_INDEX]:
            raise InputError(f"output_blocks must be [3], pool3 of {DIMENSIONS} features; got {list(output_blocks)}")
        self.weights = weights
        self.device: str | torch.device | None = None

    def to(self, device: str | torch.device) -> "InceptionV3":
        """Choose where the network runs."""
        self.device = device
        return self

    def eval(self) -> "InceptionV3":
        """Return itself: the network never leaves evaluation mode."""
        return self


def extraction_of(
    model: InceptionV3 | Extractor, *, batch_size: int, dims: int, device: str | torch.device | None, num_workers: int
) -> Extraction:
    """Return how images become features: pytorch-fid's resize and scaling, or an extractor's own.

    Transparency is dropped, as pytorch-fid does.

    Raises:
        InputError: other features than the network's are asked for.
    """
    if not isinstance(dims, int | np.integer):
        raise InputError(f"dims must be a whole number; got {shown(dims)}")
    if not isinstance(model, InceptionV3):
        if not has_members(model, Extractor):
            raise InputError(f"model must be an InceptionV3 of this package or an extractor; got {shown(model)}")
        if dims != model.spec.dimension:
            raise InputError(f"dims must be {model.spec.dimension} with extractor {model.spec.name}; got {dims}")
        return Extraction(model, alpha="drop", batch_size=batch_size, device=device, workers=num_workers)
    if dims != DIMENSIONS:
        raise InputError(f"dims must be {DIMENSIONS}, pool3, the features of the FID; got {dims}")
    return Extraction(
        "inception-v3",
        PROTOCOL,
        model.weights,
        alpha="drop",
        batch_size=batch_size,
        device=model.device if device is None else device,
        workers=num_workers,
    )
