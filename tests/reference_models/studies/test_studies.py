"""The seeds' tables, run again."""

import csv

import pytest

from reference_models.errors import ConfigError, DataError
from reference_models.recording import plots
from reference_models.settings import flatten
from reference_models.studies import run as run_module
from reference_models.studies.run import run_study
from reference_models.studies.tables import STUDIES, row_config
from reference_models.training import start

FAST = {"epochs": 2, "data.count": 128, "eval.count": 40, "log_every": 1}
PUBLISHED = {
    "lr-batch": [67.9, 60.2, 66, 56.5],
    "width-latent": [56.5, 62.2, 78],
    "schedule": [56.5, 58, 55.5, 57.8, 58.7],
    "feature-matching": [55.5, 55.9],
    "conditioning": [55.5, 60.3, 62.8, None],
    "acgan": [55.5, 57.9],
}


@pytest.fixture
def study(tmp_path, extractor, monkeypatch):
    """Run a study in seconds: `study("acgan", seeds=2)`."""
    monkeypatch.setattr(plots, "draw_all", lambda *_arguments, **_options: None)

    def call(name, **options):
        changes = {**FAST, **options.pop("changes", {})}
        return run_study(name, tmp_path / name, changes=changes, extractor=extractor, device="cpu", **options)

    return call


def table(path):
    """Return the rows of study.csv."""
    with (path / "study.csv").open() as file:
        return list(csv.DictReader(file))


def test_the_published_figures():
    """T1 to T6: the figures of the study's tables, row by row."""
    assert {name: [row.published for row in study.rows] for name, study in STUDIES.items()} == PUBLISHED


def test_the_rows_at_full_scale():
    """T1 to T6: every row is what the table says, at 64x64 with n = 128, d = 100."""
    configs = {
        name: [row_config(study, row, scale="full", source="dogs", seed=0, changes={}) for row in study.rows]
        for name, study in STUDIES.items()
    }
    for config in (config for found in configs.values() for config in found):
        assert (config.net.size, config.eval.count, config.data.source) == (64, 10_000, "dogs")
    rates = [(config.batch, config.opt_d.lr, config.opt_g.lr) for config in configs["lr-batch"]]
    assert rates == [(128, 2e-4, 2e-4), (64, 1e-3, 1e-3), (64, 5e-4, 5e-4), (64, 5e-4, 1e-3)]
    sizes = [(config.net.latent_dim, config.net.width) for config in configs["width-latent"]]
    assert sizes == [(100, 128), (256, 128), (100, 64)]
    courses = [
        (config.opt_d.lr, config.opt_d.lr_end, config.opt_g.lr, config.opt_g.lr_end) for config in configs["schedule"]
    ]
    assert courses == [
        (5e-4, None, 1e-3, None),
        (5e-4, 1e-5, 1e-3, 1e-5),
        (1e-3, 1e-5, 2e-3, 1e-5),
        (1e-3, 1e-4, 2e-3, 2e-4),
        (2e-3, 2e-5, 4e-3, 4e-5),
    ]
    best = flatten(configs["schedule"][2])
    for name in ("feature-matching", "conditioning", "acgan"):
        assert flatten(configs[name][0]) == best, "the tables compare with the scheduled model"
    heads = [(config.net.head, config.net.features) for config in configs["conditioning"]]
    assert heads == [("plain", 0), ("additive", 8), ("projection", 1024), ("concat", 0)]
    matching = configs["feature-matching"][1].objective
    assert (matching.adversarial_weight, matching.feature_matching > 0) == (0, True)
    assert configs["acgan"][1].net.head == "auxiliary"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["conditioning", "acgan", "feature-matching", "width-latent", "lr-batch"])
def test_every_table_can_be_run(name, study, tmp_path):
    """A row of ours beside each of the study's, as CSV and Markdown."""
    study(name, seeds=1)
    rows = table(tmp_path / name)
    assert [row["published_fid"] for row in rows] == ["" if v is None else str(v) for v in PUBLISHED[name]]
    assert all(float(row["mean"]) > 0 and row["std"] == "" for row in rows)
    assert all(int(row["parameters"]) > 0 and float(row["seconds_per_epoch"]) > 0 for row in rows)
    text = (tmp_path / name / "study.md").read_text(encoding="utf-8")
    assert all(f"| {row['row']} |" in text for row in rows)
    if name == "width-latent":
        assert int(rows[0]["parameters"]) > 2 * int(rows[2]["parameters"])


@pytest.mark.slow
def test_schedules_are_compared_by_their_unrest(study, tmp_path):
    """P3: two panels of losses, and the deviation of the generator's loss at the end, with and without a schedule."""
    study("schedule", seeds=1)
    rows = table(tmp_path / "schedule")
    assert [float(row["late_g_loss_std"]) > 0 for row in rows] == [True] * 5
    assert (tmp_path / "schedule" / "losses.png").exists()


@pytest.mark.slow
def test_what_is_finished_is_not_run_again(study, tmp_path, monkeypatch):
    """A second call reads; more seeds add runs; an interrupted run goes on; the spread is over the seeds."""
    first = study("acgan", seeds=1)
    calls = []
    train, resume = start.train, start.resume
    monkeypatch.setattr(start, "train", lambda *a, **k: calls.append("train") or train(*a, **k))
    monkeypatch.setattr(start, "resume", lambda *a, **k: calls.append("resume") or resume(*a, **k))
    assert study("acgan", seeds=1) == first
    assert calls == []
    second = study("acgan", seeds=2)
    assert calls == ["train", "train"]
    rows = table(tmp_path / "acgan")
    values = [result.last for result in second if result.row == "without"]
    assert float(rows[0]["mean"]) == pytest.approx(sum(values) / 2)
    assert float(rows[0]["std"]) == pytest.approx(abs(values[0] - values[1]) / 2**0.5)

    class Stopping:
        said = warned = staticmethod(lambda _text: None)

        def stepped(self, *, step, last_step, images, losses):
            import os
            import signal

            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        study("acgan", seeds=3, observer=Stopping())
    calls.clear()
    assert len(study("acgan", seeds=3)) == 6
    assert calls == ["resume", "train"]


@pytest.mark.slow
def test_what_cannot_work_is_refused_before_the_first_run(study, tmp_path, monkeypatch):
    """Unknown names, a fixed key that the table varies, other arguments, data without labels: nothing is trained."""
    with pytest.raises(ConfigError, match="the studies are lr-batch, .*; got 'lr'"):
        study("lr")
    with pytest.raises(ConfigError, match="batch is what this study varies"):
        study("lr-batch", changes={"batch": 8})
    with pytest.raises(ConfigError, match="--seeds must be at least 1; got 0"):
        study("acgan", seeds=0)
    with pytest.raises(ConfigError, match="--scale must be tiny or full; got huge"):
        study("acgan", scale="huge")
    with pytest.raises(DataError, match="a step needs a batch of 128 images; shapes has 100"):
        study("lr-batch", changes={"data.count": 100})
    with pytest.raises(DataError, match="nothing there"):
        study("acgan", source=str(tmp_path / "none"))
    study("feature-matching", seeds=1)
    with pytest.raises(ConfigError, match="another configuration .*epochs: 2 -> 3.* choose another --out"):
        study("feature-matching", seeds=1, changes={"epochs": 3})
    from ganmetrics.testing import write_images

    unlabelled = write_images(tmp_path / "images", 128, size=16)
    trained = []
    monkeypatch.setattr(run_module.start, "train", lambda *a, **_options: trained.append(a))
    with pytest.raises(ConfigError, match="needs images with labels"):
        study("conditioning", source=str(unlabelled))
    assert trained == []
