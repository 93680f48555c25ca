"""Images that come in batches, once: from a generator, a data loader, or any iterator."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image as Pillow
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset

from ganmetrics._text import one_line, shown
from ganmetrics._types import Progress, silent
from ganmetrics.core.arrays import check_array
from ganmetrics.core.checks import of_type, seed_number, whole
from ganmetrics.data.arrays import open_array, open_tensor
from ganmetrics.data.dataset_labels import label_of_item
from ganmetrics.data.spool import Spool, SpooledSource
from ganmetrics.data.to_uint8 import RANGE_TOLERANCE, signed_to_uint8
from ganmetrics.errors import GanMetricsError, InputError
from ganmetrics.timing import stage

logger = logging.getLogger(__name__)

_Generate = Callable[[int, torch.Generator], Any]
"""Called with a number of images and a seeded generator; returns so many, or a tuple of them and their labels."""

VALUE_RANGES = ((-1, 1), (0, 1))
"""The ranges that floats may be declared to have."""

_MEMORY = 1 << 28
"""Bytes that the images of a stream take before they go to the disk."""

_BATCH_AXES = 4


@dataclass(frozen=True)
class Stream:
    """Images that come once, with what must be known of them beforehand.

    They are read to the end when they are opened, fingerprinted on the way, and kept as raw pixels: in memory up to
    `memory`, past it in a temporary file without a name. So every metric can read them as often as it needs, memory is
    bounded, and the disk holds 3 h w bytes an image.

    A batch is a uint8 tensor [n, 3, h, w] or array [n, h, w, 3]; floats, where their range is declared; one Pillow
    image or a list of them, as pipelines return; or a tuple or mapping of one of these and its labels.

    Args:
        images: a generator, called as ``generate(count, rng)`` with a seeded `torch.Generator` on the CPU; or a
            `DataLoader`, an `IterableDataset`, or an iterator of batches.
        count: how many images to take; needed unless `images` has a length.
        seed: of the generator's `rng`; the same count, seed and batch size give the same images.
        batch_size: images that a generator is asked for at a time.
        value_range: of floats: (-1, 1) or (0, 1). Without it floats are refused, since one may be taken for the other.
        memory: bytes that the images may take before they go to the disk.
        name: what messages call them; the name of the function or the type where it is None.

    Raises:
        InputError: a number is out of range, the range is another, or a count is needed.

    >>> def generate(count, rng):
    ...     return torch.rand(count, 3, 8, 8, generator=rng) * 2 - 1
    >>> Stream(generate, count=100, value_range=(-1, 1)).title
    'generate'
    """

    images: _Generate | Iterable[Any]
    count: int | None = None
    seed: int = 0
    batch_size: int = 64
    value_range: tuple[float | int, float | int] | None = None
    memory: int = _MEMORY
    name: str | None = None

    def __post_init__(self) -> None:
        for name, value, least in (
            ("count", self.count, 1),
            ("batch_size", self.batch_size, 1),
            ("seed", self.seed, 0),
        ):
            whole_number = isinstance(value, Integral) and not isinstance(value, bool)
            if value is not None and not (whole_number and value >= least):
                raise InputError(f"a stream needs a {name} of {least} or more; got {shown(value)}")
            if value is not None:
                object.__setattr__(self, name, int(value))
        seed_number("a stream's seed", self.seed)
        if self.name is not None:
            of_type("a stream's name", self.name, str, "text")
        whole("a stream's memory", self.memory, least=1)
        if self.value_range is not None and not _is_range(self.value_range):
            raise InputError(f"a stream's value_range needs to be (-1, 1) or (0, 1); got {shown(self.value_range)}")
        if self.count is None and not has_end(self.images):
            raise InputError(
                f"{self.title} does not say how many images it has: give the number to take, as count or in "
                "ganmetrics.Stream(images, count=...)"
            )

    @property
    def title(self) -> str:
        """What messages call the images."""
        if self.name:
            return self.name
        try:
            return str(getattr(self.images, "__name__", type(self.images).__name__))
        except Exception:  # what the user's object raises where it is asked for its name
            return type(self.images).__name__


def _is_range(value: object) -> bool:
    """Tell whether a pair of plain numbers is one of the ranges; an array is compared with none of them."""
    numbers = isinstance(value, tuple | list) and all(isinstance(end, int | float) for end in value)
    return numbers and isinstance(value, tuple | list) and tuple(value) in VALUE_RANGES


def is_stream(thing: object) -> bool:
    """Tell whether a thing gives images once, in order, rather than by their number.

    >>> is_stream(iter([])), is_stream([1]), is_stream("a"), is_stream(lambda count, rng: None)
    (True, False, False, True)
    """
    if isinstance(thing, DataLoader | IterableDataset | Iterator):
        return True
    if isinstance(thing, str | bytes | type) or hasattr(thing, "__getitem__"):
        return False
    return callable(thing) or isinstance(thing, Iterable)


def has_end(images: object) -> bool:
    """Tell whether something knows its own length, as a loader of a map-style data set does."""
    if isinstance(images, Iterator) or not hasattr(images, "__len__"):
        return False
    try:
        len(images)
    # What torch's loaders of iterable data sets raise, and what a length may that is none.
    except Exception:
        return False
    return True


def open_stream(stream: Stream, *, progress: Progress = silent) -> SpooledSource:
    """Take the images of a stream, and return them as a source.

    Raises:
        InputError: the stream fails or ends early, or what it gives is no batch, has other sizes than before, floats
            of no declared range or beyond it, or labels that do not match; or a generator gives another number of
            images than it was asked for.
        StorageError: the disk has no room.

    >>> def generate(count, rng):
    ...     return torch.randint(0, 256, (count, 3, 8, 8), generator=rng, dtype=torch.uint8)
    >>> source = open_stream(Stream(generate, count=100))
    >>> len(source), source.label(99), source.read(99).shape
    (100, 'generate[99]', (8, 8, 3))
    """
    taken = _Taken(stream)
    total = stream.count or 0
    with stage("taking the stream"), progress(total=total, stage=f"taking {stream.title}") as advance:
        for batch in _batches(stream):
            advance(taken.add(batch))
            if taken.full:
                break
    return taken.source()


class _Taken:
    """What has come of a stream so far."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._spool = Spool(stream.title, memory=stream.memory, expected=stream.count)
        self._labels: list[str] = []
        self._batches = 0
        self._seen_negative = stream.value_range is None or stream.value_range[0] == 0

    @property
    def full(self) -> bool:
        """Whether as many images have come as were asked for."""
        return len(self._spool) == self._stream.count

    def add(self, batch: Any) -> int:  # noqa: ANN401 - whatever the user's stream gives
        """Keep the images of a batch, no more than are wanted, and return how many."""
        self._batches += 1
        try:
            images, labels = self._parts(batch)
            wanted = len(images) if self._stream.count is None else self._stream.count - len(self._spool)
            before = len(self._spool)
            self._check_labels(images, labels)
            self._spool.append(images[:wanted])
            self._labels += labels[:wanted]
        except InputError as error:
            text = str(error)
            named = (
                text if text.startswith(self._stream.title) else f"{self._stream.title}, batch {self._batches}: {text}"
            )
            raise InputError(named) from None
        return len(self._spool) - before

    def source(self) -> SpooledSource:
        """Return all images, once there are as many as were asked for."""
        count, title = self._stream.count, self._stream.title
        if count is not None and not self.full:
            raise InputError(f"{title} ended after {len(self._spool):,} images; {count:,} were asked for")
        if not len(self._spool):
            raise InputError(f"{title} needs to give images; it gave none")
        if not self._seen_negative:
            logger.warning(
                "%s: none of its floats is below 0, though they were declared to be in [-1, 1]: are they in [0, 1]?",
                title,
            )
        return self._spool.images(np.array(self._labels) if self._labels else None)

    def _parts(self, batch: Any) -> tuple[npt.NDArray[np.uint8], list[str]]:  # noqa: ANN401
        images, labels = _split(batch)
        if isinstance(images, Pillow.Image):
            images = _array(images)
        elif _are_pillow(images):
            images = _stacked(images)
        if isinstance(images, Tensor | np.ndarray):
            check_array(images, "a batch of images")
        if isinstance(images, Tensor | np.ndarray) and images.ndim == _BATCH_AXES - 1:
            images, labels = images[None], None if labels is None else [labels]
        if isinstance(images, Tensor):
            return open_tensor(self._pixels(images)).pixels, _texts(labels)
        if isinstance(images, np.ndarray):
            if images.dtype.kind == "f":
                return self._pixels(_floats(images)).numpy(), _texts(labels)
            return open_array(images).pixels, _texts(labels)
        raise InputError(
            f"a batch needs to be a uint8 tensor [n, 3, h, w] or array [n, h, w, 3]; got {type(images).__name__}"
        )

    def _pixels(self, images: Tensor) -> Tensor:
        """Return images as uint8; floats by their declared range."""
        if not images.is_floating_point():
            return images
        if self._stream.value_range is None:
            raise InputError(
                "floats need their range to be declared, value_range=(-1, 1) or (0, 1): one may be taken for the other"
            )
        if self._stream.value_range[0] == 0:
            return _from_unit(images)
        self._seen_negative = self._seen_negative or bool((images < 0).any())
        return signed_to_uint8(images)

    def _check_labels(self, images: npt.NDArray[np.uint8], labels: list[str]) -> None:
        if labels and len(labels) != len(images):
            raise InputError(f"labels must have one class for each of the {len(images):,} images; got {len(labels):,}")
        if len(self._spool) and bool(labels) != bool(self._labels):
            raise InputError("labels need to come with all batches or with none")


