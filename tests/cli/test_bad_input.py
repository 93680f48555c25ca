"""Bad input: one line that names what is wrong, status 1, nothing on stdout, nothing half-written."""

import struct
import zipfile
import zlib

import numpy as np
import pytest

from ganmetrics.testing import write_images

pytestmark = pytest.mark.usefixtures("cheap")
OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0")


@pytest.fixture
def check_refused(run, tmp_path):
    """Run `fid` and check that it fails in one line with the words given."""

    def check(real, fake, *words, options=OFFLINE):
        done = run("fid", real, fake, *options)
        assert done.status == 1
        assert done.out == ""
        (line,) = [line for line in done.err.splitlines() if line.startswith("Error: ")]
        assert "Traceback" not in done.err
        for word in words:
            assert str(word) in line
        assert not list(tmp_path.rglob("*.tmp"))
        return line

    return check


def test_a_missing_folder(check_refused, folders, tmp_path):
    """The path is named."""
    check_refused(folders[0], tmp_path / "absent", tmp_path / "absent", "does not exist")


def test_an_empty_folder(check_refused, folders, tmp_path):
    """The path is named."""
    (tmp_path / "empty").mkdir()
    check_refused(folders[0], tmp_path / "empty", tmp_path / "empty")


def test_one_image(check_refused, folders, tmp_path):
    """A distance needs two."""
    check_refused(folders[0], write_images(tmp_path / "one", 1), "at least 2", "one has 1")


@pytest.mark.slow
def test_the_same_path_twice_is_scored_with_a_warning(run, folders):
    """Zero is the right answer, and a word that it may not be what was meant."""
    done = run("fid", folders[0], folders[0], *OFFLINE)
    assert done.status == 0
    assert done.out.startswith("fd_efficientnet-lite0 = 0 (")
    assert "warning: real and fake hold the same images" in done.err


def test_a_truncated_png(check_refused, folders):
    """The file is named, with the reason, and how to go on."""
    bad = folders[1] / "00003.png"
    bad.write_bytes(bad.read_bytes()[:-30])
    check_refused(*folders, bad, "--skip-bad")


def test_text_named_jpg(check_refused, folders):
    """A name does not make an image."""
    (folders[1] / "notes.jpg").write_text("to do")
    check_refused(*folders, folders[1] / "notes.jpg", "not an image")


def test_up_to_five_bad_files_are_named(check_refused, folders):
    """Seven bad files: five names, and how many more."""
    for number in range(7):
        (folders[1] / f"bad{number}.png").write_bytes(b"")
    line = check_refused(*folders, "7 of 22", "2 more")
    assert line.count("bad") >= 5
    assert "bad6" not in line


@pytest.mark.slow
def test_skip_bad_scores_the_rest_and_says_so(run, folders):
    """The result carries the number of skipped images."""
    (folders[1] / "bad.png").write_bytes(b"")
    done = run("fid", *folders, *OFFLINE, "--skip-bad")
    assert done.status == 0
    assert "1 unreadable fake image skipped" in done.out
    again = run("fid", *folders, *OFFLINE, "--skip-bad")
    assert again.out == done.out
    assert run("fid", *folders, *OFFLINE).status == 1, "the cached score of the rest must not hide the bad file"


