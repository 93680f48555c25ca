"""``ganmetrics gate``: lines and exit status."""

import json

import pytest

REPORT = {"scores": [{"name": "fid", "value": 12.5, "lower_is_better": True, "real_count": 9, "fake_count": 9}]}


@pytest.fixture
def report(tmp_path):
    """A stored report with a FID of 12.5."""
    path = tmp_path / "report.json"
    path.write_text(json.dumps(REPORT))
    return path


def test_exit_status(run, report):
    """0 where all holds, 4 where something does not, 1 for files, 2 for usage."""
    assert run("gate", report, "--max", "fid=13").status == 0
    failed = run("gate", report, "--max", "fid=12")
    assert (failed.status, failed.out) == (4, "FAIL  fid 12.5 is above 12\n")
    assert run("gate", report, "--max", "kid=12").status == 1
    assert run("gate", report).status == 2
    assert run("gate", report, "--max", "fid").status == 2
    assert run("gate", report, "--max", "=3").status == 2


def test_not_worse_than(run, report, tmp_path):
    """The same report passes; a better earlier one does not."""
    assert run("gate", report, "--not-worse-than", report).status == 0
    better = tmp_path / "last.json"
    better.write_text(json.dumps(REPORT).replace("12.5", "12"))
    found = run("gate", report, "--not-worse-than", better, "--json")
    assert found.status == 4
    assert json.loads(found.out)["passed"] is False
