"""Some images of a source, or the same ones with classes that were given beside them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np

from ganmetrics._members import has_members
from ganmetrics.data.decode import Stored
from ganmetrics.data.given_classes import classes_as_given
from ganmetrics.data.image_source import ImageSource, Named, listing_of
from ganmetrics.data.label_file import LabelFile
from ganmetrics.errors import InputError, NotEnoughSamples


def choose_images(source: ImageSource, count: int, seed: int) -> ImageSource:
    """Return `count` images of a source, chosen at random without replacement, in the order of the source.

    The choice depends on `seed`, `count` and the number of images only; no global generator is used.

    Raises:
        InputError: `count` is not positive, or `seed` is negative.
        NotEnoughSamples: the source has fewer images.

    >>> from ganmetrics.data.arrays import open_array
    >>> chosen = choose_images(open_array(np.zeros((100, 1, 1, 3), np.uint8)), 3, seed=0)
    >>> [chosen.label(index) for index in range(len(chosen))]
    ['array[51]', 'array[63]', 'array[83]']
    """
    if count < 1:
        raise InputError(f"a choice of images needs a positive count; got {count}")
    if seed < 0:
        raise InputError(f"a choice of images needs a seed of 0 or more; got {seed}")
    if count > len(source):
        raise NotEnoughSamples(f"{count:,} images are to be chosen; {source.name} has {len(source):,}")
    indices = np.random.default_rng(seed).choice(len(source), count, replace=False)
    return _Selection(source, sorted(indices.tolist()))


def take(source: ImageSource, indices: Sequence[int]) -> ImageSource:
    """Return the images at some indices of a source, in that order."""
    return _Selection(source, indices)


def with_classes(source: ImageSource, classes: Sequence[object], *, given_as: str = "labels") -> ImageSource:
    """Return the same images with the given classes, one for each image in order, named by their text.

    Args:
        source: the images.
        classes: of each image.
        given_as: what the audit says they come from.

    Raises:
        InputError: there are not as many classes as images, or one is None or not a number.

    >>> from ganmetrics.data.arrays import open_array
    >>> labelled = with_classes(open_array(np.zeros((2, 1, 1, 3), np.uint8)), [3, 7])
    >>> labelled.class_of(1)
    '7'
    """
    things = f"images of {source.name}"
    named = classes_as_given(classes, len(source), of=things, label=source.label, given_as=given_as)
    return _Labelled(source, range(len(source)), named, given_as)


def with_label_file(source: ImageSource, labels: LabelFile) -> ImageSource:
    """Return the same images with the classes of a file of labels, by name or in order.

    Names in the file are paths within the folder or archive; if none of them has a slash, file names will do, as long
    as no two images share one. The file may have labels for images that the source has not.

    Raises:
        InputError: an image has no label, the images have no names, or the count differs.
    """
    if labels.by_name is None:
        return with_classes(source, labels.in_order, given_as=labels.name)
    count = len(source)
    names = [source.member(index) for index in range(count)] if has_members(source, Named) else None
    if names is None:
        raise InputError(f"{labels.name} has labels by name; the images of {source.name} have none, only an order")
    if not any("/" in name for name in labels.by_name):
        names = _file_names(names, labels, source)
    missing = [name for name in names if name not in labels.by_name]
    if missing:
        raise InputError(
            f"{labels.name} needs a label for each image of {source.name}; "
            f"{len(missing):,} of {len(names):,} have none, the first is {missing[0]}"
        )
    return with_classes(source, [labels.by_name[name] for name in names], given_as=labels.name)


def _file_names(names: list[str], labels: LabelFile, source: ImageSource) -> list[str]:
    """Return the last parts of paths, which must differ to be names."""
    files = [PurePosixPath(name).name for name in names]
    if len(set(files)) < len(files):
        twice = next(name for place, name in enumerate(files) if name in files[:place])
        raise InputError(f"{labels.name} needs paths, not file names: two images of {source.name} are called {twice}")
    return files


class _Selection:
    """Some images of a source."""

    def __init__(self, source: ImageSource, indices: Sequence[int]) -> None:
        self.name = source.name
        self.ignored = source.ignored
        self.uniform_size = source.uniform_size
        self.listing = listing_of(source)
        self._source = source
        self._indices = indices

    def __len__(self) -> int:
        return len(self._indices)

    def label(self, index: int) -> str:
        return self._source.label(self._indices[index])

    def read(self, index: int) -> Stored:
        return self._source.read(self._indices[index])

    def class_of(self, index: int) -> str | None:
        return self._source.class_of(self._indices[index])


class _Labelled(_Selection):
    """Images whose classes were given beside them."""

    def __init__(self, source: ImageSource, indices: Sequence[int], classes: list[str], given_as: str) -> None:
        super().__init__(source, indices)
        self.listing = replace(self.listing, classes_from=given_as, no_classes="")
        self._classes = classes

    def class_of(self, index: int) -> str | None:
        return self._classes[index]