def test_a_decompression_bomb(check_refused, folders):
    """A header that claims gigapixels is check_refused before anything is allocated."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    (folders[1] / "bomb.png").write_bytes(bomb)
    check_refused(*folders, "bomb.png", "decompression bomb")


def test_a_zip_with_a_bad_member(check_refused, folders, tmp_path):
    """The member is named within its archive."""
    path = tmp_path / "fake.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for image in sorted(folders[1].iterdir()):
            archive.write(image, image.name)
        position = archive.getinfo("00004.png").header_offset + 80
    data = bytearray(path.read_bytes())
    data[position] ^= 0xFF
    path.write_bytes(bytes(data))
    check_refused(folders[0], path, "fake.zip::00004.png")


def test_a_zip_with_a_path_outside_itself(check_refused, folders, tmp_path):
    """A member that climbs out of the archive is check_refused by name."""
    path = tmp_path / "fake.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(folders[1] / "00000.png", "../../outside.png")
    check_refused(folders[0], path, "fake.zip", "../../outside.png")


def test_an_npz_that_needs_pickle(check_refused, folders, tmp_path):
    """Nothing is unpickled."""
    path = tmp_path / "fake.npz"
    np.savez(path, arr_0=np.array([{"a": 1}, None], dtype=object))
    check_refused(folders[0], path, "fake.npz", "pickle")


def test_wrong_weights(check_refused, folders, tmp_path):
    """A file that is no state dict, and one of another network, are named."""
    import torch

    text = tmp_path / "text.pth"
    text.write_text("not weights")
    check_refused(*folders, text, options=("--weights", text, "--workers", "0"))
    other = tmp_path / "other.pth"
    torch.save({"layer.weight": torch.zeros(2)}, other)
    check_refused(*folders, other, options=("--weights", other, "--workers", "0"))


def test_a_reference_of_another_extractor(run, check_refused, folders, tmp_path):
    """Built with one extractor, it is check_refused with another."""
    assert run("reference", "build", folders[0], tmp_path / "real.npz", *OFFLINE).status == 0
    check_refused(
        tmp_path / "real.npz",
        tmp_path / "real.npz",
        "inception-v3/ttur",
        "efficientnet-lite0",
        options=("--extractor", "inception-v3"),
    )


def test_a_damaged_reference(run, check_refused, folders, tmp_path):
    """A flipped byte of an array is noticed."""
    path = tmp_path / "real.npz"
    assert run("reference", "build", folders[0], path, *OFFLINE).status == 0
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("sigma.npy")
    data = bytearray(path.read_bytes())
    data[member.header_offset + member.file_size] ^= 0x01  # the member's header is shorter than its array
    path.write_bytes(bytes(data))
    check_refused(path, folders[1], "real.npz", "damaged")


def test_an_unwritable_cache(check_refused, folders, tmp_path, monkeypatch):
    """A cache that cannot be made is told before any work, and --no-cache goes on."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    check_refused(*folders, tmp_path / "file", "--no-cache")


def test_no_network_for_the_weights(check_refused, folders):
    """File, size, digest, place and the offline way are all in the line."""
    for options in (("--offline",), ()):
        check_refused(
            *folders,
            "pt_inception-2015-12-05-6726825d.pth",
            "95628359",
            "6726825d0af5f729",
            "--weights",
            "use the extractor efficientnet-lite0",
            options=options,
        )


COMMANDS = (
    ("fid", "{bad}", "{real}"),
    ("fid", "{real}", "{bad}"),
    ("fid", "{real}", "{real}", "--weights", "{bad}"),
    ("compare", "{real}", "{real}", "{bad}"),
    ("influence", "{real}", "{real}", "--out", "{bad}"),
    ("sanity", "{real}", "--out", "{bad}"),
    ("sanity", "{real}", "--metrics", "fid", "--others", "{bad}"),
    ("reference", "build", "{bad}", "out.npz"),
    ("reference", "build", "{real}", "{bad}.npz"),
    ("reference", "show", "{bad}"),
    ("reference", "merge", "{bad}", "{bad}", "out.npz"),
    ("reference", "convert", "{bad}", "out.npz"),
    ("reference", "convert", "absent.npz", "{bad}.npz"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("bad", ["a\0b", "x" * 5000], ids=["null", "long"])
def test_a_path_that_no_file_can_have(run, folders, monkeypatch, command, bad):
    """A null character and 5,000 letters, wherever a path is given: one line that is not as long as the path."""
    monkeypatch.chdir(folders[0].parent)
    options = () if command[0] == "reference" and command[1] != "build" else OFFLINE
    if "--weights" in command:
        options = ("--workers", "0")
    done = run(*(part.format(bad=bad, real=folders[0]) for part in command), *options)
    assert done.status == (2 if "\0" in bad else 1), done.err
    assert done.out == ""
    (line,) = [line for line in done.err.splitlines() if line.startswith("Error: ")]
    assert "null character" in line or "File name too long" in line
    assert len(line) < 500


def test_a_memory_of_absurd_size(run, folders):
    """Digits without end are no number of bytes."""
    done = run("evaluate", *folders, *OFFLINE, "--memory", "9" * 400)
    assert (done.status, done.out) == (2, "")
    assert "is no number of bytes such as 2GB or 500MB." in done.err
