"""What every source of images is, and what some can say of themselves beyond it."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ganmetrics._members import has_members
from ganmetrics.data.decode import Stored


@runtime_checkable
class ImageSource(Protocol):
    """Images in a fixed order, read one at a time; picklable, since decoding workers get a copy."""

    @property
    def name(self) -> str:
        """What messages call the whole: a path, or "tensor"."""
        ...

    @property
    def ignored(self) -> int:
        """How many files were passed over because they have no image's extension."""
        ...

    @property
    def uniform_size(self) -> tuple[int, int] | None:
        """Width and height where all images are uint8 pixels of one size, which need no decoding; None elsewhere."""
        ...

    def __len__(self) -> int:
        """Return the number of images."""
        ...

    def label(self, index: int) -> str:
        """Return what messages call an image, such as ``set.zip::cat/1.png``."""
        ...

    def read(self, index: int) -> Stored:
        """Return an image as it is stored; safe to call from several threads.

        Raises:
            InputError: it cannot be read; the message is the reason alone.
        """
        ...

    def class_of(self, index: int) -> str | None:
        """Return the class of an image: its label, or its first-level folder; None where there are neither."""
        ...


@dataclass(frozen=True)
class Listing:
    """What a source found beside its images.

    Attributes:
        classes_from: what was taken for classes, such as ``folders`` or ``dataset.json``; empty where nothing was.
        no_classes: why something that looks like classes was not taken for them; empty where nothing does.
        hidden: files and folders passed over by name, since systems keep them for themselves: thumbnails and the like.
    """

    classes_from: str = ""
    no_classes: str = ""
    hidden: int = 0


@runtime_checkable
class Listed(Protocol):
    """A source that tells what it took for classes and what it passed over."""

    @property
    def listing(self) -> Listing:
        """What was found beside the images."""
        ...


@runtime_checkable
class Named(Protocol):
    """A source whose images have names of their own, by which a file of labels can call them."""

    def member(self, index: int) -> str:
        """Return the path of an image in its folder or archive, with forward slashes."""
        ...


@runtime_checkable
class Digested(Protocol):
    """A source that took the digest of each image when it came."""

    def digest(self, index: int) -> bytes:
        """Return the SHA-256 digest of an image, as `ganmetrics.data.fingerprint` computes it."""
        ...


def listing_of(source: ImageSource) -> Listing:
    """Return what a source found beside its images; nothing, where it does not tell.

    >>> import numpy as np
    >>> from ganmetrics.data.arrays import open_array
    >>> listing_of(open_array(np.zeros((2, 4, 4, 3), np.uint8)))
    Listing(classes_from='', no_classes='', hidden=0)
    """
    return source.listing if has_members(source, Listed) else Listing()