def _array(image: Pillow.Image) -> npt.NDArray[np.uint8]:
    if image.mode != "RGB":
        raise InputError(f'a Pillow image needs mode RGB; got {image.mode}; image.convert("RGB") converts it')
    return np.asarray(image)


def _are_pillow(images: object) -> bool:
    return isinstance(images, list | tuple) and bool(images) and all(isinstance(one, Pillow.Image) for one in images)


def _stacked(images: Sequence[Pillow.Image]) -> npt.NDArray[np.uint8]:
    sizes = sorted({one.size for one in images})
    if len(sizes) > 1:
        raise InputError(f"images of a batch must be of one size; got {sizes[0]} and {sizes[1]}")
    return np.stack([_array(one) for one in images])


def _floats(images: npt.NDArray[Any]) -> Tensor:
    """Return an array as a tensor, whose floats are in the machine's order and at most double."""
    wide = images.dtype.itemsize > np.dtype(np.float64).itemsize
    native = np.float64 if wide else images.dtype.newbyteorder("=")
    return torch.from_numpy(np.ascontiguousarray(images, dtype=native))


def _batches(stream: Stream) -> Iterator[Any]:
    given = _generated(stream) if _is_generator(stream.images) else _iterated(stream)
    while True:
        try:
            with torch.no_grad():
                batch = next(given)
        except StopIteration:
            return
        except GanMetricsError:
            raise
        # What a user's stream raises is theirs; it is told with the stream that raised it.
        except Exception as error:
            raise InputError(f"{stream.title} failed: {type(error).__name__}: {_reason(error)}") from error
        yield batch


