"""The file of stored statistics: no pickle, whole or absent, verified."""

import io
import zipfile

import numpy as np
import pytest

from ganmetrics import Features, Reference
from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.references import store
from ganmetrics.references.formats.mu_sigma import FEATURES_LIMIT
from ganmetrics.references.formats.registry import read_foreign
from ganmetrics.references.store import member_names, read_npz, read_statistics, write_statistics

HEADER = {"count": 3, "source": "real"}


def write(path, arrays=None):
    write_statistics(path, dict(HEADER), arrays or {"mu": np.arange(3.0), "sigma": np.eye(3)})
    return path


def test_what_is_read_is_what_was_written(tmp_path):
    """Header and arrays come back bit for bit."""
    arrays = {"mu": np.array([0.1, -0.0, 1e-310]), "sigma": np.random.default_rng(0).normal(size=(3, 3))}
    header, read = read_statistics(write(tmp_path / "a.npz", arrays))
    assert header == HEADER
    assert all(read[name].tobytes() == arrays[name].tobytes() for name in arrays)


def test_other_libraries_find_mu_and_sigma_without_pickle(tmp_path):
    """The names and layout are those of the field's exchange files."""
    with np.load(write(tmp_path / "a.npz"), allow_pickle=False) as file:
        assert file["mu"].shape == (3,)
        assert file["sigma"].shape == (3, 3)


def test_a_changed_array_is_noticed(tmp_path):
    """A file whose contents were changed is refused though its zip checksums hold."""
    path = write(tmp_path / "a.npz")
    with np.load(path) as file:
        members = {name: file[name] for name in file.files}
    members["sigma"] = members["sigma"] * (1 + 1e-15)
    np.savez(path, **members)
    with pytest.raises(StaleStatistics, match=r"a\.npz is damaged: its contents do not have the digest"):
        read_statistics(path)


def test_a_changed_header_is_noticed(tmp_path):
    """The count is as much part of the number as the covariance."""
    path = write(tmp_path / "a.npz")
    with np.load(path) as file:
        members = {name: file[name] for name in file.files}
    members["header"] = np.array(str(members["header"]).replace('"count": 3', '"count": 4'))
    np.savez(path, **members)
    with pytest.raises(StaleStatistics, match="is damaged"):
        read_statistics(path)


@pytest.mark.parametrize("length", [0, 10, 200, -30])
def test_a_truncated_file_is_refused(tmp_path, length):
    """Half a file is no file."""
    path = write(tmp_path / "a.npz")
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises((StaleStatistics, InputError), match=r"a\.npz"):
        read_statistics(path)


def test_flipped_bytes_are_refused(tmp_path):
    """One wrong byte anywhere is an error, never another number."""
    path = write(tmp_path / "a.npz")
    whole = path.read_bytes()
    rng = np.random.default_rng(1)
    for position in rng.integers(0, len(whole), 60):
        damaged = bytearray(whole)
        damaged[position] ^= 0x10
        path.write_bytes(bytes(damaged))
        try:
            header, arrays = read_statistics(path)
        except (StaleStatistics, InputError):
            continue
        assert header == HEADER, f"byte {position} changed the header unnoticed"
        assert np.array_equal(arrays["sigma"], np.eye(3)), f"byte {position} changed the covariance unnoticed"


def test_an_object_array_is_never_unpickled(tmp_path):
    """A file that needs pickle could run code; it is refused."""
    path = tmp_path / "evil.npz"
    np.savez(path, header=np.array([{"a": 1}], dtype=object))
    with pytest.raises(InputError, match=r"without pickle; .*evil\.npz"):
        read_statistics(path)


def test_missing_and_foreign_files_are_told_apart(tmp_path):
    """The message names the file and what it has instead."""
    with pytest.raises(InputError, match=r"there is none at .*none\.npz"):
        read_statistics(tmp_path / "none.npz")
    np.savez(tmp_path / "b.npz", weights=np.ones(2))
    with pytest.raises(InputError, match=r"needs a 'header' member; .*b\.npz has weights"):
        read_statistics(tmp_path / "b.npz")


def test_another_format_is_refused(tmp_path):
    """A later version's file is not guessed at."""
    path = tmp_path / "a.npz"
    np.savez(path, header=np.array('{"format": "ganmetrics reference 9"}'))
    with pytest.raises(StaleStatistics, match="needs format 'ganmetrics reference 1'; it has 'ganmetrics reference 9'"):
        read_statistics(path)
    np.savez(path, header=np.array("not json"))
    with pytest.raises(StaleStatistics, match="its header is not JSON"):
        read_statistics(path)


def test_the_file_is_a_plain_zip(tmp_path):
    """No compression: the statistics are noise to a compressor, and loading should not wait for one."""
    with zipfile.ZipFile(write(tmp_path / "a.npz")) as archive:
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


