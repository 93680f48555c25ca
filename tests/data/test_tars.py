"""Tars are read in place, whole or not at all; webdataset's labels are classes."""

import io
import json
import pickle
import tarfile

import pytest

from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.looking import audit
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError


@pytest.fixture
def tarred(tmp_path):
    """Return a writer of tars from pairs of names and bytes, in the given order, as webdataset's writer does."""

    def write(members, name="set.tar", form=tarfile.USTAR_FORMAT):
        with tarfile.open(tmp_path / name, "w", format=form) as archive:
            for path, data in members:
                info = tarfile.TarInfo(path)
                info.size, info.mode = len(data), 0o444
                archive.addfile(info, io.BytesIO(data))
        return tmp_path / name

    return write


def samples(numbers, noise, encoded, **beside):
    """Return the members of webdataset's samples: an image and what lies beside it, sample by sample."""
    members = []
    for number in numbers:
        members.append((f"{number:06d}.png", encoded(noise(seed=number))))
        members += [(f"{number:06d}.{suffix}", value(number)) for suffix, value in beside.items()]
    return members


def test_a_tar_of_a_folder_is_that_folder(tmp_path, folder, noise, encoded):
    """Order, contents, classes and what is passed over agree, as tar itself writes it, with ./ before each path."""
    for name in ("cat", "dog"):
        (folder / name).mkdir()
        (folder / name / "b.png").write_bytes(encoded(noise(seed=9)))
        (folder / name / ".a.png").write_bytes(b"")
    for index in range(3):
        (folder / f"{index}.png").rename(folder / "dog" / f"{index}.png")
    with tarfile.open(tmp_path / "set.tar", "w") as archive:
        archive.add(folder, ".")
    packed, source = open_source(tmp_path / "set.tar"), open_source(folder)
    assert fingerprint(packed) == fingerprint(source)
    assert audit(packed) == audit(source)
    assert [packed.class_of(index) for index in range(5)] == ["cat", "dog", "dog", "dog", "dog"]
    assert packed.label(0) == f"{tmp_path}/set.tar::cat/b.png"
    assert packed.member(0) == "cat/b.png"
    assert pickle.loads(pickle.dumps(packed)).read(1) == source.read(1)


@pytest.mark.parametrize(
    ("suffix", "value"),
    [
        ("cls", lambda number: f"{number % 2}".encode()),
        ("cls", lambda number: f"{number % 2}\n".encode()),
        ("json", lambda number: json.dumps({"label": number % 2, "key": "x"}).encode()),
    ],
)
def test_labels_beside_the_images_are_classes(tarred, noise, encoded, suffix, value):
    """A sample's .cls, or the label of its .json."""
    source = open_source(tarred(samples(range(4), noise, encoded, **{suffix: value}, txt=lambda _: b"a caption")))
    assert [source.class_of(index) for index in range(4)] == ["0", "1", "0", "1"]
    line = audit(source).line()
    pixels, others = "4 images, PNG, 9x6 pixels", "4 files that are no images passed over"
    assert line == f"{pixels}; {others}; 2 classes from .{suffix} members, of 2 images each"


def test_shards_are_one_set(tmp_path, tarred, noise, encoded):
    """A brace pattern is read shard after shard, and so is a shell's."""
    for shard in range(3):
        numbers = range(2 * shard, 2 * shard + 2)
        tarred(samples(numbers, noise, encoded, cls=lambda number: str(number).encode()), f"train-{shard:03d}.tar")
    for pattern in ("train-{000..002}.tar", "train-*.tar", "train-00{0,1,2}.tar"):
        source = open_source(tmp_path / pattern)
        assert [source.class_of(index) for index in range(6)] == list("012345")
        assert source.label(5) == f"{tmp_path}/train-002.tar::000005.png"
        assert source.read(5) == encoded(noise(seed=5))
        assert source.name == f"{tmp_path}/{pattern}"


def test_json_without_a_label_gives_no_class(tarred, noise, encoded):
    """Captions, as img2dataset writes them, are other files."""
    source = open_source(tarred(samples(range(2), noise, encoded, json=lambda _: b'{"caption": "a cat"}')))
    assert source.class_of(0) is None
    assert source.ignored == 2


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ([("x.png", b"data")], "needs a label in a .cls member for each image; x.png has none"),
        ([("000001.seg.png", b"mask")], r"needs one image a sample; 000001 has 000001\.png and 000001\.seg\.png"),
        ([("x.png", b"data"), ("x.cls", b"")], "x.cls needs to hold one label; got ''"),
        ([("x.png", b"data"), ("x.cls", b"1\n2\n")], "x.cls needs to hold one label"),
        ([("x.png", b"data"), ("x.cls", b"\xff")], "x.cls: .* can't decode"),
        ([("000000.png", b"data")], "holds 000000.png twice"),
        ([("../x.png", b"data")], r"has a member whose path leads out of the archive: \.\./x\.png"),
    ],
)
def test_samples_that_do_not_match(tarred, noise, encoded, others, reason):
    """A missing, empty or second label, a mask, a path twice, a path outwards: one line names the member."""
    members = samples(range(2), noise, encoded, cls=lambda _: b"1")
    with pytest.raises(InputError, match=rf"set\.tar.*{reason}"):
        open_source(tarred([*members, *others]))


