"""A run in its folder: records, pictures, refusals, health."""

import csv
import json

import pytest
import torch
from PIL import Image

from ganmetrics import GanMetricsError
from reference_models.errors import CheckpointError, DataError, TrainingError
from reference_models.recording.grids import CAPTION
from reference_models.recording.records import RECORD_COLUMNS, read_events, read_scores
from reference_models.training import run as run_module
from reference_models.training.checkpoint import LAST, read_checkpoint
from reference_models.training.measure import check_finite
from reference_models.training.start import default_eval_epochs
from tests.reference_models.training.surroundings import SETTINGS
from tests.reference_models.training.test_resume import equal


@pytest.mark.slow
def test_the_folder_has_everything(run, tmp_path):
    """T7, P2, P4, P5, P6: scores with epoch 0 first, losses that add up, rates, grids of one noise."""
    run("wgan-gp-acgan-seed", **{"eval.epochs": (0, 2), "net.width": 4})
    folder = tmp_path / "run"
    with (folder / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == RECORD_COLUMNS
    assert [(row["epoch"], row["metric"], row["count"], row["real_count"]) for row in rows] == [
        ("0", "fd_random-features", "40", "64"),
        ("2", "fd_random-features", "40", "64"),
    ]
    events = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    losses = [event for event in events if event["kind"] == "losses"]
    assert [event["value"] for event in events if event["kind"] == "score"] == [float(row["value"]) for row in rows]
    for event in losses:
        parts = sum(
            event[f"loss/{name}"] for name in ("D_real", "D_fake", "auxiliary_real", "auxiliary_fake", "penalty")
        )
        assert event["loss/D"] == pytest.approx(parts, abs=1e-5)
        assert event["loss/G"] == pytest.approx(event["loss/G_adversarial"] + event["loss/G_auxiliary"], abs=1e-5)
        assert event["lr/G"] == event["lr/D"] == 1e-4
    assert {"w_distance", "class_acc_real", "class_acc_fake", "gradient_norm", "grad/G", "grad/D"} <= losses[0].keys()
    assert sorted(path.name for path in (folder / "samples").iterdir()) == [
        "epoch_0000.png",
        "epoch_0002.png",
        "real.png",
    ]
    with Image.open(folder / "samples" / "epoch_0002.png") as grid:
        # The score stands below, and may need more width.
        assert grid.width >= 8 * 18 + 2
        assert grid.height == 8 * 18 + 2 + CAPTION
    assert float(rows[1]["wall_seconds"]) > float(rows[1]["scoring_seconds"]) > 0


def test_dcgan_losses_are_a_sum(run, tmp_path):
    """P2: the discriminator's loss is that on real images and that on generated ones."""
    run("dcgan", epochs=1, **{"eval.epochs": ()})
    for event in read_events(tmp_path / "run" / "metrics.jsonl"):
        assert event["loss/D"] == pytest.approx(event["loss/D_real"] + event["loss/D_fake"], abs=1e-6)


@pytest.mark.slow
def test_the_run_is_the_same_unscored(run, tmp_path):
    """When a run is scored does not change what is trained."""
    run("sagan", "scored", epochs=1)
    run("sagan", "plain", epochs=1, **{"eval.epochs": ()})
    scored, plain = (read_checkpoint(tmp_path / name / LAST).trainer for name in ("scored", "plain"))
    assert all(torch.equal(value, plain["generator"][name]) for name, value in scored["generator"].items())
    assert torch.equal(scored["rng"][0], plain["rng"][0])


def defaults():
    """Return what torch does unless it is told otherwise."""
    return torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.empty(0).device, torch.get_default_dtype()


@pytest.mark.slow
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_run_is_the_same_whatever_torch_s_defaults_are(run, go_on, tmp_path, settings):
    """As where gradients are off, which notebooks do, or tensors go elsewhere; after it the settings are as before."""
    plain = {"epochs": 1, "eval.epochs": (0, 1), "ema_decay": 0.5}
    run("acgan", "plain", **plain)
    go_on("plain", more_epochs=1)
    with settings():
        before = defaults()
        run("acgan", "changed", **plain)
        go_on("changed", more_epochs=1)
        after = defaults()
    assert before == after != (True, False, torch.device("cpu"), torch.float32)
    stored = [read_checkpoint(tmp_path / name / LAST) for name in ("plain", "changed")]
    assert equal(stored[0].trainer, stored[1].trainer)
    scores = [[row["value"] for row in read_scores(tmp_path / name / "metrics.csv")] for name in ("plain", "changed")]
    assert scores[0] == scores[1]
    assert len(scores[0]) == 3


@pytest.mark.slow
def test_more_metrics_than_one(run, tmp_path):
    """Every metric of `ganmetrics` can be recorded: a row for each epoch and metric."""
    from ganmetrics.testing import ChannelMeans
    from reference_models.training import start

    run("dcgan", "skeleton", epochs=0, **{"eval.epochs": ()})
    config = read_checkpoint(tmp_path / "skeleton" / LAST).config
    from reference_models.settings import merged

    both = merged(config, {"eval.epochs": (0,), "eval.metrics": ("fid", "is"), "eval.count": 25, "eval.batch": 10})
    start.train(both, tmp_path / "both", extractor=ChannelMeans(), device="cpu")
    rows = read_scores(tmp_path / "both" / "metrics.csv")
    assert [(row["metric"], row["count"]) for row in rows] == [("fd_channel-means", 25), ("is_channel-means", 25)]


def test_another_run_s_folder_is_refused(run, tmp_path):
    """Nothing is overwritten: the message says how to go on with what is there."""
    run("dcgan", epochs=1, **{"eval.epochs": ()})
    before = (tmp_path / "run" / LAST).read_bytes()
    with pytest.raises(CheckpointError, match=r"holds a run; --resume .*run goes on with it"):
        run("wgan")
    assert (tmp_path / "run" / LAST).read_bytes() == before
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(CheckpointError, match="needs a new or empty folder"):
        run("dcgan", "mine")


def test_nothing_is_written_for_bad_data(run, tmp_path):
    """Data are looked at before the folder is made."""
    with pytest.raises(DataError, match=r"a step needs a batch of 200 images; shapes has 64"):
        run("dcgan", batch=200)
    with pytest.raises(GanMetricsError, match="does-not-exist is nothing there"):
        run("dcgan", **{"data.source": str(tmp_path / "does-not-exist")})
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_losses_that_are_no_numbers_stop_the_run(run, tmp_path, monkeypatch):
    """One line names the loss and the step, and last.pt is a good one from before."""
    step = run_module.Trainer.step

    def poisoned(self, **options):
        done = step(self, **options)
        if self.steps == 13:
            done.losses["D_real"].fill_(float("nan"))
        return done

    monkeypatch.setattr(run_module.Trainer, "step", poisoned)
    with pytest.raises(TrainingError, match=r"needs finite losses; D_real is nan at step 14"):
        run("dcgan", **{"eval.epochs": ()})
    assert read_checkpoint(tmp_path / "run" / LAST).trainer["steps"] == 8


def test_weights_that_are_no_numbers_are_never_saved(trainer):
    """The weight is named."""
    ours = trainer("dcgan")
    with torch.no_grad():
        ours.generator.blocks[1].up.weight[0, 0, 0, 0] = float("inf")
    with pytest.raises(TrainingError, match=r"finite weights; those of generator.blocks.1.up.weight are not at step 3"):
        check_finite({}, (("generator", ours.generator),), step=3)


@pytest.mark.slow
def test_patience_stops(run, heard, tmp_path):
    """After so many evaluations without a better one the run ends, and the best checkpoint stays."""
    outcome = run("dcgan", epochs=9, patience=2, **{"eval.epochs": tuple(range(10)), "opt_g.lr": 0.5, "opt_d.lr": 1e-6})
    assert outcome.stopped_early
    assert outcome.epochs == outcome.best_epoch + 2 < 9
    assert any("patience" in line for line in heard.lines)
    assert read_checkpoint(tmp_path / "run").epoch == outcome.best_epoch


def test_the_default_schedule_of_scores():
    """Often at first, always at the end."""
    assert default_eval_epochs(0) == (0,)
    assert default_eval_epochs(7) == (0, 1, 2, 5, 7)
    assert default_eval_epochs(120) == (0, 1, 2, 5, 10, 20, 50, 100, 120)


def test_real_labels_are_told(run, heard):
    """The classes and their counts are shown at the start, so that a wrong folder layout is seen."""
    run("acgan", epochs=0, **{"eval.epochs": ()})
    assert any("red disc 7, cyan disc 7" in line for line in heard.lines)
