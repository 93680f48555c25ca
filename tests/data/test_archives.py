"""A zip is a folder, with its own ways to be damaged or hostile."""

import os
import pickle
import zipfile

import pytest

from ganmetrics.data import archives
from ganmetrics.data.archives import ZipSource
from ganmetrics.errors import InputError


@pytest.fixture
def zipped(tmp_path):
    """Return a writer of zip archives from names and bytes."""

    def write(members, **options):
        path = tmp_path / "set.zip"
        with zipfile.ZipFile(path, "w", **options) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return path

    return write


def test_members_are_those_of_a_folder(zipped):
    """Order, hidden names, other files and classes follow the rules for folders."""
    path = zipped({"dog/1.PNG": b"d", "cat/1.png": b"c", "a.txt": b"", "__MACOSX/1.png": b"", "cat/.x.png": b""})
    source = ZipSource(path)
    assert [source.label(index) for index in range(2)] == [f"{path}::cat/1.png", f"{path}::dog/1.PNG"]
    assert [source.read(index) for index in range(2)] == [b"c", b"d"]
    assert [source.class_of(index) for index in range(2)] == ["cat", "dog"]
    assert (len(source), source.ignored, source.name) == (2, 1, str(path))


@pytest.mark.parametrize("name", ["../1.png", "/1.png", "a/../../1.png", "C:/1.png", "..\\1.png"])
def test_paths_that_lead_out_are_refused(zipped, name):
    """A member with an absolute path or one with dots is an error that names it."""
    with pytest.raises(InputError, match="has a member whose path leads out of the archive: ") as caught:
        ZipSource(zipped({"1.png": b"", name: b""}))
    assert str(caught.value).endswith(name)


def test_links_are_refused(zipped):
    """A member that is a symbolic link is an error."""
    link = zipfile.ZipInfo("1.png")
    link.external_attr = 0o120777 << 16
    with pytest.raises(InputError, match=r"has a member that is a link: 1\.png"):
        ZipSource(zipped({link: b"/etc/passwd"}))


def test_encrypted_members_are_refused(zipped):
    """An archive with a password is an error that names a member."""
    path = zipped({"1.png": b"data"})
    data = bytearray(path.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"without a password; 1\.png is encrypted"):
        ZipSource(path)


def test_a_bad_checksum_is_an_unreadable_image(zipped):
    """A member whose bytes changed is refused when it is read."""
    path = zipped({"1.png": b"some data"})
    path.write_bytes(path.read_bytes().replace(b"some data", b"same data"))
    with pytest.raises(InputError, match="^bad checksum in the archive$"):
        ZipSource(path).read(0)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_compression_is_an_unreadable_image(zipped, method):
    """A compressed stream that breaks off in nonsense has a reason, whatever the method."""
    path = zipped({"1.png": bytes(range(256)) * 40}, compression=method)
    data = bytearray(path.read_bytes())
    data[60:100] = b"\xa5" * 40
    path.write_bytes(data)
    with pytest.raises(InputError, match="^(cannot be unpacked: |bad checksum)"):
        ZipSource(path).read(0)


def test_zip_bombs_are_refused(zipped, monkeypatch):
    """A member that unpacks to more than the limit is refused before it is unpacked."""
    monkeypatch.setattr(archives, "MEMBER_LIMIT", 1000)
    with pytest.raises(InputError, match=r"images of up to 1,000 bytes; 1\.png unpacks to 100,000"):
        ZipSource(zipped({"1.png": bytes(100_000)}, compression=zipfile.ZIP_DEFLATED))


@pytest.mark.parametrize("data", [b"", b"no zip", b"PK\x03\x04" + bytes(50)])
def test_what_is_no_zip(tmp_path, data):
    """A file that is no archive is one line that names it."""
    (tmp_path / "set.zip").write_bytes(data)
    with pytest.raises(InputError, match=r"set\.zip cannot be opened as a zip archive: File is not a zip file"):
        ZipSource(tmp_path / "set.zip")


def test_an_archive_of_another_kind_is_refused(zipped):
    """A member that needs a newer version of the format than there is makes one line, as damage does."""
    path = zipped({"1.png": b"one"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 6] = 165
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"set\.zip cannot be opened as a zip archive: zip file version 16\.5"):
        ZipSource(path)


