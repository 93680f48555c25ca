"""Frames of videos, as images: decoded once, in order, and kept as raw pixels."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from ganmetrics._files import as_path
from ganmetrics._text import one_line
from ganmetrics._types import Image
from ganmetrics.data.classes import classes_of_paths
from ganmetrics.data.container_length import check_length
from ganmetrics.data.frames import Frames, numbers
from ganmetrics.data.image_source import Listing
from ganmetrics.data.members import is_hidden, is_image_name
from ganmetrics.data.paths import are_paths, below_their_folder, listed_paths
from ganmetrics.data.patterns import is_pattern, matching
from ganmetrics.data.spool import Spool, SpooledSource
from ganmetrics.errors import InputError
from ganmetrics.optional import require
from ganmetrics.timing import stage

VIDEO_EXTENSIONS = frozenset({".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi"})
"""Extensions of video files, in lower case; files are matched in any case."""

_SPOOL_MEMORY = 1 << 28
"""Bytes that frames take before they go to the disk."""

# Of ISO/IEC 23091-2: the curves of light of PQ and HLG, whose 8 bits would need a choice of tone mapping.
_HIGH_DYNAMIC_RANGE = (16, 18)


@dataclass(frozen=True)
class Video:
    """A video file.

    Attributes:
        file: its path.
        member: what labels call it: its path below the folder that holds all.
    """

    file: str
    member: str


class VideoSource:
    """Frames of one video, of all videos in a folder in the order of their paths, or of a list of videos in its order.

    Frames are of one size. Classes are the first-level folders, as of images.

    Args:
        name: what messages call the whole.
        spooled: the pixels.
        places: of each frame its video, and its number in it.
    """

    ignored = 0

    def __init__(self, name: str, spooled: SpooledSource, places: Sequence[tuple["Video", int]]) -> None:
        self.name = name
        self.uniform_size = spooled.uniform_size
        self._spooled = spooled
        self._places = places
        self._classes = classes_of_paths([video.member for video, _ in places])
        self.listing = Listing(self._classes.classes_from, self._classes.no_classes)

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self._places)

    def label(self, index: int) -> str:
        """Return the path of a video, with the number of the frame."""
        video, number = self._places[index]
        return f"{video.file}[frame {number}]"

    def member(self, index: int) -> str:
        """Return the path of the video that a frame is of, by which labels call it."""
        return self._places[index][0].member

    def read(self, index: int) -> Image:
        """Return the pixels of a frame."""
        return self._spooled.read(index)

    def digest(self, index: int) -> bytes:
        """Return the digest of a frame, which was taken when it was decoded."""
        return self._spooled.digest(index)

    def class_of(self, index: int) -> str | None:
        """Return the first-level folder of a frame's video where these are classes."""
        return self._classes.of(index)


def is_video(path: Path) -> bool:
    """Tell whether a path leads to a video file, or to a folder of videos without any image."""
    if path.is_file():
        return _is_video_name(path.name)
    if not path.is_dir():
        return False
    found = False
    for name in _names(path):
        if is_image_name(name):
            return False
        found = found or _is_video_name(name)
    return found


def listed_videos(source: object) -> tuple[str, list[Video]] | None:
    """Return what messages call a list of videos, and the videos; None where it is anything else.

    Such a list is a shell's or a brace pattern, a text file of paths or a list of paths, all of them of videos.

    >>> listed_videos(["a/1.mp4", "a/2.mp4"])[1][0].member, listed_videos(["a/1.mp4", "2.png"])
    ('1.mp4', None)
    """
    if are_paths(source):
        name, files = "list of paths", [os.fspath(path) for path in cast("Sequence[str]", source)]
    elif not isinstance(source, str | os.PathLike):
        return None
    elif is_pattern(path := as_path(source)):
        name, files = str(path), matching(str(path))
    elif path.suffix.lower() == ".txt" and path.is_file():
        name, files = str(path), listed_paths(path)
    else:
        return None
    if not files or not all(map(_is_video_name, files)):
        return None
    return name, [Video(file, member) for file, member in zip(files, below_their_folder(files), strict=True)]


def open_videos(path: Path, frames: Frames) -> VideoSource:
    """Return frames of a video file, or of every video in a folder, as `open_video_list` does.

    Args:
        path: of the file or of the folder.
        frames: as there.

    Raises:
        InputError: as there; or the first frame is asked for of a single video, which is no set.
        StorageError: as there.
    """
    if not path.is_file():
        names = sorted(filter(_is_video_name, _names(path)))
        return open_video_list(str(path), [Video(str(path / name), name) for name in names], frames)
    _check_version(path)
    if frames == "first":
        raise InputError(f"{path} is a video, whose first frame is one image; --frames all or a number takes more")
    return open_video_list(str(path), [Video(str(path), path.name)], frames)


