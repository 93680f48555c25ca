"""`ganmetrics compare`: the table, JSON, and what it refuses."""

import json

import pytest

from ganmetrics.testing import write_images

pytestmark = pytest.mark.usefixtures("cheap")
OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0")
NAMES = [f"{name}_efficientnet-lite0" for name in ("fd", "kd", "precision", "recall")]


@pytest.fixture
def contest(tmp_path):
    """A reference and two generators, the second of brighter images."""
    shifts = {"real": 0, "a": 5, "b": 60}
    return [write_images(tmp_path / name, 40, seed=seed, shift=shifts[name]) for seed, name in enumerate(shifts)]


@pytest.mark.slow
def test_the_table_names_p_values_and_the_better_one(run, contest):
    """A row a metric under one line that says what is compared."""
    done = run("compare", *contest, *OFFLINE, "-q")
    assert done.status == 0
    title, header, *rows = done.out.splitlines()
    assert title == f"A {contest[1]} (40), B {contest[2]} (40), real {contest[0]} (40)"
    assert header.split() == ["metric", "A", "B", "A", "-", "B", "low", "high", "p-value", "better", "estimate"]
    assert [row.split()[0] for row in rows] == NAMES
    assert rows[0].split()[7] == "A"
    assert rows[0].split()[8].startswith("corrected")


@pytest.mark.slow
def test_json_says_the_same(run, contest):
    """One object; the difference is that of the scores, and the interval holds it."""
    done = run("compare", *contest, *OFFLINE, "--json", "--metrics", "recall,fid", "--confidence", "0.9")
    parsed = json.loads(done.out)
    assert list(parsed) == ["comparisons", "provenance"]
    assert [row["name"] for row in parsed["comparisons"]] == [NAMES[3], NAMES[0]]
    distance = parsed["comparisons"][1]
    assert distance["difference"] == distance["A"] - distance["B"] < 0
    assert distance["low"] < distance["difference"] < distance["high"] < 0
    assert distance["p_value"] == 0.0001
    assert distance["better"] == "A"
    assert distance["confidence"] == 0.9
    assert parsed["provenance"]["B"]["count"] == 40
    assert parsed["provenance"]["permutations"] == 9999


@pytest.mark.slow
def test_two_samples_of_one_generator_are_undecided(run, contest, tmp_path):
    """Nothing is called better."""
    again = write_images(tmp_path / "again", 40, seed=9, shift=5)
    done = run("compare", contest[0], contest[1], again, *OFFLINE, "--json")
    assert [row["better"] for row in json.loads(done.out)["comparisons"]] == [None] * 4


@pytest.mark.slow
def test_what_is_refused(run, contest, tmp_path):
    """Too few images, the same images on two sides, a missing folder: one line each, status 1."""
    few = write_images(tmp_path / "few", 15)
    cases = [
        ((contest[0], contest[1], few), "a comparison needs at least 16 images a side; "),
        ((contest[0], contest[1], contest[1]), "A and B hold the same images"),
        ((contest[0], contest[0], contest[1]), "real and A hold the same images"),
        ((contest[0], contest[1], tmp_path / "absent"), "does not exist"),
    ]
    for arguments, words in cases:
        done = run("compare", *arguments, *OFFLINE)
        assert done.status == 1
        assert done.out == ""
        (line,) = [line for line in done.err.splitlines() if line.startswith("Error: ")]
        assert words in line


def test_wrong_usage_has_status_2(run, contest):
    """An unknown metric, a confidence of 1."""
    for wrong, message in ((("--metrics", "fid,is"), "'is' is not one of fid, kid"), (("--confidence", "1"), "1 does")):
        done = run("compare", *contest, *wrong)
        assert done.status == 2
        assert message in done.err
