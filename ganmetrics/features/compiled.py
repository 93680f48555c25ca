"""An extractor through torch.compile: the same features to rounding, faster once it has paid for its compilation."""

import os
import shutil
from collections.abc import Callable
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from ganmetrics.errors import InputError
from ganmetrics.features.base import Extractor, Outputs
from ganmetrics.features.network import NetworkExtractor

WORTH_COMPILING = 50_000
"""Images of one pass from which compiling pays: on two cores it took 37 s and saved 0.8 ms an image of inception-v3."""

COMPILERS = ("g++", "clang++", "c++")


def check_can_compile(extractor: Extractor) -> None:
    """Check that the extractor can be compiled here, before anything long begins.

    Raises:
        InputError: it is not one of the bundled networks, or the machine has no compiler.
    """
    if not isinstance(extractor, NetworkExtractor):
        raise InputError(
            f"compiling needs an extractor given by name; {extractor.spec.name} compiles itself, if it can"
        )
    wanted = os.environ.get("CXX")
    names = (wanted,) if wanted else COMPILERS
    if not any(shutil.which(name) for name in names):
        raise InputError(f"compiling needs a C++ compiler on the path; found none of {', '.join(names)}")


class CompiledExtractor(NetworkExtractor):
    """A network extractor whose network is compiled at the first batch, with its weights frozen into the code."""

    def __init__(self, plain: NetworkExtractor) -> None:
        super().__init__(plain.spec, plain.prepare, lambda: plain.network)
        self._plain = plain
        self._batch_size: int | None = None

    @classmethod
    def of(cls, extractor: Extractor) -> "CompiledExtractor":
        """Return the same extractor, to be compiled; the network itself is shared.

        Raises:
            InputError: it is not one of the bundled networks, or the machine has no compiler.
        """
        check_can_compile(extractor)
        assert isinstance(extractor, NetworkExtractor)
        return cls(extractor)

    def for_count(self, count: int) -> NetworkExtractor:
        """Return the extractor for a pass over `count` images: as it was, where they would not repay a compilation."""
        return self if count >= WORTH_COMPILING else self._plain

    @cached_property
    def _compiled(self) -> Callable[[Tensor], tuple[Tensor, Tensor | None, Tensor | None]]:
        def run(batch: Tensor) -> tuple[Tensor, Tensor | None, Tensor | None]:
            outputs: Outputs = self.network(batch)
            return outputs.features, outputs.logits, outputs.spatial

        compiled: Any = torch.compile(run, dynamic=False, options={"freezing": True})
        return compiled  # type: ignore[no-any-return]

    def _forward(self, batch: Tensor) -> Outputs:
        # Code is compiled for one size of batch; the last and smaller one is filled up rather than compiled for.
        count = len(batch)
        size = self._batch_size = self._batch_size or count
        if count < size:
            batch = torch.cat([batch, batch[:1].expand(size - count, -1, -1, -1)])
            batch = batch.contiguous(memory_format=torch.channels_last)
        features, logits, spatial = self._compiled(batch)
        return Outputs(
            features=features[:count],
            logits=None if logits is None else logits[:count],
            spatial=None if spatial is None else spatial[:count],
        )
