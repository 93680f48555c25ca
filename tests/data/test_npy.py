"""A .npy is read in place, or refused with what it holds."""

import pickle
import struct
import zipfile

import numpy as np
import pytest

from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError


@pytest.fixture
def images(noise):
    """Return five images [5, h, w, 3]."""
    return np.stack([noise(seed=seed) for seed in range(5)])


@pytest.mark.parametrize("order", ["C", "F"])
def test_images_come_back(tmp_path, images, order):
    """By rows or by columns, every image reads as it was; as an array and a mapped array do."""
    np.save(tmp_path / "set.npy", np.asarray(images, order=order))
    source = pickle.loads(pickle.dumps(open_source(tmp_path / "set.npy")))
    assert all((source.read(index) == images[index]).all() for index in range(5))
    assert (len(source), source.uniform_size, source.class_of(0)) == (5, (9, 6), None)
    assert (source.name, source.label(4)) == (f"{tmp_path}/set.npy", f"{tmp_path}/set.npy[4]")
    mapped = open_source(np.load(tmp_path / "set.npy", mmap_mode="r"))
    assert fingerprint(source) == fingerprint(mapped) == fingerprint(open_source(images))


def test_the_file_is_not_loaded(tmp_path, images):
    """A copy of the source for a worker holds no pixels."""
    np.save(tmp_path / "set.npy", np.tile(images, (200, 1, 1, 1)))
    assert len(pickle.dumps(open_source(tmp_path / "set.npy"))) < 1000


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros((2, 4, 5, 3)), r"set\.npy needs uint8 images \[n, h, w, 3\]; got float64 .*; ganmetrics\.to_uint8"),
        (np.zeros((2, 3, 4, 5), np.uint8), r"got uint8 \[2, 3, 4, 5\]; images\.transpose"),
        (np.zeros((7, 9), np.float32), r"got float32 \[7, 9\]"),
        (np.zeros((0, 4, 4, 3), np.uint8), r"got uint8 \[0, 4, 4, 3\]"),
        (np.array([{}]), "needs pickle, which can run any code"),
    ],
)
def test_other_arrays_are_refused(tmp_path, array, reason):
    """The error says what came; nothing is unpickled."""
    np.save(tmp_path / "set.npy", array)
    with pytest.raises(InputError, match=reason):
        open_source(tmp_path / "set.npy")


@pytest.mark.parametrize("keep", [0, 5, 40, 127, 500, 937])
def test_a_file_cut_short_is_named(tmp_path, images, keep):
    """In the header or among the pixels."""
    np.save(tmp_path / "set.npy", images)
    (tmp_path / "set.npy").write_bytes((tmp_path / "set.npy").read_bytes()[:keep])
    with pytest.raises(
        InputError, match=r"set\.npy (cannot be read as an npy: |is damaged: its images need 938 bytes)"
    ):
        open_source(tmp_path / "set.npy")


def stored(shape, data=b"", columns=False):
    """Return the bytes of a .npy that says it has this shape."""
    header = f"{{'descr': '|u1', 'fortran_order': {columns}, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


@pytest.mark.parametrize("columns", [False, True])
@pytest.mark.parametrize(
    ("shape", "data", "reason"),
    [
        ((-1, -1, 1, 3), b"abc", r"is damaged: an array needs whole sizes .*; got \(-1, -1, 1, 3\)$"),
        ((True, 1, 1, 3), b"abc", r"is damaged: an array needs whole sizes .*; got \(True, 1, 1, 3\)$"),
        ((2**70, 1, 1, 3), b"", r"is damaged: an array needs whole sizes .*; got \(1180591620717411303424, "),
        ((10**4000, 1, 1, 3), b"", r"is damaged: an array needs whole sizes .*; got \(a whole number of \d+ bits, "),
        ((8, 2**61, 1, 3), b"", "needs images of at most 178,956,970 pixels; got 1x2305843009213693952$"),
        ((4, 2**62, 1, 3), b"", "needs images of at most 178,956,970 pixels; got 1x4611686018427387904$"),
        ((2**62, 2, 2, 3), b"", "is damaged: its images need 55,340,232,221,128,654,"),
    ],
)
def test_shapes_that_no_file_can_hold(tmp_path, shape, data, reason, columns):
    """Their products come out as any number where they are computed in 64 bits; in an npz as in a .npy."""
    (tmp_path / "set.npy").write_bytes(stored(shape, data, columns))
    with pytest.raises(InputError, match=rf"set\.npy {reason}"):
        open_source(tmp_path / "set.npy")
    with zipfile.ZipFile(tmp_path / "set.npz", "w") as archive:
        archive.write(tmp_path / "set.npy", "arr_0.npy")
    with pytest.raises(InputError, match=r"set\.npz(::arr_0)? (is damaged: |needs images of at most )"):
        open_source(tmp_path / "set.npz")
