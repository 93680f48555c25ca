"""HDF5 files are read by chunks, in the layout of BigGAN-PyTorch's and in the other."""

import os
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


SHAPE = (2, 3, 8, 8)


@pytest.fixture
def beside(tmp_path):
    """Return a pipe beside the file: who opens it waits for ever."""
    os.mkfifo(tmp_path / "other.h5")
    return tmp_path / "other.h5"


def stored_elsewhere(file, other, name="imgs"):
    file.create_dataset(name, SHAPE if name == "imgs" else (2,), "u1", external=[(str(other), 0, 384)])


def linked_elsewhere(file, other, name="imgs"):
    file[name] = h5py.ExternalLink(str(other), name)


def made_of_others(file, other, name="imgs"):
    """Its shape is not known before the others are opened."""
    shape = SHAPE if name == "imgs" else (2,)
    layout = h5py.VirtualLayout(shape, "u1", maxshape=(None, *shape[1:]))
    source = h5py.VirtualSource(str(other), name, shape, maxshape=(None, *shape[1:]))
    layout[: h5py.h5s.UNLIMITED] = source[: h5py.h5s.UNLIMITED]
    file.create_virtual_dataset(name, layout)


def linked_twice(file, other, name="imgs"):
    """By a name in the file that leads through a group of another."""
    file["group"] = h5py.ExternalLink(str(other), "/")
    file[name] = h5py.SoftLink("/group/x")
    if name == "imgs":
        file.create_dataset("x", data=np.ones(SHAPE, "u1"))
        file["labels"] = h5py.SoftLink("/group/x")


@pytest.mark.parametrize("name", ["imgs", "labels"])
@pytest.mark.parametrize("make", [stored_elsewhere, linked_elsewhere, made_of_others, linked_twice])
def test_what_lies_in_other_files_is_refused(tmp_path, beside, make, name):
    """Before any of them is opened: a file from elsewhere could otherwise show any file of this machine."""
    with h5py.File(tmp_path / "set.h5", "w") as file:
        if name == "labels":
            file.create_dataset("imgs", data=np.ones(SHAPE, "u1"))
        make(file, beside, name)
    with pytest.raises(InputError, match=r"set\.h5 needs to hold its data itself; (imgs|labels) (is a|lies in other)"):
        open_source(tmp_path / "set.h5")


def test_links_within_the_file_lead_to_labels(written, images):
    """By whole paths and from their own group, one after the other; one that leads to itself leads nowhere."""
    path = written("set.h5", **{"train/pixels": images, "train/numbers": np.arange(7)})
    with h5py.File(path, "a") as file:
        file["train/y"] = h5py.SoftLink("numbers")
        file["labels"] = h5py.SoftLink("/train/y")
        file["label"] = h5py.SoftLink("label")
    assert open_source(path).class_of(6) == "6"
    with h5py.File(path, "a") as file:
        del file["labels"]
    assert open_source(path).class_of(6) is None


@pytest.mark.parametrize(
    ("shape", "chunks", "reason"),
    [
        (SHAPE, (1, 3, 8, 8), r"of imgs \[2, 3, 8, 8\] none is stored"),
        ((2**40, 3, 8, 8), (1, 3, 8, 8), "none is stored"),
        ((2**40, 3, 8, 8), (1, 3, 8, 8), "of imgs, 211,106,232,532,992 bytes, 192 are stored"),
        ((2, 3, 2**31, 2**20), (1, 1, 1, 1024), "of imgs, 13,510,798,882,111,488 bytes, 1,024 are stored"),
        (
            (10**6, 3, 32, 32),
            (10**6, 3, 32, 32),
            "may have chunks of up to 1,073,741,824 bytes; those of imgs have 3,072",
        ),
    ],
)
def test_what_is_not_stored_is_refused(tmp_path, shape, chunks, reason):
    """The library reads zeros for it, without end where a small file says that it has 2^40 images."""
    with h5py.File(tmp_path / "set.h5", "w") as file:
        item = file.create_dataset(
            "imgs", shape, "u1", chunks=chunks, compression="gzip" if "chunks" in reason else None
        )
        if "none" not in reason and "chunks" not in reason:
            item.id.write_direct_chunk((0, 0, 0, 0), bytes(np.prod(chunks)))
        if "chunks" in reason:
            item.id.write_direct_chunk((0, 0, 0, 0), bytes(2 * 10**6))
    with pytest.raises(InputError, match=rf"set\.h5 .*{reason}"):
        open_source(tmp_path / "set.h5")


def test_one_image_larger_than_any_is_refused(tmp_path):
    """It is what is read at once, at the least."""
    with h5py.File(tmp_path / "set.h5", "w") as file:
        item = file.create_dataset("imgs", (1, 3, 2**15, 2**14), "u1", chunks=(1, 1, 2**10, 2**10), compression="gzip")
        for place in range(16):
            item.id.write_direct_chunk((0, 0, 2**10 * place, 0), bytes(60_000))
    with pytest.raises(InputError, match=r"may hold images of up to 1,073,741,824 bytes; one has 1,610,612,736"):
        open_source(tmp_path / "set.h5")


def test_chunks_of_many_images_are_read_in_parts(tmp_path, images, monkeypatch):
    """Where a chunk is a small part of each of many images, these are not all read at once."""
    monkeypatch.setattr("ganmetrics.data.hdf5._LARGEST", 6 * 9 * 3 * 2)
    with h5py.File(tmp_path / "set.h5", "w") as file:
        file.create_dataset("imgs", data=images, chunks=(7, 6, 1, 3))
    assert fingerprint(open_source(tmp_path / "set.h5")) == fingerprint(open_source(images))


def test_images_of_one_colour_compress_as_far_as_they_do(tmp_path):
    """What gzip makes of zeros is a file of images all the same."""
    with h5py.File(tmp_path / "set.h5", "w") as file:
        file.create_dataset("imgs", data=np.zeros((25, 3, 1024, 1024), "u1"), chunks=(1, 3, 1024, 1024), compression=9)
    assert len(open_source(tmp_path / "set.h5")) == 25
