"""Files are whole or as before."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ganmetrics import StorageError
from reference_models import build_config, load_generator, load_images, resume, train
from reference_models.cli.options import PATH
from reference_models.config import DataConfig
from reference_models.files import possible_path, remove_leftovers_in, write_whole
from reference_models.studies.run import run_study

ROOT = Path(__file__).parents[2]


def test_a_kill_while_saving_leaves_the_old_file(tmp_path):
    """Kill -9 after the bytes are written and before they have the name: the old file is whole."""
    path = tmp_path / "last.pt"
    write_whole(path, b"old")
    code = (
        "import os, signal, pathlib, reference_models.files as files\n"
        "files.os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"files.write_whole(pathlib.Path({str(path)!r}), b'new')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2
    remove_leftovers_in(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["last.pt"]
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_directory_in_the_way_is_told(tmp_path):
    """What cannot be written is an error of one line."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        write_whole(tmp_path / "file" / "inside", b"")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "\ud800"])
def test_a_name_that_no_file_can_have_is_refused(name):
    with pytest.raises(StorageError, match="a path must be one that a file can have"):
        possible_path(name)


def test_the_longest_names(tmp_path):
    """Whatever name a file can have, what is to become it has one too."""
    for name in ("x" * 255, os.fsdecode("é".encode() * 127)):
        write_whole(tmp_path / name, b"content")
        assert (tmp_path / name).read_bytes() == b"content"
    assert len(list(tmp_path.iterdir())) == 2


def test_an_empty_text_is_not_the_current_folder(tmp_path, monkeypatch):
    """Python's `Path("")` is; a run would be trained into it."""
    monkeypatch.chdir(tmp_path)
    config = build_config("dcgan")
    calls = (
        lambda: train(config, ""),
        lambda: resume(""),
        lambda: load_generator(""),
        lambda: run_study("schedule", ""),
        lambda: possible_path(Given("")),
        lambda: load_images(DataConfig(source="cifar10:"), size=8),
    )
    for call in calls:
        with pytest.raises(StorageError, match=r"^a path must be one that a file can have; got an empty text$"):
            call()
    assert not list(tmp_path.iterdir())


class Given:
    """Gives anything as the text of a path, or raises it."""

    def __init__(self, text):
        self.text = text

    def __fspath__(self):
        if isinstance(self.text, Exception):
            raise self.text
        return self.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"run", "Given gives bytes$"),
        (RuntimeError("two\nlines"), r"Given gives none: two\\nlines$"),
        (3, "Given gives none: .*int$"),
    ],
)
def test_objects_that_are_no_paths_of_text_are_refused(text, words):
    for call in (lambda: train(build_config("dcgan"), Given(text)), lambda: load_generator(Given(text))):
        with pytest.raises(StorageError, match=rf"^a path must be text or a path; {words}"):
            call()
    assert possible_path(Given("run")) == Path("run")


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    """Unless something of that name lies there, or nobody has that home."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    assert possible_path("~/run") == possible_path(Path("~") / "run") == tmp_path / "home" / "run"
    assert PATH.convert("~/run", None, None) == tmp_path / "home" / "run"
    assert possible_path("~nobody-of-that-name/run") == Path("~nobody-of-that-name/run")
    (tmp_path / "~").mkdir()
    assert possible_path("~") == Path("~")


def test_a_run_is_trained_below_the_home_folder(tiny, tmp_path, monkeypatch):
    """The folder that is meant, and none that is called a tilde."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    train(tiny("dcgan", epochs=0, **{"eval.epochs": ()}), "~/run", device="cpu")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert resume("~/run", device="cpu").directory == tmp_path / "home" / "run"
    assert load_generator("~/run") is not None
