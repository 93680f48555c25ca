"""What is asked of a damaged archive is answered."""

import zipfile

from ganmetrics._zips import is_zip, names_in_zip

END = b"PK\x05\x06" + bytes(18)


def test_a_sound_archive_has_names(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a/b.txt", "c")
    assert is_zip(tmp_path / "x.zip")
    assert names_in_zip(tmp_path / "x.zip") == ("a/b.txt",)


def test_an_archive_in_several_files_is_one_without_names(tmp_path):
    """Python's own question raises here instead of giving an answer."""
    locator = b"PK\x06\x07" + (7).to_bytes(4, "little") + bytes(8) + (9).to_bytes(4, "little")
    (tmp_path / "x.zip").write_bytes(bytes(60) + locator + END)
    assert is_zip(tmp_path / "x.zip")
    assert names_in_zip(tmp_path / "x.zip") == ()


def test_another_file_is_none(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"text")
    assert not is_zip(tmp_path / "x.zip")
    assert names_in_zip(tmp_path / "x.zip") == ()
