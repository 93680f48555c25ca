"""Tests of `benchmarks/scale_report.py`: the model finds what rows were made from, and the tables say it."""

import csv
import dataclasses
import re
import runpy
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "ganmetrics"
REPORT = Path(__file__).parents[2] / "benchmarks" / "scale_report.py"


@pytest.fixture(scope="module")
def script():
    """The script's functions."""
    return runpy.run_path(str(REPORT))


def made(script, count, processes, series="count", size=32):
    """Return a row of a machine whose every cost is known."""
    images = 2 * count
    shared = {"looking": 3e-5, "decoding": 3e-4, "network": 1e-4, "moments": 2e-4}
    stages = {script["STAGES"][name]: each * images / processes for name, each in shared.items()}
    stages |= {"listing files": 4e-6 * images, "joining processes": 1.5 * (processes - 1), "scores": 20.0}
    wall = 3.0 + sum(stages.values())
    measured = {"processor": wall, "memory": 900 + 1e-4 * images, "value": 1.0}
    return script["Row"].of(
        series=series, count=count, size=size, processes=processes, wall=wall, stages=stages, **measured
    )


@pytest.fixture(scope="module")
def rows(script):
    """Rows of one process and of two, and of two sizes."""
    counted = [made(script, count, processes) for count in (1000, 20_000, 50_000) for processes in (1, 2)]
    return [*counted, *(made(script, 200, 1, "size", size) for size in (32, 1024))]


def test_the_model_is_what_the_rows_were_made_from(script, rows):
    """Constants and slopes, and so the rows of two processes that it was not fitted to."""
    model = script["Model"].of(rows)
    assert (model.start, model.scores, model.joining) == pytest.approx((3.0, 20.0, 1.5))
    assert model.listing == pytest.approx(4e-6)
    assert model.shared == pytest.approx(dict(zip(script["SHARED"], (3e-5, 3e-4, 1e-4, 2e-4), strict=True)))
    assert model.memory == pytest.approx((900, 1e-4))
    for row in rows[:6]:
        assert model.seconds(row) == pytest.approx(row.wall)


def test_more_processes_divide_only_what_is_shared(script, rows):
    """A million images on 64 GPUs: listing and distance stay, the rest shrinks, joining nears twice that of two."""
    model = script["Model"].of(rows)
    one, many = (script["carried"](model, rows[-1], processes) for processes in (1, 64))
    assert many["listing"] == one["listing"] == pytest.approx(8.0)
    assert many["distance and interval"] == one["distance and interval"]
    for name in ("hashing and audit", "decoding, network, moments"):
        assert many[name] == pytest.approx(one[name] / 64)
    assert one["decoding, network, moments"] == pytest.approx(2e6 * (1 / script["GPU_RATE"] + 2e-4))
    assert (one["joining"], many["joining"]) == (0, pytest.approx(1.5 * 2 * 63 / 64 + 2e6 * 40 / 1.25e9))


def test_every_stage_is_one_of_the_library(script):
    """A stage that was renamed would count as start-up."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    for name in script["STAGES"].values():
        assert re.search(rf'(stage|in_stage)\("{name}"', source), name


def test_rows_survive_their_file(script, rows, tmp_path):
    """What a second run reads is what the first one wrote."""
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in dataclasses.fields(rows[0])])
        writer.writeheader()
        writer.writerows(map(dataclasses.asdict, rows))
    with path.open(newline="") as file:
        assert [script["Row"].parse(line) for line in csv.DictReader(file)] == rows


def test_the_report_carries_the_model_on(script, rows):
    """To a million images and 64 GPUs, in minutes, and to the sizes measured."""
    assert "| 64 | 0.05 | 0.13 |" in script["report"](rows)
