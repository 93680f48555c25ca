"""Images of a source, decoded and prepared for a network, in batches."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from ganmetrics._text import clipped
from ganmetrics.data.decode import Stored, decode_stored
from ganmetrics.data.held import file_held, unheld
from ganmetrics.data.image_source import ImageSource
from ganmetrics.data.pixels import check_alpha, check_bit_depth
from ganmetrics.data.workers import map_in_workers
from ganmetrics.errors import InputError

Prepare = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]
"""uint8 [h, w, 3] to float32 of one fixed shape."""

BatchOfWays = tuple[npt.NDArray[np.float32], ...]
"""A batch of images under each preparation."""

Shapes = tuple[tuple[int, ...], ...]
"""The shape of one image under each preparation."""

_Task = list[tuple[int, Stored | None]]
"""A few images by index, with their pixels where those need not be read by the worker."""

_TASK_IMAGES = 4  # pipes pass a few megabytes about twice as fast, byte for byte, as a whole batch


def prepared_batches(
    source: ImageSource,
    prepares: Sequence[Prepare],
    *,
    alpha: str,
    batch_size: int,
    workers: int,
    skip: frozenset[int] = frozenset(),
    bit_depth: int = 16,
) -> Generator[BatchOfWays, None, None]:
    """Yield the images of `source` in order, each decoded once and prepared on its own, as float32 batches [n, ...].

    Args:
        source: the images.
        prepares: preparations, one for each network; each maps uint8 RGB [h, w, 3] to float32 of one shape, and runs in
            the workers, so it must be picklable.
        alpha: what transparent pixels become: ``white``, ``black``, ``drop`` or ``refuse``.
        batch_size: images a batch; the last batch may have fewer.
        workers: processes that decode, about one batch ahead in all; 0 decodes in this one.
        skip: indices of images to leave out.
        bit_depth: how many bits the values of 16-bit images use.

    Raises:
        InputError: an image cannot be read, is prepared to another shape than those before it, or the preparation
            fails; the image is named. Or `batch_size`, `workers` or `alpha` is out of range.

    >>> from ganmetrics.data.sources import open_source
    >>> source = open_source(np.zeros((5, 4, 4, 3), np.uint8))
    >>> prepare = lambda image: image.astype(np.float32)
    >>> [batch.shape for batch, in prepared_batches(source, [prepare], alpha="white", batch_size=2, workers=0)]
    [(2, 4, 4, 3), (2, 4, 4, 3), (1, 4, 4, 3)]
    """
    check_alpha(alpha)
    check_bit_depth(bit_depth)
    if batch_size < 1:
        raise InputError(f"batch_size needs to be 1 or more; got {batch_size}")
    batch_size = min(batch_size, max(len(source), 1))
    pending: list[BatchOfWays] = []
    # Pixels that lie in memory go to the workers with the tasks, so that no worker gets a copy of them all.
    sent = unheld(source) if source.uniform_size is None else None
    work = _PrepareImages(sent, tuple(prepares), alpha, bit_depth)
    for part in _parts(source, work, batch_size=batch_size, workers=workers, skip=skip):
        pending.append(part)
        if sum(len(first) for first, *_ in pending) == batch_size:
            yield _joined(pending)
            pending = []
    if pending:
        yield _joined(pending)


def _joined(parts: Sequence[BatchOfWays]) -> BatchOfWays:
    return tuple(np.concatenate(of_one) for of_one in zip(*parts, strict=True))


def _parts(
    source: ImageSource, work: "_PrepareImages", *, batch_size: int, workers: int, skip: frozenset[int]
) -> Generator[BatchOfWays, None, None]:
    """Yield the prepared images a few at a time; every batch begins with a new part."""
    tasks = _tasks(source, batch_size, skip)
    # Starting a process takes longer than decoding the few images that it would not get.
    workers = min(workers, -(-(len(source) - len(skip)) // min(_TASK_IMAGES, batch_size)))
    ahead = batch_size // (_TASK_IMAGES * max(workers, 1)) + 1
    shapes: Shapes | None = None
    for result in map_in_workers(work, tasks, workers=workers, ahead=ahead):
        if isinstance(result, _Failure):
            raise InputError(f"{source.label(result.index)}: {result.reason}")
        found = tuple(images.shape[1:] for images in result.images)
        if shapes is not None and found != shapes:
            raise InputError(f"{source.label(result.first)}: {_other_shape(found, shapes)}")
        shapes = found
        yield result.images


@dataclass(frozen=True)
class _Prepared:
    """Images [k, ...] under each preparation, and the index of the first."""

    first: int
    images: BatchOfWays


@dataclass(frozen=True)
class _Failure:
    """The image that could not be prepared, and why."""

    index: int
    reason: str


@dataclass(frozen=True)
class _PrepareImages:
    """What a worker does with a few images; failures are values, since an exception would lose its way home."""

    source: ImageSource | None
    prepares: tuple[Prepare, ...]
    alpha: str
    bit_depth: int

    def __call__(self, task: _Task) -> _Prepared | _Failure:
        images: list[BatchOfWays] = []
        before: Shapes | None = None
        for index, stored in task:
            try:
                prepared = self._prepared(index, stored)
            except InputError as error:
                return _Failure(index, str(error))
            shapes = tuple(one.shape for one in prepared)
            if before is not None and shapes != before:
                return _Failure(index, _other_shape(shapes, before))
            before = shapes
            images.append(prepared)
        return _Prepared(task[0][0], tuple(np.stack(of_one) for of_one in zip(*images, strict=True)))

    def _prepared(self, index: int, stored: Stored | None) -> BatchOfWays:
        if stored is None:
            assert self.source is not None
            stored = self.source.read(index)
        image = decode_stored(stored, alpha=self.alpha, bit_depth=self.bit_depth).image
        # A preparation may work in place; those after it get the pixels as they were.
        copies = [image.copy() for _ in self.prepares[1:]]
        return tuple(_prepare(own, of) for own, of in zip(self.prepares, [image, *copies], strict=True))


def _prepare(prepare: Prepare, image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    try:
        prepared = prepare(image)
    # The preparation may be a user's; whatever it raises is told with the image that it failed for.
    except Exception as error:
        text = " ".join(str(error).split())
        raise InputError(f"the preparation failed: {type(error).__name__}: {clipped(text)}") from error
    if not isinstance(prepared, np.ndarray) or prepared.dtype != np.float32:
        kind = getattr(prepared, "dtype", type(prepared).__name__)
        raise InputError(f"the preparation needs to return a float32 array; got {kind}")
    return prepared


def _tasks(source: ImageSource, batch_size: int, skip: frozenset[int]) -> Iterator[_Task]:
    kept = (index for index in range(len(source)) if index not in skip)
    while batch := list(islice(kept, batch_size)):
        for start in range(0, len(batch), _TASK_IMAGES):
            indices = batch[start : start + _TASK_IMAGES]
            yield [(index, _at_hand(source, index)) for index in indices]


def _at_hand(source: ImageSource, index: int) -> Stored | None:
    """Return pixels that lie in memory, or a file that is held; None for what the worker has to read."""
    if source.uniform_size is None:
        return file_held(source, index)
    try:
        return source.read(index)
    except InputError as error:
        raise InputError(f"{source.label(index)}: {error}") from None


def _other_shape(shapes: Shapes, before: Shapes) -> str:
    shape, other = next(pair for pair in zip(shapes, before, strict=True) if pair[0] != pair[1])
    return f"the preparation needs to give one shape; it gave {list(shape)} here and {list(other)} before"