def test_an_empty_archive_says_what_is_there(zipped):
    """Without images, the error gives the number of other files."""
    with pytest.raises(InputError, match=r"set\.zip needs to hold image files; it has none, only 1 other file$"):
        ZipSource(zipped({"a.txt": b""}))


def test_every_process_opens_the_archive(zipped):
    """After a fork, and after pickling, reading uses a descriptor of its own."""
    source = ZipSource(zipped({"1.png": b"one", "2.png": b"two"}))
    assert source.read(0) == b"one"
    ours = source._opened
    assert pickle.loads(pickle.dumps(source)).read(1) == b"two"
    source._opened = (os.getpid() + 1, ours[1])
    assert source.read(1) == b"two"
    assert source._opened[1] is not ours[1]


def changed(path, old, new):
    """Replace bytes in an archive, in the directory at its end and before each member."""
    path.write_bytes(path.read_bytes().replace(old, new))
    return path


def test_a_name_that_is_said_to_be_utf8_and_is_not(zipped):
    """Such an archive is refused with the name, where Python's reader fails with an error of its own."""
    path = changed(zipped({"é.png": b"data", "1.png": b"data"}), "é.png".encode(), b"\xe9a.png")
    with pytest.raises(InputError, match=r"says that a member's name is UTF-8, and it is not \(b'\\xe9a.png'\)"):
        ZipSource(path)


def test_a_name_that_is_wrong_before_its_member_only(zipped):
    """The directory can be read; the image is one that cannot."""
    path = zipped({"é.png": b"data", "1.png": b"data"})
    path.write_bytes(path.read_bytes().replace("é.png".encode(), b"\xe9a.png", 1))
    source = ZipSource(path)
    assert source.read(0) == b"data"
    with pytest.raises(InputError, match=r"^cannot be unpacked: "):
        source.read(1)


def test_a_member_without_a_name(zipped):
    """It is refused; its name has no last letter that could say whether it is a folder."""
    path = zipped({"1.png": b"data"})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    # A name of no length, whose letters become a comment of five.
    data[at + 28 : at + 30], data[at + 32 : at + 34] = b"\0\0", b"\5\0"
    path.write_bytes(data)
    with pytest.raises(InputError, match="has a member without a name$"):
        ZipSource(path)


def test_backslashes_in_names_are_slashes(tmp_path):
    """Some tools of Windows write them; folders, classes and what systems keep are then as in a folder."""
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("dog\\1.png", "cat\\1.png", "cat\\", "__MACOSX\\1.png", "cat\\note.txt"):
            member = zipfile.ZipInfo("x")
            member.filename = name
            archive.writestr(member, name.encode())
    source = ZipSource(path)
    assert [source.member(index) for index in range(len(source))] == ["cat/1.png", "dog/1.png"]
    assert [source.read(index) for index in range(2)] == [b"cat\\1.png", b"dog\\1.png"]
    assert [source.class_of(index) for index in range(2)] == ["cat", "dog"]
    assert (source.ignored, source.listing.hidden) == (1, 1)
    assert pickle.loads(pickle.dumps(source)).read(0) == b"cat\\1.png"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("cat/1.png", b"")
    with pytest.raises(InputError, match=r"set\.zip holds cat/1\.png twice, once with backslashes$"):
        ZipSource(path)


def test_an_odd_dataset_json_is_refused(zipped, monkeypatch):
    """Deeper than Python reads, or far longer than what describes the images: a few kB can unpack to gigabytes."""
    with pytest.raises(InputError, match=r"set\.zip::dataset\.json cannot be read as JSON"):
        ZipSource(zipped({"1.png": b"data", "dataset.json": b"[" * 200_000}))
    monkeypatch.setattr("ganmetrics.data.classes._JSON_LIMIT", 2000)
    members = {f"{number}.png": b"data" for number in range(3)}
    assert len(ZipSource(zipped({**members, "dataset.json": b'{"labels": null}'.ljust(3000)}))) == 3
    path = zipped({"1.png": b"data", "2.png": b"", "dataset.json": b"[]," * 1000})
    with pytest.raises(
        InputError, match=r"may hold a dataset\.json of up to 2,000 bytes; dataset\.json unpacks to 3,000"
    ):
        ZipSource(path)
