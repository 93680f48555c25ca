"""Tests of `ganmetrics.integrations.loggers`, each with the installed package."""

import csv
import json
import math
import time

import pytest

from ganmetrics import Report, Score
from ganmetrics.errors import InputError
from ganmetrics.integrations.loggers import CSV_COLUMNS, CsvLog, MlflowLog, TensorBoardLog, WandbLog, series_of

SERIES = {"a/fid", "a/fid_corrected", "a/fid_low", "a/fid_high", "a/is", "a/is_std"}


def report(value):
    """A distance with an interval, and a score with a spread."""
    fid = Score("fid", value, corrected=value - 1, low=value - 2, high=value, real_count=100, fake_count=50)
    return Report({"fid": fid, "is": Score("is", 2.0, std=0.5, fake_count=50, lower_is_better=False)}, {"seed": 0})


def test_series_have_what_there_is():
    """No series of None."""
    assert set(series_of(report(9.0), prefix="a/")) == SERIES


def test_csv_rows_come_together(tmp_path):
    """Two steps, the second by another object, as after a restart; a file of something else is left alone."""
    path = tmp_path / "new" / "scores.csv"
    for step, value in ((0, 9.0), (5, 7.5)):
        CsvLog(path).log(report(value), step)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["step"], row["name"], row["value"]) for row in rows] == [
        ("0", "fid", "9.0"),
        ("0", "is", "2.0"),
        ("5", "fid", "7.5"),
        ("5", "is", "2.0"),
    ]
    assert (rows[0]["low"], rows[1]["low"], rows[1]["std"], tuple(rows[0])) == ("7.0", "", "0.5", CSV_COLUMNS)
    other = tmp_path / "other.csv"
    other.write_text("loss\n1\n")
    with pytest.raises(InputError, match="has other columns, loss"):
        CsvLog(other).log(report(1.0), 0)
    assert other.read_text(encoding="utf-8") == "loss\n1\n"


@pytest.mark.parametrize("extractor", ["plain", 'of "two", quoted', "größe 大"])
def test_rows_after_one_that_was_cut_short_are_whole(tmp_path, extractor):
    """A process may be killed anywhere in its write; whatever it leaves, no row before or after it is lost."""

    def log(step):
        scores = {name: Score(name, step + 0.5, extractor=extractor, protocol="legacy") for name in ("fid", "kid")}
        CsvLog(path).log(Report(scores), step)

    path = tmp_path / "scores.csv"
    log(0)
    start = path.stat().st_size
    log(1)
    content = path.read_bytes()
    for kept in range(start, len(content) + 1):
        path.write_bytes(content[:kept])
        log(2)
        with path.open(encoding="utf-8", newline="") as file:
            rows = [
                (row["step"], row["name"], row["value"], row["extractor"], row["protocol"])
                for row in csv.DictReader(file)
            ]
        for step in (0, 2):
            for name in ("fid", "kid"):
                assert rows.count((str(step), name, f"{step}.5", extractor, "legacy")) == 1
        # Those of the write that was cut short: the whole ones, and one that may not be.
        assert 4 <= len(rows) <= 6
        ended = content[start:kept].count(b"legacy")
        assert [row[:2] for row in rows[2 : 2 + ended]] == [("1", "fid"), ("1", "kid")][:ended]
        assert path.read_bytes().startswith(content[: kept - 2])


def test_tensorboard_has_series_and_report(tmp_path):
    """Read back from the file of events."""
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = TensorBoardLog(tmp_path, prefix="a/")
    for step, value in ((0, 9.0), (5, 7.5)):
        log.log(report(value), step)
    log.writer.close()
    events = EventAccumulator(str(tmp_path)).Reload()
    assert set(events.Tags()["scalars"]) == SERIES
    assert [(event.step, event.value) for event in events.Scalars("a/fid")] == [(0, 9.0), (5, 7.5)]
    (tag,) = events.Tags()["tensors"]
    text = events.Tensors(tag)[-1].tensor_proto.string_val[0].decode()
    assert json.loads(text.removeprefix("```json\n").removesuffix("\n```"))["scores"][0]["value"] == 7.5


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_wandb_offline_has_series_and_artifact(tmp_path, monkeypatch):
    """What an offline run keeps, before anything is sent."""
    wandb = pytest.importorskip("wandb")
    for name in ("WANDB_DIR", "WANDB_CACHE_DIR", "WANDB_DATA_DIR", "WANDB_CONFIG_DIR", "WANDB_ARTIFACT_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    with wandb.init(mode="offline", project="test", dir=str(tmp_path), settings={"silent": True}) as run:
        log = WandbLog(run, prefix="a/")
        for step, value in ((0, 9.0), (5, 7.5)):
            log.log(report(value), step)
        summary = dict(run.summary)
    assert {name for name in summary if name.startswith("a/")} == SERIES | {"a/step"}
    assert (summary["a/fid"], summary["a/fid_low"], summary["a/step"]) == (7.5, 5.5, 5)
    stored = list(tmp_path.rglob("*.wandb"))
    assert len(stored) == 1
    # The service that writes it is another process.
    until = time.monotonic() + 30
    while b"ganmetrics-report" not in stored[0].read_bytes() and time.monotonic() < until:
        time.sleep(0.2)
    assert b"ganmetrics-report" in stored[0].read_bytes()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_mlflow_has_series_and_artifact(tmp_path, monkeypatch):
    """Read back from a store of files."""
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    client = mlflow.MlflowClient(f"file://{tmp_path}/runs")
    run = client.create_run(client.create_experiment("test", artifact_location=f"file://{tmp_path}/artifacts"))
    log = MlflowLog(client, run.info.run_id, prefix="a/")
    for step, value in ((0, 9.0), (5, 7.5)):
        log.log(report(value), step)
    assert set(client.get_run(run.info.run_id).data.metrics) == SERIES
    history = client.get_metric_history(run.info.run_id, "a/fid_corrected")
    assert [(one.step, one.value) for one in history] == [(0, 8.0), (5, 6.5)]
    stored = sorted((tmp_path / "artifacts").rglob("report-*.json"))
    assert [json.loads(path.read_text(encoding="utf-8"))["scores"][0]["value"] for path in stored] == [9.0, 7.5]
    assert math.isclose(history[0].value, 8.0)
