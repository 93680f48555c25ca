"""``ganmetrics reference build | show | merge``, and the other groups."""

import json

import numpy as np
import pytest

from ganmetrics.testing import write_images

pytestmark = pytest.mark.usefixtures("cheap")
OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0")


@pytest.mark.slow
def test_a_built_reference_scores_like_its_folder(run, folders, tmp_path):
    """The same digits, from the images and from their statistics."""
    built = run("reference", "build", folders[0], tmp_path / "real.npz", *OFFLINE)
    assert built.status == 0
    assert "20 images, 3 features, efficientnet-lite0/native" in built.out
    from_file = run("fid", tmp_path / "real.npz", folders[1], *OFFLINE)
    assert from_file.out == run("fid", *folders, *OFFLINE).out


def test_show_says_how_it_was_made(run, folders, tmp_path):
    """One line for people, one object for programs."""
    run("reference", "build", folders[0], tmp_path / "real.npz", *OFFLINE)
    assert "20 images" in run("reference", "show", tmp_path / "real.npz").out
    shown = json.loads(run("reference", "show", tmp_path / "real.npz", "--json").out)
    assert shown["count"] == 20
    assert shown["extractor"]["name"] == "efficientnet-lite0"
    assert shown["audit"]["formats"] == {"PNG": 20}


@pytest.mark.slow
def test_merged_halves_score_like_the_whole(run, folders, tmp_path):
    """Parts that were built apart stand together for all images."""
    whole = write_images(tmp_path / "whole", 30, seed=7)
    halves = [tmp_path / "a", tmp_path / "b"]
    for number, image in enumerate(sorted(whole.iterdir())):
        half = halves[number % 2]
        half.mkdir(exist_ok=True)
        (half / image.name).write_bytes(image.read_bytes())
    for half in halves:
        run("reference", "build", half, half.with_suffix(".npz"), *OFFLINE)
    merged = run("reference", "merge", tmp_path / "a.npz", tmp_path / "b.npz", tmp_path / "both.npz")
    assert merged.status == 0
    assert "30 images" in merged.out

    def value(real):
        return json.loads(run("fid", real, folders[1], *OFFLINE, "--json").out)["scores"][0]["value"]

    assert value(tmp_path / "both.npz") == pytest.approx(value(whole), rel=1e-9)


def test_merging_a_part_twice_is_refused(run, folders, tmp_path):
    """Its images would count double."""
    run("reference", "build", folders[0], tmp_path / "real.npz", *OFFLINE)
    done = run("reference", "merge", tmp_path / "real.npz", tmp_path / "real.npz", tmp_path / "both.npz")
    assert done.status == 1
    assert "merging needs different images" in done.err
    assert not (tmp_path / "both.npz").exists()


def test_output_is_checked_before_the_work(run, folders, tmp_path):
    """A wrong name or folder is told in one line, and an older file is kept."""
    assert "ends in .npz" in run("reference", "build", folders[0], tmp_path / "real.pt", *OFFLINE).err
    assert "existing folder" in run("reference", "build", folders[0], tmp_path / "no" / "real.npz", *OFFLINE).err


def test_cache_commands(run, folders):
    """List, verify and clear."""
    run("fid", *folders, *OFFLINE)
    listed = json.loads(run("cache", "list", "--json").out)
    assert len(listed["entries"]) == 2
    assert "2 entries, all whole" in run("cache", "verify").out
    with open(listed["entries"][0]["path"], "r+b") as file:  # noqa: PTH123
        file.seek(400)
        file.write(b"\xff\xff")
    broken = run("cache", "verify")
    assert broken.status == 1
    assert "1 are damaged" in broken.err
    assert "damaged" in run("cache", "list").out
    assert run("cache", "clear").out == "2 entries removed\n"


def test_weights_commands(run):
    """Listing works without weights; verifying says what is missing and where it belongs."""
    listed = json.loads(run("weights", "list", "--json").out)
    assert listed["weights"][0]["state"] == "missing"
    missing = run("weights", "verify")
    assert missing.status == 1
    assert "95628359 bytes" in missing.err


def test_a_pytorch_fid_file_is_read(run, folders, tmp_path):
    """The two arrays are enough to score against."""
    np.savez(tmp_path / "stats.npz", mu=np.full(3, 100.0), sigma=np.eye(3) * 50)
    done = run("fid", tmp_path / "stats.npz", folders[1], *OFFLINE)
    assert done.status == 0
    assert "real of unknown count" in done.out
    assert "does not say how it was made" in done.err
    assert (
        "unknown number of images, 3 features, origin unknown" in run("reference", "show", tmp_path / "stats.npz").out
    )


@pytest.mark.slow
def test_merged_shards_score_like_the_whole(run, folders, tmp_path):
    """Three parts of 20 images, built apart, are worth what all are; without one of them they are refused."""
    shards = [tmp_path / f"{number}.npz" for number in (1, 2, 3)]
    for number, shard in enumerate(shards, start=1):
        assert run("reference", "build", folders[0], shard, *OFFLINE, "--shard", f"{number}/3").status == 0
    merged = run("reference", "merge", *shards[::-1], tmp_path / "whole.npz")
    assert "20 images" in merged.out

    def value(real):
        return json.loads(run("fid", real, folders[1], *OFFLINE, "--json").out)["scores"][0]["value"]

    assert value(tmp_path / "whole.npz") == pytest.approx(value(folders[0]), rel=1e-9)
    for parts, missing in ((shards[:2], "3/3"), ([shards[0], *shards], "1.npz")):
        refused = run("reference", "merge", *parts, tmp_path / "other.npz")
        assert refused.status == 1
        assert missing in refused.err
        assert not (tmp_path / "other.npz").exists()
    alone = run("fid", shards[0], folders[1], *OFFLINE)
    assert alone.status == 1
    assert "1/3" in alone.err


@pytest.mark.parametrize("shard", ["4/3", "0/3", "two", "1/0"])
def test_a_shard_that_is_no_part_is_refused(run, folders, tmp_path, shard):
    """The part is named, and nothing is written."""
    refused = run("reference", "build", folders[0], tmp_path / "out.npz", *OFFLINE, "--shard", shard)
    assert refused.status in (1, 2)
    assert shard in refused.err
    assert not (tmp_path / "out.npz").exists()