@pytest.mark.slow
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_any_damage_is_one_error(tmp_path, save):
    """Whatever bytes are wrong, the answer is one of ours or the right arrays, never a traceback of zlib's."""
    path = tmp_path / "stats.npz"
    right, refused = {"mu": np.arange(20.0), "sigma": np.eye(20)}, 0
    save(path, **right)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(150):
        damaged = bytearray(whole)
        for position in rng.integers(0, len(whole), 2):
            damaged[position] ^= int(rng.integers(1, 256))
        path.write_bytes(bytes(damaged))
        names = member_names(path)
        try:
            arrays = read_npz(path)
        except (StaleStatistics, InputError) as error:
            assert "stats.npz" in str(error)
            refused += 1
        else:
            # A member whose own name was hit is no array any more; what is left is right.
            assert names == set(arrays) <= set(right)
            assert all(np.array_equal(arrays[name], right[name]) for name in arrays)
    assert refused > 75


def test_only_the_asked_members_are_read(tmp_path):
    """Gigabytes of images beside the statistics stay on the disk."""
    np.savez(tmp_path / "adm.npz", mu=np.zeros(2), sigma=np.eye(2), arr_0=np.zeros((9, 4, 4, 3), np.uint8))
    assert set(read_npz(tmp_path / "adm.npz", ("mu", "sigma"))) == {"mu", "sigma"}


def zeros_in_zip(path, name, count, dtype="<f8"):
    """Add an array of zeros to a zip archive, compressed to a thousandth, without making it."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": dtype, "fortran_order": False, "shape": (count,)})
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(f"{name}.npy", "w", force_zip64=True) as member,
    ):
        member.write(head.getvalue())
        for _ in range(count * np.dtype(dtype).itemsize >> 20):
            member.write(bytes(1 << 20))


def test_what_a_reference_may_not_hold_is_not_read(tmp_path, monkeypatch):
    """An array of another name, a header or an array that is far too large: told before any of it is read."""
    monkeypatch.setattr(store, "_HEADER_LIMIT", 1 << 20)
    extra = write(tmp_path / "extra.npz")
    zeros_in_zip(extra, "other", 1 << 20)
    header = tmp_path / "header.npz"
    zeros_in_zip(header, "header", 1, dtype="<U2097152")
    large = write(tmp_path / "large.npz", {"mu": np.arange(3.0)})
    zeros_in_zip(large, "sigma", 1 << 20)
    read = []
    real = np.lib.format.read_array
    monkeypatch.setattr(
        "numpy.lib.format.read_array", lambda *given, **options: read.append(1) or real(*given, **options)
    )
    for path, told, arrays in (
        (extra, "is damaged: this version stores no other$", 1),
        (header, "needs header of at most 1,048,576 bytes; it has 8,38", 0),
        (large, "needs sigma of at most 120,360 bytes; it has 8,38", 1),
    ):
        read.clear()
        with pytest.raises(StaleStatistics, match=told):
            read_statistics(path)
        assert len(read) <= arrays


def test_what_unpacks_to_far_more_than_it_is_is_not_read(tmp_path, monkeypatch):
    """Statistics hardly shrink; small ones may all be equal."""
    path = tmp_path / "zeros.npz"
    zeros_in_zip(path, "sigma", 1 << 20)
    assert not read_npz(path)["sigma"].any()
    monkeypatch.setattr(store, "_LARGE", 1 << 20)
    with pytest.raises(StaleStatistics, match=r"is damaged: sigma unpacks from [\d,]+ to 8,388,\d+ bytes$"):
        read_npz(path)


def test_statistics_of_more_features_than_any_network_has_are_refused(tmp_path):
    """Another library's file says nothing else of how large it is; nothing is unpacked."""
    path = tmp_path / "foreign.npz"
    zeros_in_zip(path, "mu", 1 << 17)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("sigma.npy", b"")
        # What it declares is all that is looked at.
        archive.getinfo("sigma.npy").file_size = 8 * (FEATURES_LIMIT + 1) ** 2
    with pytest.raises(StaleStatistics, match=r"needs sigma of at most 2,147,487,744 bytes; it has 2,147,745,800$"):
        read_foreign(path)


@pytest.mark.parametrize("width", [1, 3, 64, 300])
@pytest.mark.parametrize("floor", [False, True])
def test_references_of_few_features_are_read(tmp_path, width, floor):
    """What is kept of their images is larger than their covariance."""
    features = Features(np.random.default_rng(0).standard_normal((1500, width)))
    stored = Reference.from_features(features, floor=floor)
    stored.save(tmp_path / "set.npz")
    assert Reference.load(tmp_path / "set.npz").count == 1500
