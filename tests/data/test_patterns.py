"""A name may stand for several files, in an order that no file system changes."""

import glob
import os
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
    assert list(expand_braces(pattern)) == names


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


@pytest.mark.parametrize("pattern", ["{a,b}" * 30 + ".png", "{0..10000000}.png", "{,}" * 40 + "0.png"])
def test_more_names_than_files_are_refused(folder, pattern):
    """They are counted before one is made."""
    with pytest.raises(InputError, match=r"may stand for up to 10,000,000 files; it stands for \d+$"):
        open_source(folder / pattern)


def test_names_are_made_one_by_one(folder):
    """The first that is missing ends it; numbers have no more digits than a count can have."""
    names = expand_braces("{a,b}{1..999999}{x,y}")
    assert [next(names) for _ in range(3)] == ["a1x", "a1y", "a2x"]
    with pytest.raises(InputError, match=r"needs numbers of up to 18 digits; got 0\.\.9999"):
        open_source(folder / ("{0.." + "9" * 90 + "}.png"))


def members(source):
    return [source.member(index) for index in range(len(source))]


def test_folders_at_any_depth(tmp_path, monkeypatch):
    """As glob has it: hidden ones are none, a pattern may ask for several depths, and names may look like patterns."""
    paths = ["1.png", "a/2.png", "a/b/3.png", "a/b/c/4.png", "[x]/5.png", "[x]/b/6.png", ".h/7.png", "a/.h/8.png"]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    for pattern in ("**/*.png", "**/**/*.png", "**/b/**/*.png", "*/**/*.png", "a/**/?.png", "**/b/*.png", "**/4.png"):
        for start in ("", f"{tmp_path}/"):
            found = open_source(start + pattern)
            expected = sorted(set(glob.glob(start + pattern, recursive=True)))  # noqa: PTH207
            assert [found.label(index) for index in range(len(found))] == expected
    with pytest.raises(InputError, match=r"needs to match image files only, .*; it matches a/$"):
        open_source("a/**")


def test_links_among_folders_are_not_walked_round(tmp_path):
    """Two links to their own folder make 2^40 paths; a folder is taken under its own path, not under a link's."""
    (tmp_path / "z").mkdir()
    for path in ("0.png", "z/1.png"):
        (tmp_path / path).write_bytes(b"")
    for name in ("a", "b"):
        (tmp_path / name).symlink_to(".")
        (tmp_path / "z" / name).symlink_to("..")
    (tmp_path / "latest").symlink_to("z")
    assert members(open_source(f"{tmp_path}/**/*.png")) == ["0.png", "z/1.png"]
    assert members(open_source(f"{tmp_path}/*/**/*.png")) == ["a/0.png", "z/1.png"]


def test_a_folder_that_only_a_link_leads_to_is_entered(tmp_path, folder):
    """Once, where several do."""
    (tmp_path / "here").mkdir()
    for name in ("one", "two"):
        (tmp_path / "here" / name).symlink_to(folder)
    source = open_source(f"{tmp_path}/here/**/*.png")
    assert [source.label(index) for index in range(3)] == [f"{tmp_path}/here/one/{index}.png" for index in range(3)]
    assert len(source) == 3


def test_shards_that_are_pipes_are_not_waited_for(tmp_path):
    """They are named."""
    os.mkfifo(tmp_path / "1.tar")
    (tmp_path / "0.tar").write_bytes(b"")
    with pytest.raises(InputError, match=r"\{0,1\}\.tar needs to match files only; \S+/1\.tar is no regular file"):
        open_source(tmp_path / "{0,1}.tar")
