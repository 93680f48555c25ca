"""What a command writes lies apart from what it reads: nothing that was given is lost."""

import numpy as np
import pytest
from click.testing import CliRunner

from ganmetrics.cli import command
from ganmetrics.references.reference import Reference
from ganmetrics.testing import random_images

pytestmark = pytest.mark.usefixtures("cheap")
OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0")


@pytest.fixture
def sets(folders, tmp_path, monkeypatch):
    """Go to a folder with two sets, an npz of images and two references."""
    monkeypatch.chdir(tmp_path)
    np.savez("images.npz", arr_0=random_images(10).permute(0, 2, 3, 1).numpy())
    for number in (1, 2):
        Reference.from_images(random_images(9, seed=number), extractor="efficientnet-lite0", workers=0).save(
            f"{number}.npz"
        )
    (tmp_path / "link.npz").symlink_to("images.npz")
    real, fake = (folder.relative_to(tmp_path) for folder in folders)
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "one.png").symlink_to(tmp_path / real / "00000.png")
    (tmp_path / "linked.png").symlink_to(real / "00000.png")
    for name in (
        "videos/deep/1.mp4",
        "lmdb/data.mdb",
        f"{real}/dataset.json",
        "labels.csv",
        "weights.pt",
        "weights.npz",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    (tmp_path / "list.txt").write_text(f"{real}/00001.png\n{real}/00000.png\n")
    (tmp_path / "sheets").mkdir()
    for name in ("influence.png", "worst.png", "sanity-examples.png"):
        (tmp_path / "sheets" / name).write_bytes((tmp_path / real / "00000.png").read_bytes())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "kept"))
    kept = tmp_path / "kept" / "ganmetrics" / "references"
    kept.mkdir(parents=True)
    (kept / "1.npz").write_bytes((tmp_path / "1.npz").read_bytes())
    return real, fake


def everything(folder):
    """Return the bytes of all files."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "line",
    [
        "reference build images.npz images.npz",
        "reference build images.npz ./images.npz",
        "reference build images.npz link.npz",
        "reference convert 1.npz 1.npz",
        "reference merge 1.npz 2.npz 1.npz",
        "reference merge 1.npz 2.npz",
        "report {real} images.npz --out images.npz",
        "influence {real} {fake} --out {fake}",
        "influence {real} {fake} --out {real}/new/deep",
        "reconstruct {real} {fake} --out {fake}",
        "sanity {real} --out {real}",
        "evaluate {real} {fake} --metrics curve_precision --curve {fake}/curve.png",
        "report {real} {fake} --out {real}/00000.png",
        "report {real} {fake} --out linked.png",
        "report {fake} linked --out {real}/00000.png",
        "report {real} {fake} --out {real}/dataset.json",
        "report {fake} videos --out videos/deep/1.mp4",
        "report {fake} lmdb --out lmdb/data.mdb",
        "report {real} {fake} --real-labels labels.csv --out labels.csv",
        "report {real} {fake} --fake-labels labels.csv --out labels.csv",
        "report {real} {fake} --weights weights.pt --out weights.pt",
        "report {real} {fake} --out kept/ganmetrics/references/1.npz",
        "report list.txt {fake} --out {real}/00000.png",
        "report {real}/*.png {fake} --out {real}/00000.png",
        "report {real}/{{00000..00001}}.png {fake} --out {real}/00000.png",
        "evaluate {real} {fake} --test list.txt --metrics curve_precision --curve list.txt",
        "evaluate {fake} --metrics curve_precision --curve {real}/00000.png list.txt",
        "evaluate {real} {fake} --real-labels labels.csv --metrics curve_precision --curve labels.csv",
        "evaluate {real} {fake} --fake-labels labels.csv --metrics curve_precision --curve labels.csv",
        "evaluate {real} {fake} --weights weights.pt --metrics curve_precision --curve weights.pt",
        "influence {fake} sheets/*.png --out sheets",
        "influence {fake} {real} --weights sheets/influence.png --out sheets",
        "reconstruct {fake} sheets/*.png --out sheets",
        "reconstruct {real} {fake} --perceptual-weights sheets/worst.png --perceptual lpips-alex --out sheets",
        "sanity {real} --others sheets/*.png --out sheets",
        "reference build {real} --weights weights.npz weights.npz",
    ],
)
def test_what_is_read_stays(run, sets, tmp_path, line):
    before = everything(tmp_path)
    options = () if line.startswith(("reference m", "reference c")) else OFFLINE
    done = run(*line.format(real=sets[0], fake=sets[1]).split(), *options)
    assert done.status == (2 if "one of PARTS" in done.err else 1), done.err
    assert done.out == ""
    (told,) = [row for row in done.err.splitlines() if row.startswith("Error: ")]
    assert any(words in told for words in ("another file", "outside the sets", "one of PARTS", "outside what is kept"))
    assert everything(tmp_path) == before


def test_what_stdin_names_stays(sets, tmp_path):
    """The names are looked at before the work; where nothing is replaced, they are still there for it."""
    real, fake = sets
    (tmp_path / "page.html").write_text("an earlier page")
    names = "".join(f"{real}/{number:05d}.png\n" for number in range(20))
    before = everything(tmp_path)
    line = ["report", "-", str(fake), "--metrics", "kid", "--no-cache", *OFFLINE, "--out"]
    done = CliRunner().invoke(command, [*line, f"{real}/00000.png"], input=names)
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "another file than what is read" in done.stderr
    assert everything(tmp_path) == before
    done = CliRunner().invoke(command, [*line, "page.html"], input=names)
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "page.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_weights_of_the_environment_stay(run, sets, tmp_path, monkeypatch):
    """The file that GANMETRICS_WEIGHTS names is read as one that --weights names."""
    monkeypatch.setenv("GANMETRICS_WEIGHTS", "weights.npz")
    before = everything(tmp_path)
    done = run("reference", "build", sets[0], "weights.npz", *OFFLINE)
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "another file than what is read" in done.err
    assert everything(tmp_path) == before


def test_the_last_shard_is_not_the_output(run, sets):
    """A forgotten OUTPUT would cost the last of the shards, whatever their number."""
    for number in (1, 2, 3):
        shard = ("--shard", f"{number}/3", *OFFLINE)
        assert run("reference", "build", sets[0], f"shard{number}.npz", *shard).status == 0
    shards = [f"shard{number}.npz" for number in (1, 2, 3)]
    assert run("reference", "merge", *shards).status == 2
    assert run("reference", "merge", *shards, "whole.npz").status == 0
    assert run("reference", "merge", *shards, "whole.npz").status == 0


def test_other_outputs_are_replaced(run, sets):
    """A name beside the sets, a page or statistics among the images, and what an earlier run wrote."""
    for _ in range(2):
        assert run("reference", "build", sets[0], "new.npz", *OFFLINE).status == 0
        assert run("reference", "build", sets[0], sets[0] / "new.npz", *OFFLINE).status == 0
        assert run("influence", *sets, "--out", f"{sets[1]}s", *OFFLINE).status == 0
