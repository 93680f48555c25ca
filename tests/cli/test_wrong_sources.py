"""Every command refuses what it cannot use in one line that names the file, with nothing printed or half-written."""

import json
import shutil

import numpy as np
import pytest

from ganmetrics.references.reference import Reference
from ganmetrics.testing import ChannelMeans, random_images, write_images

pytestmark = pytest.mark.usefixtures("cheap")
OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0", "--no-cache", "-q")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with two sets and one of each thing that somebody may take for a set; nothing changes it."""
    tmp_path = tmp_path_factory.mktemp("things")
    real = write_images(tmp_path / "real", 20, seed=1, size=16)
    write_images(tmp_path / "fake", 20, seed=2, shift=20, size=16)
    (tmp_path / "empty").mkdir()
    (tmp_path / "note.txt").write_text("hello\n")
    (tmp_path / "scores.json").write_text(json.dumps({"scores": []}))
    shutil.copy(real / "00000.png", tmp_path / "single.png")
    np.save(tmp_path / "features.npy", np.eye(20, 3, dtype=np.float32))
    np.savez(tmp_path / "floats.npz", arr_0=np.zeros((4, 16, 16, 3), np.float32))
    np.savez(tmp_path / "images.npz", arr_0=np.zeros((4, 16, 16, 3), np.uint8))
    whole = (tmp_path / "images.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    shutil.copytree(real, tmp_path / "bad")
    (tmp_path / "bad" / "00003.png").write_bytes(b"x")
    write_images(tmp_path / "small", 3, size=8)
    stored = Reference.from_images(random_images(10), extractor=ChannelMeans(), workers=0, device="cpu")
    stored.save(tmp_path / "stored.npz")
    return tmp_path


@pytest.fixture
def things(folder, monkeypatch):
    """Go there."""
    monkeypatch.chdir(folder)
    return folder


def refused(run, things, line, status, *words, options=()):
    before = {path: path.stat().st_mtime_ns for path in things.rglob("*")}
    done = run(*line, *options)
    assert done.status == status, done.err
    assert done.out == ""
    (told,) = [row for row in done.err.splitlines() if row.startswith("Error: ")]
    for word in words:
        assert word in told
    assert {path: path.stat().st_mtime_ns for path in things.rglob("*")} == before


SOURCES = {
    "empty": "empty needs to hold image files",
    "absent": "absent does not exist",
    "reel": "did you mean real?",
    "note.txt": "note.txt needs to name image files; hello has no image's extension",
    "scores.json": "scores.json is a file of another kind",
    "single.png": "single.png is a single image",
    "features.npy": "are scored with --features",
    "floats.npz": "floats.npz::arr_0 needs uint8 images",
    "cut.npz": "cut.npz cannot be read as an npz",
    "bad": "bad/00003.png",
    "-": "stdin needs to name image files; it is empty",
    "ref:nobody": "got 'ref:nobody'",
    "gopher://x/y.npz": "gopher",
}
COMMANDS = {
    "compare": ("compare", "real", "fake", "{}"),
    "influence": ("influence", "real", "{}"),
    "plan": ("plan", "real", "{}"),
    "sanity": ("sanity", "{}", "--metrics", "fid"),
    "build": ("reference", "build", "{}", "out.npz"),
    "report": ("report", "real", "{}", "--out", "out.html", "--metrics", "fid"),
    "reconstruct": ("reconstruct", "real", "{}"),
    "evaluate": ("evaluate", "real", "fake", "--test", "{}"),
}


# That 20 images are too few to plan with is told before one of them is read.
PAIRS = [(command, source) for command in COMMANDS for source in SOURCES if (command, source) != ("plan", "bad")]


@pytest.mark.parametrize(("command", "source"), PAIRS)
def test_no_source_of_images(run, things, command, source):
    options = tuple(option for option in OFFLINE if option != "--no-cache" or command not in ("build", "reconstruct"))
    line = [part.format(source) for part in COMMANDS[command]]
    refused(run, things, line, 1, SOURCES[source], options=options)


@pytest.mark.parametrize("command", ["compare", "influence", "plan", "sanity", "build", "reconstruct"])
def test_statistics_are_called_by_their_file(run, things, command):
    """Not by the set that they are of, which may be there as well."""
    options = tuple(option for option in OFFLINE if option != "--no-cache" or command not in ("build", "reconstruct"))
    refused(run, things, [part.format("stored.npz") for part in COMMANDS[command]], 1, "stored.npz", options=options)


@pytest.mark.parametrize("line", [*COMMANDS.values(), ("gate", "{}", "--max", "fid=1"), ("reference", "show", "{}")])
def test_an_empty_path_is_not_the_current_folder(run, things, line):
    """As of a variable of the shell that is not set."""
    refused(run, things, [part.format("") for part in line], 2, "a path cannot be empty")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("real", "real is a folder (`reference build` makes one of images)"),
        ("images.npz", "images.npz has arr_0 (`reference build` makes one of images)"),
        ("absent", "there is none at absent"),
        ("note.txt", "note.txt is none, is empty or is damaged"),
        ("cut.npz", "cut.npz is none, is empty or is damaged"),
        ("ref:nobody", "got 'ref:nobody'"),
    ],
)
@pytest.mark.parametrize(
    "line", ["reference show {}", "reference merge {} stored.npz o.npz", "reference convert {} o.npz"]
)
def test_no_statistics(run, things, line, source, words):
    refused(run, things, line.format(source).split(), 1, words)


