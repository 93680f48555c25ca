"""The pages of an LMDB: sound ones pass, whatever is in them; one changed word of their structure does not."""

import random
import struct

import pytest

from ganmetrics.data.lmdb_pages import check_pages
from ganmetrics.errors import InputError

lmdb = pytest.importorskip("lmdb")
PAGE = 4096


def written(path, rows, *, rounds=1):
    """A database of these rows; each round but the last writes them anew, so that pages are freed and used again."""
    with lmdb.open(str(path), map_size=1 << 24, subdir=False, lock=False, sync=False) as database:
        for _ in range(rounds):
            with database.begin(write=True) as transaction:
                for key, value in rows.items():
                    transaction.put(key, value)
    return path


@pytest.mark.parametrize("count", [0, 1, 50, 3000])
@pytest.mark.parametrize("length", [3, 5000])
def test_sound_databases_pass(tmp_path, count, length):
    """Empty, of one page, of branches; with values that have pages of their own."""
    if count * length > 1 << 23:
        count = 300
    rows = {b"%06d" % number: bytes([number % 256]) * length for number in range(count)}
    check_pages(written(tmp_path / "x.lmdb", rows, rounds=3))


def test_deleted_rows_leave_a_sound_one(tmp_path):
    rows = {b"%06d" % number: b"x" * 100 for number in range(2000)}
    path = written(tmp_path / "x.lmdb", rows)
    with (
        lmdb.open(str(path), map_size=1 << 24, subdir=False, lock=False) as database,
        database.begin(write=True) as transaction,
    ):
        for key in list(rows)[::3]:
            transaction.delete(key)
    check_pages(path)


@pytest.mark.parametrize(
    ("place", "form", "value", "message"),
    [
        (16, "<I", 0, "it is none, or of another kind of machine"),
        (16 + 4, "<I", 2, "it is none, or of another kind of machine"),
        (16 + 24, "<I", 5000, "damaged"),
        (16 + 24 + 48 + 6, "<H", 99, "damaged"),
        (16 + 24 + 48 + 40, "<Q", 1 << 40, "damaged"),
    ],
    ids=["magic", "version", "page size", "depth", "root"],
)
def test_both_heads_are_checked(tmp_path, place, form, value, message):
    """The newer one counts; both are changed here."""
    path = written(tmp_path / "x.lmdb", {b"a": b"x"})
    data = bytearray(path.read_bytes())
    for start in (0, PAGE):
        struct.pack_into(form, data, start + place, value)
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        check_pages(path)


@pytest.mark.parametrize("size", [0, 10, PAGE, 2 * PAGE])
def test_truncated_files_are_refused(tmp_path, size):
    path = written(tmp_path / "x.lmdb", {b"a": b"x" * 9000})
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(InputError, match="truncated|it is empty"):
        check_pages(path)


def test_what_passes_can_be_read(tmp_path):
    """Of databases with changed words in their tree, those that pass are read to the end by the library."""
    path = written(tmp_path / "x.lmdb", {b"%03d" % number: b"x" * (number * 17) for number in range(60)})
    sound, rng, refused = path.read_bytes(), random.Random(0), 0
    for _ in range(300):
        data = bytearray(sound)
        for _ in range(rng.choice((1, 1, 3))):
            place = PAGE * rng.randrange(2, len(data) // PAGE) + 2 * rng.randrange(60)
            struct.pack_into("<H", data, place, rng.choice((0, 1, 16, 0xFFFF, PAGE)))
        path.write_bytes(data)
        try:
            check_pages(path)
        except InputError:
            refused += 1
            continue
        with lmdb.open(str(path), subdir=False, readonly=True, lock=False) as database, database.begin() as reading:
            for _, value in reading.cursor():
                assert len(value) < len(data)
    assert 30 < refused < 300
