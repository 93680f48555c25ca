"""A video file that breaks off is told by the lengths that it says itself."""

import pytest

from ganmetrics.data.container_length import check_length
from ganmetrics.errors import InputError


def box(name, size, *, long=False):
    """An ISO box of so many bytes inside."""
    if long:
        return (1).to_bytes(4, "big") + name + (16 + size).to_bytes(8, "big") + bytes(size)
    return (8 + size).to_bytes(4, "big") + name + bytes(size)


def element(name, size, *, width=8, unknown=False):
    """An EBML element of so many bytes inside."""
    value = (1 << 7 * width) - 1 if unknown else size
    return name + (value | 1 << 7 * width).to_bytes(width, "big") + bytes(size)


EBML = element(b"\x1a\x45\xdf\xa3", 20, width=1)
SEGMENT = b"\x18\x53\x80\x67"
WHOLE = {
    "boxes": box(b"ftyp", 12) + box(b"moov", 40) + box(b"mdat", 100),
    "long box": box(b"ftyp", 12) + box(b"mdat", 100, long=True),
    "riff": b"RIFF" + (100).to_bytes(4, "little") + bytes(100),
    "two riffs": (b"RIFF" + (31).to_bytes(4, "little") + bytes(32)) * 2,
    "segment": EBML + element(SEGMENT, 100),
    "narrow segment": EBML + element(SEGMENT, 100, width=2),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_whole_file_passes_and_any_cut_one_does_not(tmp_path, kind):
    """Wherever it is cut, but between two parts, where nothing is missing that was said."""
    path = tmp_path / "file"
    path.write_bytes(WHOLE[kind])
    check_length(path)
    for cut in (1, 7, 50):
        path.write_bytes(WHOLE[kind][:-cut])
        with pytest.raises(InputError, match=r"^truncated: it has \d+ of \d+ bytes$"):
            check_length(path)


@pytest.mark.parametrize(
    "data",
    [
        EBML + element(SEGMENT, 50, unknown=True),
        box(b"ftyp", 12) + (0).to_bytes(4, "big") + b"mdat" + bytes(30),
        b"\x00\x00\x01\xba" + bytes(60),
        b"x",
    ],
)
def test_what_does_not_say_its_length_is_left_to_the_decoder(tmp_path, data):
    """A live recording, a last box to the end, another kind of file."""
    (tmp_path / "file").write_bytes(data)
    check_length(tmp_path / "file")


def test_empty_and_missing_files_are_refused(tmp_path):
    """By what is wrong."""
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="^empty file$"):
        check_length(tmp_path / "file")
    with pytest.raises(InputError, match="^cannot be read: No such file"):
        check_length(tmp_path / "none")
