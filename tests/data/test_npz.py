"""An npz of images is read in place, or refused with what it holds."""

import pickle

import numpy as np
import pytest

from ganmetrics.data.npz import npz_holds_images, open_npz
from ganmetrics.data.raw import RawSource
from ganmetrics.errors import InputError


@pytest.fixture
def images(noise):
    """Return five images [5, h, w, 3]."""
    return np.stack([noise(seed=seed) for seed in range(5)])


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("order", ["C", "F"])
def test_images_come_back(tmp_path, images, save, order):
    """Stored or compressed, by rows or by columns, every image reads as it was."""
    save(tmp_path / "set.npz", np.asarray(images, order=order), np.arange(5))
    source = open_npz(tmp_path / "set.npz")
    source = pickle.loads(pickle.dumps(source))
    assert all((source.read(index) == images[index]).all() for index in range(5))
    assert (len(source), source.uniform_size) == (5, (9, 6))
    assert [source.class_of(index) for index in range(5)] == ["0", "1", "2", "3", "4"]
    assert (source.name, source.label(4)) == (f"{tmp_path}/set.npz", f"{tmp_path}/set.npz::arr_0[4]")
    assert isinstance(source, RawSource) == (save is np.savez and order == "C")


def test_an_uncompressed_file_is_not_loaded(tmp_path, images):
    """A copy of the source for a worker holds no pixels."""
    np.savez(tmp_path / "set.npz", np.tile(images, (200, 1, 1, 1)))
    assert len(pickle.dumps(open_npz(tmp_path / "set.npz"))) < 1000


def test_indices_end(tmp_path, images):
    """There is no image past the last."""
    np.savez(tmp_path / "set.npz", images)
    with pytest.raises(IndexError):
        open_npz(tmp_path / "set.npz").read(5)


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"arr_0": np.zeros((2, 4, 5, 3))}, r"::arr_0 needs uint8 images \[n, h, w, 3\]; got float64 \[2, 4, 5, 3\]"),
        ({"arr_0": np.zeros((2, 3, 4, 5), np.uint8)}, r"got uint8 \[2, 3, 4, 5\]; images.transpose"),
        ({"arr_0": np.array([{}])}, r"::arr_0 needs pickle, which can run any code"),
        (
            {"mu": np.zeros(3), "sigma": np.zeros((3, 3))},
            r"needs an array arr_0, or one array, of uint8 .*; it holds mu, sigma",
        ),
    ],
)
def test_other_arrays_are_refused(tmp_path, arrays, reason):
    """The error says what came; nothing is unpickled."""
    np.savez(tmp_path / "set.npz", **arrays)
    with pytest.raises(InputError, match=r"^\S+set\.npz" + ".*" + reason):
        open_npz(tmp_path / "set.npz")


@pytest.mark.parametrize("keep", [0, 40, 700])
def test_a_damaged_file_is_named(tmp_path, images, keep):
    """A file cut short anywhere is one line that names it."""
    np.savez(tmp_path / "set.npz", images)
    (tmp_path / "set.npz").write_bytes((tmp_path / "set.npz").read_bytes()[:keep])
    with pytest.raises(InputError, match=r"set\.npz cannot be read as an npz: [^\n]+$"):
        open_npz(tmp_path / "set.npz")


def test_a_file_that_shrank_is_unreadable(tmp_path, images):
    """An image past the end of a file that was cut later is truncated, not zeros."""
    np.savez(tmp_path / "set.npz", images)
    source = open_npz(tmp_path / "set.npz")
    (tmp_path / "set.npz").write_bytes((tmp_path / "set.npz").read_bytes()[:400])
    with pytest.raises(InputError, match="^truncated$"):
        source.read(4)