@pytest.mark.parametrize(
    ("line", "status", "words"),
    [
        ("influence features.npy real --features", 1, "features need a file; real is a folder"),
        ("reconstruct real fake --metrics fidd", 2, "'fidd' is not one of"),
        ("evaluate real fake --fake-labels scores.json", 1, "scores.json must be CSV or JSON lines (.jsonl)"),
        (
            "evaluate real fake --fake-labels note.txt",
            1,
            "note.txt must have one class for each of the 20 images of fake",
        ),
        ("evaluate real fake --fake-labels https://x/y.csv", 1, "y.csv cannot be read as labels"),
        ("report real fake --out note.txt/x.html", 1, "note.txt cannot be written"),
        ("report real fake --out /dev/null", 1, "/dev/null cannot be written: it is no regular file"),
        ("gate empty --max fid=1", 1, "empty cannot be read: Is a directory"),
        ("gate features.npy --max fid=1", 1, "features.npy needs to be JSON"),
    ],
)
def test_other_arguments(run, things, line, status, words):
    options = OFFLINE[:4] if line.split()[0] not in ("gate",) and "--features" not in line else ()
    refused(run, things, line.split(), status, words, options=options)


def test_a_pair_too_small_for_a_window_is_named(run, things):
    refused(run, things, ["reconstruct", "small", "small"], 1, "at least 11 pixels; 00000 is 8x8", options=OFFLINE[:4])


def test_published_statistics_are_called_by_their_name(run, things):
    """Beside a set, as a generator of a page: they lie elsewhere and have no extension."""
    line = ["report", "real", "fake", "ref:edm/cifar10", "--out", "out.html", "--offline", *OFFLINE]
    refused(run, things, line, 1, "may be fetched (--offline)")


@pytest.mark.parametrize(("file", "words"), [("absent", "absent: No such file"), ("note.txt", "note.txt: damaged, or")])
def test_wrong_weights_of_a_perceptual_distance(run, things, file, words):
    """The distance itself is in a package that not every environment has."""
    pytest.importorskip("lpips", reason="the extra perceptual is not installed")
    line = f"reconstruct real fake --perceptual lpips-alex --perceptual-weights {file}"
    refused(run, things, line.split(), 1, words, options=OFFLINE[:4])