def open_video_list(name: str, videos: Sequence[Video], frames: Frames) -> VideoSource:
    """Return frames of every video of a list.

    Args:
        name: what messages call the list.
        videos: the files.
        frames: ``first`` of each video; ``all``; or a number k: frames floor(i n/k) of a video of n, and all of one
            with no more than k.

    Raises:
        InputError: PyAV is not installed or too old; a video comes twice, or is missing, truncated, damaged, empty,
            turned or of high dynamic range; or two frames are of different sizes.
        StorageError: the disk has no room for the pixels.
    """
    _check_version(Path(name))
    members = [video.member for video in videos]
    twice = (
        next((member for member in members if members.count(member) > 1), None)
        if len(set(members)) < len(members)
        else None
    )
    if twice is not None:
        raise InputError(f"{name} names {twice} twice")
    spool, places = Spool(name, memory=_SPOOL_MEMORY, expected=None), list[tuple[Video, int]]()
    with stage("reading videos"):
        for video in videos:
            file = Path(video.file)
            wanted = None if frames in ("first", "all") else _chosen(file, frames)
            for number, pixels in enumerate(_frames(file)):
                if wanted is None or number in wanted:
                    spool.append(pixels[None])
                    places.append((video, number))
                if frames == "first":
                    break
    return VideoSource(name, spool.images(), places)


def _check_version(path: Path) -> None:
    """Refuse a PyAV whose frames do not say what must be refused: that they are turned, or of high dynamic range."""
    av = require("av", extra="video", user=str(path))
    if not hasattr(av.VideoFrame, "color_trc"):
        raise InputError(
            f'{path} needs av 17.1 or later; got av {av.__version__}: pip install --upgrade "ganmetrics[video]"'
        )


def _chosen(file: Path, frames: Frames) -> frozenset[int]:
    """Return the numbers of evenly spaced frames; only decoding tells for sure how many a file has."""
    count = sum(1 for _ in _decoded(file))
    return frozenset(number or 0 for number in numbers(count, frames))


def _frames(file: Path) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield the frames of a video in order, uint8 [h, w, 3]; the file's own matrix of colours is undone by FFmpeg."""
    for frame in _decoded(file):
        yield frame.to_ndarray(format="rgb24")


def _decoded(file: Path) -> Iterator[Any]:
    """Yield what PyAV decodes; whatever goes wrong in between is told with the file."""
    try:
        check_length(file)
        yield from _opened(file)
    except InputError as error:
        raise InputError(f"{file}: {error}") from None
    except MemoryError as error:
        # FFmpeg's own is of a file that says it needs more than there is.
        if not isinstance(error, require("av", extra="video", user=str(file)).FFmpegError):
            raise
        raise InputError(f"{file}: damaged video, or one that needs more memory than there is") from None
    # PyAV meets damaged files with errors of its own, and with what its attributes of missing parts run into.
    except Exception as error:
        raise InputError(f"{file}: truncated or damaged video ({one_line(error)})") from None


def _opened(file: Path) -> Iterator[Any]:
    av = require("av", extra="video", user=str(file))
    # Without these options a decoder paints over what it cannot read.
    with av.open(str(file), options={"err_detect": "explode"}) as container:
        if not container.streams.video:
            raise InputError("has no pictures")
        stream = container.streams.video[0]
        stream.codec_context.options = {"err_detect": "explode"}
        frame = None
        for frame in container.decode(stream):
            _check(frame)
            yield frame
        if frame is None:
            raise InputError("has no frames")


def _check(frame: Any) -> None:  # noqa: ANN401 - PyAV is optional, and so are its types
    if frame.is_corrupt:
        raise InputError("truncated or damaged video")
    if frame.rotation:
        raise InputError(f"is stored turned by {frame.rotation} degrees; ffmpeg -i IN OUT writes it upright")
    if frame.color_trc in _HIGH_DYNAMIC_RANGE:
        raise InputError("is of high dynamic range; scores need 8 bits a channel: choose a tone mapping and convert it")


def _is_video_name(path: str) -> bool:
    return Path(path).suffix.lower() in VIDEO_EXTENSIONS


def _names(folder: Path) -> Iterator[str]:
    """Yield the relative paths of the files below a folder, without what systems keep for themselves."""
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        inner: list[str] = []
        try:
            # One by one: a folder of a million images says what it is with its first name.
            with os.scandir(folder / prefix) as entries:
                for entry in entries:
                    if is_hidden(entry.name):
                        continue
                    if entry.is_dir(follow_symlinks=False):
                        inner.append(f"{prefix}{entry.name}/")
                    else:
                        yield prefix + entry.name
        except OSError as error:
            raise InputError(f"{folder / prefix} cannot be listed: {error.strerror}") from None
        waiting += reversed(inner)
