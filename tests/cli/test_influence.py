"""`ganmetrics influence`: tables, pictures, JSON, and what it refuses."""

import json

import numpy as np
import pytest
from PIL import Image

from ganmetrics.testing import write_images

pytestmark = pytest.mark.usefixtures("cheap")
OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0")


@pytest.fixture
def classed(tmp_path):
    """Two folders with two classes; a white image is planted among the fake dogs."""
    for side, seed in (("real", 1), ("fake", 3)):
        write_images(tmp_path / side / "cat", 12, seed=seed)
        write_images(tmp_path / side / "dog", 12, seed=seed + 1)
    Image.new("RGB", (8, 8), "white").save(tmp_path / "fake" / "dog" / "planted.png")
    return tmp_path / "real", tmp_path / "fake"


@pytest.mark.slow
def test_the_planted_image_leads_the_table(run, classed):
    """By its file name, under the score, and its class has the largest sum."""
    done = run("influence", *classed, *OFFLINE, "-q")
    assert done.status == 0
    lines = done.out.splitlines()
    assert lines[0].startswith("fd_efficientnet-lite0 = ")
    first = lines[lines.index("fake images that raise the distance most") + 2]
    assert first.split()[0].endswith("dog/planted.png")
    assert "fake images by class: influences on the distance" in lines
    assert "real images that lower the distance most" in lines


@pytest.mark.slow
def test_json_has_the_tables_and_the_provenance(run, classed):
    """One object: scores, provenance, and a list for each table, whose sums are 0."""
    done = run("influence", *classed, *OFFLINE, "--json", "--top", "3")
    parsed = json.loads(done.out)
    assert list(parsed) == ["format", "scores", "provenance", "tables"]
    raising = parsed["tables"]["fake_raise"]
    assert len(raising) == 3
    assert raising[0]["image"].endswith("planted.png")
    assert raising[0]["class"] == "dog"
    values = [row["influence"] for row in raising]
    assert values == sorted(values, reverse=True)
    classes = parsed["tables"]["fake_classes"]
    assert {row["class"]: row["images"] for row in classes} == {"cat": 12, "dog": 13}
    assert sum(row["sum"] for row in classes) == pytest.approx(0, abs=1e-9)
    assert classes[1]["sum"] > 0
    assert classes[1]["raises it most"].endswith("planted.png")
    assert parsed["provenance"]["fake"]["count"] == 25


@pytest.mark.slow
def test_pictures_show_the_images(run, classed, tmp_path):
    """Two sheets; the planted white image is in the first, enlarged, where the tables put it: first of all."""
    out = tmp_path / "deep" / "out"
    done = run("influence", *classed, *OFFLINE, "--out", out, "--top", "4")
    assert done.status == 0
    assert sorted(path.name for path in out.iterdir()) == ["influence-classes.png", "influence.png"]
    assert f"wrote {out / 'influence.png'}" in done.err
    with Image.open(out / "influence.png") as sheet:
        pixels = np.asarray(sheet.convert("RGB"))
    assert (pixels[44:156, 18:130] == 255).all(), "the white image on white"
    assert (pixels[44:156, 140:252] < 255).any(), "the next one is not white"


@pytest.mark.slow
def test_flat_folders_have_no_classes(run, folders, tmp_path):
    """No column, no table and no picture of them."""
    done = run("influence", *folders, *OFFLINE, "--json", "--out", tmp_path / "out")
    assert set(json.loads(done.out)["tables"]) == {"fake_raise", "fake_lower", "real_raise", "real_lower"}
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["influence.png"]


@pytest.mark.slow
def test_few_images_are_said_to_be_a_ranking_only(run, folders, tmp_path):
    """Below two images for each feature the line says so."""
    few = write_images(tmp_path / "few", 5)
    assert "read influences as a ranking" in run("influence", folders[0], few, *OFFLINE).out
    assert "read influences as a ranking" not in run("influence", *folders, *OFFLINE).out


@pytest.mark.slow
def test_what_is_refused(run, folders, tmp_path):
    """One image, the same images twice, a stored reference, a folder that cannot be made: one line each, status 1."""
    one = write_images(tmp_path / "one", 1)
    (tmp_path / "file").write_text("in the way")
    assert run("reference", "build", folders[0], tmp_path / "real.npz", *OFFLINE).status == 0
    cases = [
        ((folders[0], one), "at least 2 images a side; "),
        ((folders[0], folders[0]), "real and fake hold the same images"),
        ((tmp_path / "real.npz", folders[1]), "influence needs images; "),
        ((*folders, "--out", tmp_path / "file" / "out"), "cannot be written"),
    ]
    for arguments, words in cases:
        done = run("influence", *arguments, *OFFLINE)
        assert done.status == 1
        assert done.out == ""
        (line,) = [line for line in done.err.splitlines() if line.startswith("Error: ")]
        assert words in line


def test_help_says_what_the_sign_means(run):
    """Positive is worse."""
    assert "positive influence makes the distance larger" in run("influence", "--help").out
