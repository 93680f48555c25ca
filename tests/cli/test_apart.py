"""What a command writes lies apart from what it reads: nothing that was given is lost."""

import numpy as np
import pytest

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
    return [folder.relative_to(tmp_path) for folder in folders]


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
    ],
)
def test_what_is_read_stays(run, sets, tmp_path, line):
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    options = () if line.startswith(("reference m", "reference c")) else OFFLINE
    done = run(*line.format(real=sets[0], fake=sets[1]).split(), *options)
    assert done.status == 2, done.err
    assert done.out == ""
    (told,) = [row for row in done.err.splitlines() if row.startswith("Error: ")]
    assert any(words in told for words in ("another file", "outside the sets", "one of PARTS"))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


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
