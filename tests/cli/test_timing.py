"""``--timing``: where the time of each scoring command went."""

import json

import pytest

from ganmetrics.extraction import settings
from ganmetrics.testing import write_images
from tests.inception_stand_in import Thumbnail

OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0")
EXTRACTED = ("listing files", "hashing and audit", "waiting for images", "network", "moments", "scores")


def stages(text):
    """The names of the table's lines."""
    return [
        line[: line.rindex(" s  ")].rsplit(maxsplit=1)[0].strip() for line in text.splitlines() if line.endswith("%")
    ]


@pytest.mark.slow
@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("command", ["fid", "evaluate", "compare", "influence", "sanity"])
def test_every_scoring_command_names_its_stages(run, folders, tmp_path, command):
    """The table goes to stderr; what it measures is what the command does."""
    others = [write_images(tmp_path / name, 20, seed=seed) for seed, name in ((8, "a"), (9, "b"))]
    operands = {"compare": (folders[0], *others), "sanity": folders[:1]}.get(command, folders)
    done = run(command, *operands, *OFFLINE, "--timing")
    assert done.status == 0
    assert set(EXTRACTED) <= set(stages(done.err))
    assert "network" not in done.out


@pytest.mark.slow
@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("command", ["fid", "evaluate", "compare", "influence", "sanity"])
def test_json_has_the_stages_under_one_key(run, folders, tmp_path, command):
    """Seconds and shares that add up to the whole, and then no table on stderr; without the option no key."""
    others = [write_images(tmp_path / name, 20, seed=seed) for seed, name in ((8, "a"), (9, "b"))]
    operands = {"compare": (folders[0], *others), "sanity": folders[:1]}.get(command, folders)
    timed, plain = (run(command, *operands, *OFFLINE, "--json", *more) for more in (("--timing",), ()))
    found = json.loads(timed.out)
    assert set(found) - set(json.loads(plain.out)) == {"timing"}
    assert set(EXTRACTED) <= {row["stage"] for row in found["timing"]}
    assert sum(row["share"] for row in found["timing"]) == pytest.approx(1)
    total = sum(row["seconds"] for row in found["timing"])
    assert all(row["share"] == pytest.approx(row["seconds"] / total) for row in found["timing"])
    assert stages(timed.err) == []


@pytest.mark.slow
def test_explain_names_its_stages(run, folders, monkeypatch):
    """It has a pass of its own over the images."""
    monkeypatch.setattr(settings, "open_extractor", lambda _, *, preprocessing, **__: Thumbnail(preprocessing))
    assert set(EXTRACTED) <= set(stages(run("explain", *folders, "--timing", "--no-cache").err))
    found = json.loads(run("explain", *folders, "--timing", "--json", "--no-cache").out)
    assert set(EXTRACTED) <= {row["stage"] for row in found["timing"]}


@pytest.mark.slow
@pytest.mark.usefixtures("cheap")
def test_timing_changes_no_result(run, folders):
    """A run without the option says the same and has no table."""
    timed = run("fid", *folders, *OFFLINE, "--no-cache", "--timing")
    plain = run("fid", *folders, *OFFLINE, "--no-cache")
    assert timed.out == plain.out
    assert stages(plain.err) == []
