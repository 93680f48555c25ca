"""One pass of the network over a set of images, batch by batch."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ganmetrics._types import Progress
from ganmetrics.data.loading import Prepare, prepared_batches
from ganmetrics.data.sources import ImageSource
from ganmetrics.errors import NumericsError
from ganmetrics.extraction.settings import Settings
from ganmetrics.features.base import Outputs
from ganmetrics.timing import in_stage, stage

Inputs = npt.NDArray[np.float32]


def prepared_inputs(
    source: ImageSource, prepare: Prepare, settings: Settings, share: Sequence[int], progress: Progress
) -> Iterator[tuple[Inputs, Sequence[int]]]:
    """Yield the prepared images at the indices `share` in batches, each with the indices of its images.

    Raises:
        InputError: an image can no longer be read, or its preparation fails.
    """
    batches = prepared_batches(
        source,
        prepare,
        alpha=settings.alpha,
        bit_depth=settings.bit_depth,
        batch_size=settings.batch_size,
        workers=settings.workers,
        skip=frozenset(range(len(source))).difference(share),
    )
    start = 0
    # Closed as soon as this generator is: the decoding workers must not outlive an error of the network.
    with closing(batches), progress(total=len(share), stage=f"extracting {source.name}") as advance:
        for batch in in_stage("waiting for images", batches):
            yield batch, share[start : start + len(batch)]
            start += len(batch)
            advance(len(batch))


def network_outputs(inputs: Inputs, settings: Settings, label: Callable[[int], str]) -> Outputs:
    """Return what the network gives for a batch of prepared images.

    Args:
        inputs: float32 [n, ...].
        settings: the network, and where it runs.
        label: what messages call the image of a row.

    Raises:
        NumericsError: a feature is not finite; the image is named.
    """
    with stage("network"):
        outputs = settings.extractor(torch.from_numpy(inputs), settings.device).on_host()
        _check_finite(outputs.features, label)
    return outputs


def _check_finite(features: Tensor, label: Callable[[int], str]) -> None:
    finite = features.isfinite().all(dim=1)
    if not finite.all():
        row = int(finite.logical_not().nonzero()[0])
        raise NumericsError(f"features must be finite; the extractor gave a non-finite one for {label(row)}")