def _reason(error: Exception) -> str:
    try:
        return one_line(error)
    except Exception:  # an error whose text cannot be made
        return "it does not say why"


def _is_generator(source: object) -> bool:
    return callable(source) and not isinstance(source, DataLoader | IterableDataset | Iterator)


def _iterated(stream: Stream) -> Iterator[Any]:
    assert isinstance(stream.images, Iterable)
    # Begun here, so that an error in beginning is told like one on the way.
    yield from stream.images


def _generated(stream: Stream) -> Iterator[Any]:
    assert stream.count is not None
    assert callable(stream.images)
    rng = torch.Generator().manual_seed(stream.seed)
    for start in range(0, stream.count, stream.batch_size):
        asked = min(stream.batch_size, stream.count - start)
        batch = stream.images(asked, rng)
        images, _ = _split(batch)
        given = len(images) if hasattr(images, "__len__") else None
        if given is not None and given != asked:
            raise InputError(f"{stream.title}({asked}, rng) needs to return {asked} images; got {given}")
        yield batch


def _split(batch: Any) -> tuple[Any, Any]:  # noqa: ANN401
    """Return the images of a batch and its labels; None where it has none."""
    if isinstance(batch, dict):
        if "image" not in batch and "images" not in batch:
            raise InputError(f'a batch that is a mapping needs a key "image"; got {", ".join(map(str, batch))}')
        return batch.get("image", batch.get("images")), batch.get("label", batch.get("labels"))
    if isinstance(batch, tuple | list) and batch and not _are_pillow(batch):
        return batch[0], batch[1] if len(batch) > 1 else None
    return batch, None


def _texts(labels: Any) -> list[str]:  # noqa: ANN401
    """Return the whole numbers of a batch as texts; none where the second part of a batch is something else."""
    if labels is None:
        return []
    if isinstance(labels, Tensor | np.ndarray):
        check_array(labels, "labels")
        labels = labels.tolist() if labels.ndim == 1 else []
    if not isinstance(labels, list | tuple):
        return []
    texts = [label_of_item((None, label)) for label in labels]
    return [] if None in texts else [str(text) for text in texts]


def _from_unit(images: Tensor) -> Tensor:
    """Map floats in [0, 1] to {0, ..., 255}, rounding to nearest."""
    values = images.detach().to(torch.float32)
    if values.numel():
        low, high = (bound.item() for bound in values.aminmax())
        # A comparison with NaN is false, so this refuses it too.
        if not (low >= -RANGE_TOLERANCE and high <= 1 + RANGE_TOLERANCE):
            raise InputError(f"floats declared to be in [0, 1] have values from {low:g} to {high:g}")
    return values.mul(255).round().clamp(0, 255).to(torch.uint8)