def test_a_header_that_promises_more_is_refused(tmp_path, images):
    """An array whose header gives more images than the file holds is damaged."""
    np.savez(tmp_path / "set.npz", images)
    data = (tmp_path / "set.npz").read_bytes().replace(b"(5, 6, 9, 3)", b"(9, 6, 9, 3)")
    (tmp_path / "set.npz").write_bytes(data)
    with pytest.raises(InputError, match=r"set\.npz is damaged: arr_0 needs 1,586 bytes and has 938|checksum|CRC"):
        open_npz(tmp_path / "set.npz")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_changed_bytes_are_found(tmp_path, images, save):
    """Damage among the pixels, which no header tells of, is found wherever it lies, and none is scored."""
    many = np.tile(images, (40, 1, 1, 1))
    save(tmp_path / "set.npz", many)
    sound = (tmp_path / "set.npz").read_bytes()
    for place in range(300, len(sound) - 300, len(sound) // 9):
        damaged = bytearray(sound)
        damaged[place] ^= 0x55
        (tmp_path / "set.npz").write_bytes(damaged)
        with pytest.raises(InputError, match=r"set\.npz cannot be read as an npz: [^\n]+$"):
            open_npz(tmp_path / "set.npz")


def test_an_encrypted_file_is_refused(tmp_path, images):
    """An archive that asks for a password is one line too."""
    np.savez(tmp_path / "set.npz", images)
    data = bytearray((tmp_path / "set.npz").read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    (tmp_path / "set.npz").write_bytes(data)
    with pytest.raises(InputError, match=r"set\.npz cannot be read as an npz: .*encrypted"):
        open_npz(tmp_path / "set.npz")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("other", [(), (np.zeros((5, 8)),), (np.zeros(3),)])
def test_without_labels_there_are_no_classes(tmp_path, images, save, other):
    """A second array that holds no integers, one each, says nothing of classes."""
    save(tmp_path / "set.npz", images, *other)
    assert open_npz(tmp_path / "set.npz").class_of(0) is None


def test_labels_that_do_not_match_are_refused(tmp_path, images):
    """Four labels cannot be of five images."""
    np.savez(tmp_path / "set.npz", images, np.arange(4))
    with pytest.raises(InputError, match=r"set\.npz needs a label in arr_1 for each image; it has 4 for 5"):
        open_npz(tmp_path / "set.npz")


def test_images_beside_statistics_are_images(tmp_path, images):
    """Guided diffusion's reference batches hold both; which of them a metric needs is decided elsewhere."""
    statistics = {"mu": np.zeros(3), "sigma": np.eye(3), "mu_s": np.zeros(2), "sigma_s": np.eye(2)}
    np.savez(tmp_path / "both.npz", arr_0=images, **statistics)
    np.savez(tmp_path / "statistics.npz", **statistics)
    (tmp_path / "damaged.npz").write_bytes(b"PK")
    assert (open_npz(tmp_path / "both.npz").read(3) == images[3]).all()
    assert npz_holds_images(tmp_path / "both.npz")
    assert not npz_holds_images(tmp_path / "statistics.npz")
    assert not npz_holds_images(tmp_path / "damaged.npz")


@pytest.mark.parametrize("labels", ["labels", "label"])
def test_the_only_images_may_have_any_name(tmp_path, images, labels):
    """As long as nothing else in the file could be meant."""
    np.savez(tmp_path / "set.npz", samples=images, seeds=np.arange(5), **{labels: np.arange(5) % 2})
    source = open_npz(tmp_path / "set.npz")
    assert source.label(4) == f"{tmp_path}/set.npz::samples[4]"
    assert [source.class_of(index) for index in range(3)] == ["0", "1", "0"]
    assert source.listing.classes_from == labels
    assert (source.read(3) == images[3]).all()
    np.savez(tmp_path / "two.npz", train=images, test=images)
    with pytest.raises(InputError, match=r"or one array, of uint8 .*; it holds test, train, 2 of which are such$"):
        open_npz(tmp_path / "two.npz")


def test_labels_are_not_unpacked_before_they_are_counted(tmp_path, images, monkeypatch):
    """A few kB unpack to any number of zeros."""
    np.savez_compressed(tmp_path / "set.npz", images, np.zeros(10**6, np.int64))
    monkeypatch.delattr(np.lib.format, "read_array")
    with pytest.raises(InputError, match="needs a label in arr_1 for each image; it has 1,000,000 for 5"):
        open_npz(tmp_path / "set.npz")
