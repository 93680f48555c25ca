"""`ganmetrics reconstruct`: the library's report, printed; pictures in a folder."""

import json

import pytest

from ganmetrics import reconstruct
from ganmetrics.testing import write_images


@pytest.fixture
def pairs(tmp_path):
    """Two folders of the same names."""
    return write_images(tmp_path / "a", 4, seed=1, size=16), write_images(tmp_path / "b", 4, seed=2, size=16)


def test_it_prints_what_the_library_finds(run, pairs):
    """As JSON."""
    found = json.loads(run("reconstruct", *pairs, "--json", "--workers", 0).out)
    report = reconstruct(*pairs, workers=0).report
    assert {one["name"]: one["value"] for one in found["scores"]} == pytest.approx(
        {name: score.value for name, score in report.items()}
    )


@pytest.mark.slow
def test_pictures_are_written_and_told(run, pairs, tmp_path):
    """On stderr, unless it is quiet."""
    found = run("reconstruct", *pairs, "--out", tmp_path / "out", "--workers", 0)
    (picture,) = (tmp_path / "out").iterdir()
    assert f"wrote {picture}" in found.err
    assert run("reconstruct", *pairs, "--out", tmp_path / "other", "--workers", 0, "-q").err == ""


def test_an_unpaired_file_is_named(run, pairs):
    """In one line, status 1."""
    (pairs[1] / "00003.png").unlink()
    found = run("reconstruct", *pairs)
    assert (found.status, found.out) == (1, "")
    assert "00003" in found.err
