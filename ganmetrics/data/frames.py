"""The frames of animations and of files of several pages, each as an image of its own."""

from collections.abc import Mapping, Sequence
from typing import Literal

from ganmetrics._members import has_members
from ganmetrics._text import shown
from ganmetrics.data.decode import Frame, Stored, count_frames
from ganmetrics.data.image_source import ImageSource, Named, listing_of
from ganmetrics.errors import InputError
from ganmetrics.timing import stage

Frames = Literal["first", "all"] | int
"""Which frames are taken: the first, all, or so many evenly spaced ones of each file."""

_MOST_DIGITS = 18  # no file has more frames, and Python refuses to read numbers of some thousands


def parse_frames(text: str) -> Frames:
    """Return what ``--frames`` asks for.

    Raises:
        InputError: it is neither ``first`` nor ``all`` nor a positive number.

    >>> parse_frames("all"), parse_frames("16")
    ('all', 16)
    """
    if text == "first":
        return "first"
    if text == "all":
        return "all"
    if not text.isdecimal() or len(text) > _MOST_DIGITS or int(text) < 1:
        raise InputError(f"frames must be first, all or a positive number; got {shown(text)}")
    return int(text)


def check_frames(frames: object) -> None:
    """Raise InputError unless frames are ``first``, ``all`` or a positive number.

    >>> check_frames(0)
    Traceback (most recent call last):
        ...
    ganmetrics.errors.InputError: frames must be first, all or a positive number; got 0
    """
    number = isinstance(frames, int) and not isinstance(frames, bool) and frames >= 1
    if not number and not (isinstance(frames, str) and frames in ("first", "all")):
        raise InputError(f"frames must be first, all or a positive number; got {shown(frames)}")


def with_frames(source: ImageSource, frames: Frames) -> ImageSource:
    """Return the frames of GIF, WebP, AVIF, APNG and TIFF files as images of their own; other images as they are.

    Args:
        source: the images.
        frames: ``first`` of each file, which changes nothing; ``all``; or a number k: frames floor(i n/k) of a file of
            n frames, and all of one with no more than k.

    Every file is read once for its number of frames; one whose frames cannot be counted is an image that cannot be
    read, which the audit names.

    Raises:
        InputError: `frames` is none of these.
    """
    check_frames(frames)
    if frames == "first" or source.uniform_size is not None:
        return source
    chosen: list[tuple[int, int | None]] = []
    faults: dict[int, str] = {}
    with stage("counting frames"):
        for index in range(len(source)):
            try:
                stored = source.read(index)
                count = count_frames(stored) if isinstance(stored, bytes) else 1
            except InputError as error:
                faults[index], count = str(error), 1
            chosen += [(index, number) for number in numbers(count, frames)]
    return FrameSource(source, chosen, faults)


class FrameSource:
    """Some frames of a source's images.

    Args:
        source: the images.
        chosen: of each frame the image and the number in it; None for an image that has one frame only.
        faults: why the frames of an image could not be counted.
    """

    uniform_size = None

    def __init__(
        self, source: ImageSource, chosen: Sequence[tuple[int, int | None]], faults: Mapping[int, str]
    ) -> None:
        self.name = source.name
        self.ignored = source.ignored
        self.listing = listing_of(source)
        self._source = source
        self._chosen = chosen
        self._faults = faults

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self._chosen)

    def label(self, index: int) -> str:
        """Return what messages call the image, with the number of the frame."""
        image, number = self._chosen[index]
        return self._source.label(image) + ("" if number is None else f"[frame {number}]")

    def member(self, index: int) -> str:
        """Return the name of the file that a frame is of, by which labels call it."""
        image, _ = self._chosen[index]
        return self._source.member(image) if has_members(self._source, Named) else self._source.label(image)

    def read(self, index: int) -> Stored:
        """Return the file and the number of a frame."""
        image, number = self._chosen[index]
        if image in self._faults:
            raise InputError(self._faults[image])
        stored = self._source.read(image)
        return Frame(stored, number) if isinstance(stored, bytes) and number is not None else stored

    def class_of(self, index: int) -> str | None:
        """Return the class of the image that a frame is of."""
        return self._source.class_of(self._chosen[index][0])


def numbers(count: int, frames: Frames) -> Sequence[int | None]:
    """Return which frames are taken of so many; None for the only one.

    >>> numbers(10, 3), numbers(10, "all"), numbers(1, "all")
    ([0, 3, 6], range(0, 10), [None])
    """
    if count == 1:
        return [None]
    if frames == "all" or int(frames) >= count:
        return range(count)
    wanted = int(frames)
    return [number * count // wanted for number in range(wanted)]
