"""A name may stand for several files, in an order that no file system changes."""

from pathlib import Path

import pytest

from ganmetrics.data.patterns import expand_braces
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("a", ["a"]),
        ("a{1..3}", ["a1", "a2", "a3"]),
        ("a{08..11}.tar", ["a08.tar", "a09.tar", "a10.tar", "a11.tar"]),
        ("{9..10}", ["9", "10"]),
        ("{a,b}{1,}", ["a1", "a", "b1", "b"]),
    ],
)
def test_braces_are_a_shells(pattern, names):
    """Ranges with and without leading zeros, lists, several of them."""
    assert expand_braces(pattern) == names


def test_a_shells_pattern_picks_images(folder, monkeypatch):
    """The outputs of one direction of an image-to-image model, in the order of their names; relative paths too."""
    for index in range(3):
        (folder / f"{index}.png").rename(folder / f"{index}_fake_B.png")
    (folder / "0_real_A.png").write_bytes(b"")
    source = open_source(folder / "*_fake_B.png")
    assert [source.member(index) for index in range(len(source))] == [f"{index}_fake_B.png" for index in range(3)]
    monkeypatch.chdir(folder.parent)
    assert open_source("set/*_fake_B.png").label(0) == "set/0_fake_B.png"
    assert open_source("set/{2,0}_fake_B.png").label(0) == "set/2_fake_B.png"


def test_a_file_with_such_a_name_is_that_file(tmp_path, folder):
    """What exists is no pattern."""
    moved = folder.rename(tmp_path / "run[1]")
    assert len(open_source(moved)) == 3


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("*.webp", r"\*\.webp matches no file"),
        ("*", r"needs to match image files only, or \.tar.* only; it matches \S+notes\.txt"),
        ("{0..9}.png", r"stands for \S+/3\.png, which does not exist"),
        ("{3..1}.png", r"needs a range that runs upwards; got 3\.\.1"),
        ("{a}.png", r"needs a range \{first\.\.last\} or a list \{one,other\} in braces"),
    ],
)
def test_patterns_that_stand_for_nothing(folder, pattern, reason):
    """The error gives the pattern and the file."""
    with pytest.raises(InputError, match=reason):
        open_source(Path(folder) / pattern)
