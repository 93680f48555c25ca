"""HDF5 files are read by chunks, in the layout of BigGAN-PyTorch's and in the other."""

import pickle
import sys

import numpy as np
import pytest

from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.loading import prepared_batches
from ganmetrics.data.looking import audit
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError

h5py = pytest.importorskip("h5py")


@pytest.fixture
def images(noise):
    """Return seven images [7, h, w, 3]."""
    return np.stack([noise(seed=seed) for seed in range(7)])


@pytest.fixture
def written(tmp_path):
    """Return a writer of data sets by name."""

    def write(name="set.hdf5", options=None, **sets):
        with h5py.File(tmp_path / name, "w") as file:
            for key, data in sets.items():
                file.create_dataset(key, data=data, **(options or {}))
        return tmp_path / name

    return write


@pytest.mark.parametrize("options", [{}, {"chunks": (3, 3, 6, 9)}, {"chunks": (2, 3, 6, 9), "compression": "gzip"}])
def test_bigganss_layout(written, images, options):
    """`imgs` [n, 3, h, w] and `labels`, contiguous, chunked and compressed."""
    path = written("ILSVRC.hdf5", imgs=images.transpose(0, 3, 1, 2), options=options)
    with h5py.File(path, "a") as file:
        file.create_dataset("labels", data=np.arange(7) % 2, dtype="int64")
    source = open_source(path)
    assert fingerprint(source) == fingerprint(open_source(images))
    assert (len(source), source.uniform_size, source.class_of(3)) == (7, (9, 6), "1")
    assert source.label(2) == f"{path}::imgs[2]"
    assert audit(source).line() == "7 images, uint8, 9x6 pixels; 2 classes from labels, of 3 to 4 images"
    assert (pickle.loads(pickle.dumps(source)).read(6) == images[6]).all()


def test_channels_last_under_any_name(written, images):
    """The only data set of uint8 with four axes, in a group or not."""
    path = written("set.h5", **{"train/pixels": images, "scores": np.zeros(7)})
    assert fingerprint(open_source(path)) == fingerprint(open_source(images))


@pytest.mark.slow
def test_workers_get_pixels(written, images):
    """Decoding processes do not open the file."""
    source = open_source(written(images=images))
    prepare = lambda image: image.mean(axis=(0, 1)).astype(np.float32)  # noqa: E731
    for workers in (0, 2):
        batches = prepared_batches(source, [prepare], alpha="white", batch_size=4, workers=workers)
        assert len(np.concatenate([batch for (batch,) in batches])) == 7


@pytest.mark.parametrize(
    ("sets", "reason"),
    [
        ({"features": np.zeros((5, 7))}, r"four axes, or imgs; it holds features \(float64 \[5, 7\]\)"),
        ({}, "it holds nothing"),
        ({"a": np.zeros((2, 3, 4, 4), np.uint8), "b": np.zeros((2, 3, 4, 4), np.uint8)}, r"it holds a \(uint8"),
        ({"imgs": np.zeros((2, 3, 4, 3), np.uint8)}, r"imgs needs uint8 \[n, 3, h, w\] or \[n, h, w, 3\]; got \[2, 3,"),
        ({"imgs": np.zeros((2, 1, 4, 4), np.uint8)}, r"got \[2, 1, 4, 4\]"),
        ({"imgs": np.zeros((0, 3, 4, 4), np.uint8)}, r"got \[0, 3, 4, 4\]"),
        ({"imgs": np.zeros((2, 3, 4, 4), np.uint8), "labels": np.arange(3)}, "a label in labels .*; it has 3 for 2"),
    ],
)
def test_other_contents_are_refused(written, sets, reason):
    """The error names the file and what it holds."""
    with pytest.raises(InputError, match=rf"set\.hdf5.*{reason}"):
        open_source(written(**sets))


@pytest.mark.parametrize("keep", [0, 100, -50])
def test_a_file_cut_short_is_named(written, images, keep):
    """One line, without the library's traceback."""
    path = written(imgs=images)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"set\.hdf5 cannot be read as HDF5: [^\n]+$"):
        open_source(path)


def test_a_damaged_chunk_is_an_unreadable_image(written, images):
    """The chunk does not unpack, and the image is named where it is read."""
    path = written(imgs=np.tile(images, (20, 1, 1, 1)), options={"chunks": (140, 6, 9, 3), "compression": "gzip"})
    data = bytearray(path.read_bytes())
    data[-3000:-500] = bytes(2500)
    path.write_bytes(data)
    with pytest.raises(InputError, match="^cannot be read: "):
        open_source(path).read(0)


def test_without_h5py_the_command_is_told(tmp_path, monkeypatch):
    """The extra is named for what it is for."""
    (tmp_path / "set.h5").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(InputError, match=r'an HDF5 file needs the package h5py, .*: pip install "ganmetrics\[hdf5\]"'):
        open_source(tmp_path / "set.h5")
