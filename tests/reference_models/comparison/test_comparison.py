"""`compare`: several runs beside each other."""

import dataclasses

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from reference_models.cli import command
from reference_models.comparison.compare import compare_runs
from reference_models.comparison.curves import Curve, overtakes, read_curves
from reference_models.errors import CheckpointError, ConfigError
from reference_models.presets import build_config
from reference_models.recording.grids import grid, sample_path, write_image
from reference_models.recording.records import RECORD_COLUMNS, Moment, Records
from reference_models.settings import to_toml

FAST = {0: 9.0, 1: 5.0, 2: 4.0, 4: 4.0}
SLOW = {0: 9.0, 1: 8.0, 2: 6.0, 4: 2.0}


@pytest.fixture
def recorded(tmp_path):
    """Write a run's folder: `recorded("dcgan", {0: 9.0, 1: 5.0}, seconds=60)`."""

    def write(name, values, *, seconds=60.0, keys=None, **columns):
        directory = tmp_path / name
        directory.mkdir()
        config = build_config("dcgan", {"net.size": 16, **(keys or {})})
        (directory / "config.toml").write_text(to_toml(config))
        records = Records(directory)
        records.begin()
        for number, (epoch, value) in enumerate(values.items()):
            scoring = 7.0 * (number + 1)
            moment = Moment(epoch, epoch, epoch, epoch * seconds + scoring, 0.0, scoring)
            row = dict.fromkeys(RECORD_COLUMNS) | {
                **dataclasses.asdict(moment),
                "metric": "fd_x",
                "value": value,
                "count": 40,
                "real_count": 50,
                "extractor": "x",
                "protocol": "p",
                "seed": 0,
                **columns,
            }
            # The second metric of an epoch is not what runs are compared by.
            records.add_scores([row, {**row, "metric": "kid_x", "value": 100.0}])
            write_image(sample_path(directory, epoch), grid(torch.full((64, 3, 16, 16), epoch, dtype=torch.uint8)))
        return directory

    return write


@pytest.fixture
def pair(recorded):
    """A run that falls fast, and one that falls further; an epoch of it takes twice as long."""
    return recorded("fast", FAST), recorded("slow", SLOW, seconds=120.0)


def test_where_one_overtakes_another(pair):
    """N9: 6 - 2t meets 4 at epoch 3; over time the slow run is still above when the fast one ends."""
    fast, slow = read_curves(pair)
    assert fast.places("minute") == pytest.approx([0, 1, 2, 4])
    assert slow.places("minute") == pytest.approx([0, 2, 4, 8])
    # Between (2, 6) and (4, 2) a line reaches 4 halfway.
    assert overtakes(fast, slow, "epoch") == pytest.approx(3.0)
    assert overtakes(fast, slow, "minute") is None
    assert overtakes(slow, fast, "epoch") is None


values = st.lists(st.floats(1, 100), min_size=2, max_size=6)


@given(first=values, second=values)
def test_below_from_there_on(first, second):
    """After the place that is returned the second is below; before it, it is not all along."""
    curves = [
        Curve(None, tuple({"epoch": epoch, "value": value} for epoch, value in enumerate(course)))
        for course in (first, second)
    ]
    found = overtakes(*curves, "epoch")
    end = min(len(first), len(second)) - 1
    at = lambda course, place: np.interp(place, np.arange(len(course)), course)  # noqa: E731
    if found is None:
        assert second[end] >= first[end]
        return
    after = np.linspace(found, end, 50)
    assert (at(second, after) <= at(first, after) + 1e-9 * at(first, after)).all()
    assert found == 0 or at(second, found) == pytest.approx(at(first, found), rel=1e-6)


@pytest.mark.slow
def test_the_folder(pair, tmp_path):
    """Tables, curves and a picture of each run's last samples; nothing is replaced."""
    result = CliRunner().invoke(command, ["compare", *map(str, pair), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (tmp_path / "out" / "comparison.md").read_text(encoding="utf-8")
    assert "| `slow` | 9.0 | 8.0 | 6.0 | 2.0 | 2.0 at 4 | 2.00 |" in result.stdout
    assert "| `slow` | 3.0 | not by the end | epoch 4, minute 4.0 |" in result.stdout
    for name in ("curves.png", "samples.png"):
        with Image.open(tmp_path / "out" / name) as opened:
            opened.load()
    again = CliRunner().invoke(command, ["compare", *map(str, pair), "--out", str(tmp_path / "out")])
    assert again.exit_code == 1
    assert "comparison.md, curves.png, samples.png" in again.stderr


@pytest.mark.slow
def test_the_panel_of_three_epochs(recorded, tmp_path):
    """A15: three grids of one run in a row, in the order of the epochs."""
    compare_runs([recorded("hybrid", SLOW)], tmp_path / "out", epochs=(1, 2, 4))
    with Image.open(tmp_path / "out" / "samples.png") as opened:
        sheet = opened.convert("RGB")
    width = sheet.width // 3
    assert [sheet.getpixel((index * width + 4, 4))[0] for index in range(3)] == [1, 2, 4]


def test_what_cannot_be_compared(recorded, tmp_path):
    """Other features, counts, data or sizes; one name twice; no scores; an epoch without samples: one line each."""
    first = recorded("first", FAST)
    for name, options, said in (
        ("count", {"count": 41}, "count is 40 and 41"),
        ("extractor", {"extractor": "y"}, "extractor is 'x' and 'y'"),
        ("data", {"keys": {"data.source": "elsewhere"}}, "data.source is 'shapes' and 'elsewhere'"),
        ("size", {"keys": {"net.size": 32}}, "net.size is 16 and 32"),
    ):
        with pytest.raises(ConfigError, match=f"first and {name} do not compare: {said}"):
            read_curves([first, recorded(name, FAST, **options)])
    with pytest.raises(ConfigError, match="got first twice"):
        read_curves([first, first])
    with pytest.raises(CheckpointError, match="needs scores"):
        read_curves([tmp_path / "nothing"])
    with pytest.raises(ConfigError, match="first has 0, 1, 2, 4; got 3"):
        compare_runs([first], tmp_path / "out", epochs=(3,))
    sample_path(first, 2).write_bytes(b"no picture")
    with pytest.raises(CheckpointError, match="cannot be read as a grid of samples"):
        compare_runs([first], tmp_path / "out", epochs=(2,))
    assert not (tmp_path / "out").exists()
    wrong = CliRunner().invoke(command, ["compare", str(first), "--out", str(tmp_path / "out"), "--epochs", "1,x"])
    assert (wrong.exit_code, wrong.stderr) == (1, "Error: --epochs must be whole numbers such as 1,5,12; got 'x'\n")


def test_the_same_set_elsewhere(recorded):
    """Runs of one set that lies in two places compare."""
    runs = [recorded(name, FAST, keys={"data.source": f"/{name}/set.zip"}) for name in ("a", "b")]
    assert [curve.name for curve in read_curves(runs)] == ["a", "b"]
