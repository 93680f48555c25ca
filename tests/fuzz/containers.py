"""Cases of containers that are more than bytes to change: lists of paths, arrays and videos."""

import io
import os
import random
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from ganmetrics.data.looking import look
from ganmetrics.data.sources import open_source
from ganmetrics.data.videos import VideoSource
from ganmetrics.references.sides import open_side
from ganmetrics.testing import random_images
from tests.fuzz import mutate, odd
from tests.fuzz.driver import Case
from tests.fuzz.files import HOW, PIXELS, encoded, of_files

NAMES = ("x.png", "y.png", "z.PNG")
LINES = (*mutate.NAMES, *NAMES, "", " ", "# x.png", "~/x.png", "../x.png", "x.png ", "\ufeffx.png", "*.png", "-")
WAYS = ("./{}", "{}", "{}", "{}", ".//{}", "../case/{}")


def _list(rng: random.Random) -> bytes:
    """Return a list of images that are there, in one of the ways to write them; some with a line too many."""
    lines = [rng.choice(WAYS).format(name) for name in rng.sample(NAMES, rng.choice((2, 3, 3)))]
    if rng.random() < 0.5:
        lines.insert(rng.randrange(len(lines) + 1), rng.choice(LINES))
    data = rng.choice(("\n", "\n", "\r\n", "\0", "\n\n")).join(lines).encode("utf-8", "surrogateescape")
    return mutate.changed_bytes(rng, data) if rng.random() < 0.3 else data


def _look(path: Path) -> None:
    # A score of each would take as long as all other kinds together; other kinds of sources have theirs.
    look(open_source(path))


def _read_list(path: Path) -> None:
    os.chdir(path.parent)
    for number, name in enumerate(NAMES):
        path.with_name(name).write_bytes(encoded("PNG", (9, 6 + number)))
    _look(path)


def _array(rng: random.Random) -> bytes:
    """Return an array of images in any layout, of which some have changed bytes, and some another shape or type."""
    array = rng.choice((PIXELS, PIXELS[:, ::-1, ::2], np.asfortranarray(PIXELS), PIXELS[:3], PIXELS[:, :1]))
    match rng.randrange(5):
        case 0:
            return mutate.array_file(rng.choice(odd.ARRAYS)())
        case 1:
            data = mutate.array_file(array)
            return mutate.changed_bytes(rng, data[:128]) + data[128:]
        case 2:
            return mutate.changed_bytes(rng, mutate.array_file(array))
        case 3:
            shape = [rng.choice((0, 1, 2, 3, 4, 5, 1 << 20, -1)) for _ in range(rng.choice((3, 4, 4, 5)))]
            head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {tuple(shape)}, }}".ljust(117) + "\n"
            return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + array.tobytes()
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=rng.choice(((1, 0), (2, 0), (3, 0))))
    return file.getvalue()


_VALUES = (b"", b"x", b"\x89PNG", encoded("PNG")[:40], b"x" * 9000)
_KEYS = (b"0", b"x", b"\xff\x00", b"k" * 400)


def _database(rng: random.Random) -> bytes:
    """Return an LMDB of images and other values; two thirds of them with changed bytes."""
    more = (rng.choice(_KEYS), rng.choice(_VALUES)) if rng.random() < 0.5 else None
    data = _database_with(more)
    return mutate.changed_bytes(rng, data) if rng.random() < 0.67 else data


@cache
def _database_with(more: tuple[bytes, bytes] | None) -> bytes:
    """Return the bytes of an LMDB of three images and perhaps another value."""
    import lmdb

    rows = {b"%d" % number: encoded("PNG", (6, 5 + number)) for number in range(3)}
    rows |= {} if more is None else {more[0]: more[1]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.lmdb"
        options = {"map_size": 1 << 17, "subdir": False, "lock": False, "sync": False}
        with lmdb.open(str(path), **options) as database, database.begin(write=True) as transaction:
            for key, value in rows.items():
                transaction.put(key, value)
        return path.read_bytes()


def _video(codec: str, form: str) -> bytes:
    import av

    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        stream = container.add_stream(codec, rate=5)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
        for image in random_images(4, size=16).permute(0, 2, 3, 1).numpy():
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            container.mux(stream.encode(frame.reformat(format="yuv420p")))
        container.mux(stream.encode())
    return file.getvalue()


def _read_video(path: Path) -> None:
    opened = open_side(path, replace(HOW, frames="all"))
    assert isinstance(opened, VideoSource)
    opened.read(len(opened) - 1)


def _videos(folder: Path) -> Case:
    whole = {name: _video(codec, form) for name, codec, form in (("x.avi", "ffv1", "avi"), ("x.mp4", "mpeg4", "mp4"))}

    def made(data: bytes) -> Callable[[random.Random], bytes]:
        return lambda rng: mutate.changed_bytes(rng, data)

    return of_files([(name, made(data)) for name, data in whole.items()], _read_video)(folder)


KINDS: dict[str, Callable[[Path], Case]] = {
    "paths": of_files([("x.txt", _list)], _read_list),
    "npy-images": of_files([("x.npy", _array)], _look),
    "lmdb": of_files([("x.lmdb", _database)], _look),
    "videos": _videos,
}