def test_links_are_refused(tmp_path):
    """What a link leads to is not in the archive."""
    with tarfile.open(tmp_path / "set.tar", "w") as archive:
        link = tarfile.TarInfo("1.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with pytest.raises(InputError, match=r"has a member that is a link or no regular file: 1\.png"):
        open_source(tmp_path / "set.tar")


def test_a_tar_cut_anywhere_is_refused(tarred):
    """Also between two members, where it would read as a shorter set; a tar of no images gives the number of others."""
    path = tarred([(f"{number}.png", b"x" * 700) for number in range(3)])
    whole = path.read_bytes()
    for keep in (0, 100, 600, 1536, 1600, 2 * 1536, 2 * 1536 + 1100, 3 * 1536 - 1, 3 * 1536):
        path.write_bytes(whole[:keep])
        with pytest.raises(InputError, match=r"set\.tar (cannot be read as a tar: |is truncated: it has no end)"):
            open_source(path)
    path.write_bytes(whole[: 3 * 1536 + 512])
    assert len(open_source(path)) == 3
    with pytest.raises(InputError, match=r"set\.tar needs to hold image files; it has none, only 1 other file$"):
        open_source(tarred([("a.txt", b"")]))


def test_joined_and_damaged_tars_are_refused(tarred):
    """The reader would stop at the first end, or at a damaged header, and score the half."""
    path = tarred([(f"{number}.png", b"x" * 700) for number in range(3)])
    whole = path.read_bytes()
    path.write_bytes(whole + whole)
    with pytest.raises(InputError, match=r"set\.tar goes on after its end or is damaged; two tars joined"):
        open_source(path)
    damaged = bytearray(whole)
    damaged[1536 + 3] ^= 9
    path.write_bytes(damaged)
    with pytest.raises(InputError, match=r"set\.tar goes on after its end or is damaged"):
        open_source(path)


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz"])
def test_compressed_tars_are_refused(tmp_path, mode):
    """They cannot be read in place."""
    with tarfile.open(tmp_path / "set.tar", mode) as archive:
        archive.addfile(tarfile.TarInfo("1.png"))
    with pytest.raises(InputError, match=r"set\.tar is compressed, and .* cannot be read in place: unpack it"):
        open_source(tmp_path / "set.tar")


def test_a_tar_that_shrank_is_unreadable(tarred):
    """An image past the end of a file that was cut later is truncated."""
    path = tarred([("1.png", b"x" * 700)])
    source = open_source(path)
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(InputError, match="^truncated$"):
        source.read(0)


def test_images_and_their_masks_are_no_set_of_images(tarred, noise, encoded):
    """Also where nothing is labelled; files of one stem that are numbered are a set."""
    image = encoded(noise(seed=1))
    paths = [f"{number:06d}.{part}.png" for number in range(3) for part in ("image", "mask")]
    with pytest.raises(InputError, match=r"needs one image a sample; 000000 has 000000\.image\.png and 000000\.mask"):
        open_source(tarred([(path, image) for path in paths]))
    frames = [f"clip{number}.{frame:03d}.png" for number in range(3) for frame in range(2)]
    assert len(open_source(tarred([(path, image) for path in frames]))) == 6
    assert len(open_source(tarred([(f"all.{part}.png", image) for part in ("one", "two")]))) == 2


def dataset_json(numbers):
    return "dataset.json", json.dumps({"labels": [[f"{number}.png", number % 2] for number in numbers]}).encode()


@pytest.mark.parametrize("above", ["", "set/"])
def test_labels_of_a_dataset_json(tarred, noise, encoded, above):
    """As in a zip: beside the images, or beside their folder where that was packed with its name."""
    images = [(f"{number}.png", encoded(noise(seed=number))) for number in range(3)]
    path = tarred([(above + name, data) for name, data in [*images, dataset_json(range(3))]])
    source = open_source(path)
    assert [source.class_of(index) for index in range(3)] == ["0", "1", "0"]
    assert (source.listing.classes_from, source.ignored) == ("dataset.json", 0)


def test_each_tar_has_its_own_dataset_json(tarred, noise, encoded):
    """One that lacks it, or a label, is named."""
    parts = {number: [(f"{number}.png", encoded(noise(seed=number)))] for number in (1, 2)}
    for number, part in parts.items():
        path = tarred([*part, dataset_json([number])], f"s{number}.tar")
    source = open_source(str(path.with_name("s{1..2}.tar")))
    assert [source.class_of(index) for index in range(2)] == ["1", "0"]
    tarred(parts[2], "s2.tar")
    with pytest.raises(InputError, match=r"needs a dataset\.json with labels in each tar; \S+s2\.tar has none$"):
        open_source(str(path.with_name("s{1..2}.tar")))
    tarred([*parts[2], dataset_json([1])], "s2.tar")
    with pytest.raises(InputError, match=r"s2\.tar::dataset\.json needs a label for each image; 1 of 1 have none"):
        open_source(path)


SPARSE = {
    "0.0": {
        "GNU.sparse.size": "5000",
        "GNU.sparse.numblocks": "1",
        "GNU.sparse.offset": "0",
        "GNU.sparse.numbytes": "9",
    },
    "0.1": {
        "GNU.sparse.size": "5000",
        "GNU.sparse.numblocks": "1",
        "GNU.sparse.map": "0,9",
        "GNU.sparse.name": "1.png",
    },
    "1.0": {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.realsize": "5000",
        "GNU.sparse.name": "1.png",
    },
    "2.0": {"GNU.sparse.major": "2", "GNU.sparse.minor": "0", "GNU.sparse.name": "1.png"},
}


def old_sparse_header():
    """Return the header of a sparse file as GNU tar wrote it before PAX: the map lies in it."""
    info = tarfile.TarInfo("1.png")
    info.type, info.size = tarfile.GNUTYPE_SPARSE, 9
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[386:397], header[398:409] = b"00000000000", b"00000000011"
    header[483:495] = b"00000011610\0"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


@pytest.mark.parametrize("form", [*SPARSE, "old"])
def test_sparse_members_are_refused(tmp_path, form):
    """Their bytes lie without the runs of zeros: read as they lie they would be another image."""
    data = b"1\n0\n9\n".ljust(512, b"\0") + b"123456789".ljust(512, b"\0")
    with tarfile.open(tmp_path / "set.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        if form == "old":
            archive.fileobj.write(old_sparse_header() + data[512:])
            archive.offset += 1024
        else:
            info = tarfile.TarInfo("1.png")
            info.size, info.pax_headers = (len(data), SPARSE[form]) if form == "1.0" else (9, SPARSE[form])
            archive.addfile(info, io.BytesIO(data))
        plain = tarfile.TarInfo("2.png")
        plain.size = 9
        archive.addfile(plain, io.BytesIO(b"123456789"))
    with pytest.raises(InputError, match=r"set\.tar needs members that are stored whole; 1\.png is sparse: pack it"):
        open_source(tmp_path / "set.tar")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("size", "9" * 40),
        ("size", "9" * 5000),
        ("size", "-1024"),
        ("GNU.sparse.map", "1,2,x"),
        ("GNU.sparse.size", "x"),
        ("GNU.sparse.realsize", "x"),
        ("GNU.sparse.major", "1"),
    ],
)
def test_odd_headers_are_refused(tmp_path, key, value):
    """What Python's reader does not take is told in one line."""
    with tarfile.open(tmp_path / "set.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("1.png")
        info.size, info.pax_headers = (
            9,
            {key: value, "GNU.sparse.minor": "0"} if key.endswith("major") else {key: value},
        )
        archive.addfile(info, io.BytesIO(b"123456789"))
    with pytest.raises(InputError, match=r"^\S+set\.tar [^\n]{10,300}$"):
        open_source(tmp_path / "set.tar")


@pytest.mark.parametrize("name", ["dataset.json", "1.json"])
def test_odd_json_members_are_refused(tarred, monkeypatch, name):
    """Deeper than Python reads, or far longer than what describes an image."""
    with pytest.raises(InputError, match=rf"set\.tar::{name} cannot be read as JSON"):
        open_source(tarred([("1.png", b"data"), (name, b"[" * 200_000)]))
    monkeypatch.setattr("ganmetrics.data.classes._JSON_LIMIT", 2000)
    with pytest.raises(InputError, match=rf"set\.tar::{name}: it has 3,000 bytes, more than 2,000"):
        open_source(tarred([("1.png", b"data"), (name, b"[]," * 1000)]))
