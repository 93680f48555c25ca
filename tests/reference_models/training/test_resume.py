"""A run that was interrupted goes on as if it had not been."""

import os
import signal

import pytest
import torch

from ganmetrics import GanMetricsError
from reference_models.errors import CheckpointError, ConfigError
from reference_models.recording.records import read_events, read_scores
from reference_models.training.checkpoint import BEST, LAST, Checkpoint, read_checkpoint, write_checkpoint

EXACT = {
    "dcgan": {"ema_decay": 0.9, "data.flips": True, "opt_g.schedule": "linear", "opt_g.lr_end": 0.0},
    "sagan": {},
    "wgan": {},
    "wgan-gp-acgan": {},
    "acgan": {"precision": "bf16"},
}


def leaves(tree):
    """Return every number and tensor of a state, in order."""
    if isinstance(tree, dict):
        return [leaf for value in tree.values() for leaf in leaves(value)]
    if isinstance(tree, list | tuple):
        return [leaf for value in tree for leaf in leaves(value)]
    return [tree]


def learnt(trainer):
    """Return the state but the rates, which every step sets anew."""
    state = trainer.state()
    return {**state, "opt_g": state["opt_g"]["state"], "opt_d": state["opt_d"]["state"]}


def equal(first, second):
    pairs = list(zip(leaves(first), leaves(second), strict=True))
    return all(torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b for a, b in pairs)


@pytest.mark.slow
@pytest.mark.parametrize("preset", EXACT)
def test_twenty_steps_are_ten_and_ten(trainer, tmp_path, preset):
    """Weights, optimisers, averages, random numbers and data position: all to the bit, through a file."""
    straight = trainer(preset, **EXACT[preset])
    for _ in range(20):
        straight.step()
    first = trainer(preset, **EXACT[preset])
    for _ in range(10):
        first.step()
    names = tuple(map(str, range(first.config.net.classes)))
    stored = Checkpoint(first.config, first.state(), {"epoch": 1}, {}, names, None)
    write_checkpoint(tmp_path / LAST, stored)
    second = trainer(preset, **EXACT[preset])
    second.load_state(read_checkpoint(tmp_path / LAST).trainer)
    assert equal(learnt(first), learnt(second))
    for _ in range(10):
        second.step()
    assert equal(straight.state(), second.state())
    assert not equal(straight.state(), first.state())


def ignore(_step):
    """Do nothing after a step."""


@pytest.mark.slow
def test_an_interrupted_run_is_saved_and_finished(run, go_on, heard, tmp_path):
    """Ctrl-C in the middle of an epoch saves every step taken; resumed, the run ends as one that was left alone."""
    run("dcgan", "whole")

    def interrupt(step):
        if step == 11:
            heard.after_step = ignore
            os.kill(os.getpid(), signal.SIGINT)

    heard.after_step = interrupt
    with pytest.raises(KeyboardInterrupt):
        run("dcgan", "broken")
    assert read_checkpoint(tmp_path / "broken" / LAST).trainer["steps"] == 11
    assert [row["epoch"] for row in read_scores(tmp_path / "broken" / "metrics.csv")] == [0, 1]
    outcome = go_on("broken")
    assert outcome.epochs == 2
    whole, broken = (read_checkpoint(tmp_path / name / LAST) for name in ("whole", "broken"))
    assert equal(whole.trainer, broken.trainer)
    scores = [
        [(row["epoch"], row["metric"], row["value"]) for row in read_scores(tmp_path / name / "metrics.csv")]
        for name in ("whole", "broken")
    ]
    assert scores[0] == scores[1]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.slow
def test_what_was_recorded_after_the_checkpoint_is_dropped(run, go_on, tmp_path):
    """A killed run leaves rows of steps that are taken again; none is there twice, and half a line is no harm."""
    run("dcgan")
    before = read_events(tmp_path / "run" / "metrics.jsonl")
    with (tmp_path / "run" / "metrics.jsonl").open("a") as file:
        file.write('{"kind": "losses", "epoch": 9, "step": 72, "images_seen": 1}\n{"kind": "los')
    with (tmp_path / "run" / "metrics.csv").open("a") as file:
        file.write("7,56,448,fd_random-features,1.0,,,,,,40,64,x,native,False,0,1.0,1.0,1.0,abc\n8,6")
    go_on(more_epochs=1)
    assert [row["epoch"] for row in read_scores(tmp_path / "run" / "metrics.csv")] == [0, 1, 2, 3]
    events = read_events(tmp_path / "run" / "metrics.jsonl")
    assert events[: len(before)] == before
    assert max(event["step"] for event in events) == 24


@pytest.mark.slow
def test_more_epochs_go_on_at_the_end_value(run, go_on, tmp_path):
    """`--more-epochs` goes beyond the end; the schedule stays where it ended, and the new end is scored."""
    run("dcgan", **{"opt_g.schedule": "linear", "opt_g.lr_end": 1e-5})
    outcome = go_on(more_epochs=2)
    assert outcome.epochs == 4
    rates = [event["lr/G"] for event in read_events(tmp_path / "run" / "metrics.jsonl") if event["kind"] == "losses"]
    assert rates[0] > 1e-4
    assert set(rates[-8:]) == {1e-5}
    assert [row["epoch"] for row in read_scores(tmp_path / "run" / "metrics.csv")] == [0, 1, 2, 4]
    assert read_checkpoint(tmp_path / "run" / LAST).config.epochs == 2


@pytest.mark.slow
def test_a_finished_run_stays_finished(run, go_on, tmp_path):
    """Resuming what is done trains nothing more."""
    run("dcgan")
    before = read_checkpoint(tmp_path / "run" / LAST).trainer
    assert go_on().epochs == 2
    assert equal(before, read_checkpoint(tmp_path / "run" / LAST).trainer)


@pytest.mark.slow
def test_a_changed_configuration_is_shown_and_refused(run, go_on, tmp_path):
    """The difference is told key by key, in config.toml and in options alike; allowed keys go through."""
    run("dcgan", epochs=1, **{"eval.epochs": ()})
    with pytest.raises(ConfigError, match=r"\(opt_g.lr: 0.0002 -> 0.1; batch: 8 -> 4\); --allow-changed opt_g.lr"):
        go_on(changes={"opt_g.lr": 0.1, "batch": 4})
    text = (tmp_path / "run" / "config.toml").read_text(encoding="utf-8")
    (tmp_path / "run" / "config.toml").write_text(text.replace("n_critic = 1", "n_critic = 2"))
    with pytest.raises(ConfigError, match="n_critic: 1 -> 2"):
        go_on()
    outcome = go_on(more_epochs=1, allow_changed=["n_critic"])
    assert outcome.epochs == 2
    assert read_checkpoint(tmp_path / "run" / LAST).config.n_critic == 2


@pytest.mark.slow
def test_what_does_not_touch_the_training_may_change(run, go_on):
    """When to score is no part of what is trained."""
    run("dcgan", epochs=1)
    assert go_on(changes={"eval.epochs": "0,1", "patience": 3}).epochs == 1


@pytest.mark.slow
def test_another_architecture_does_not_load(run, go_on):
    """Allowing a key does not make weights fit; the message is one line."""
    run("dcgan", epochs=1, **{"eval.epochs": ()})
    with pytest.raises(CheckpointError, match="does not fit this run"):
        go_on(changes={"net.width": 16}, allow_changed=["net.width"])


@pytest.mark.slow
def test_the_best_and_the_last_are_kept(run, tmp_path):
    """best.pt is the state of the smallest distance, last.pt of the end."""
    outcome = run("dcgan", epochs=3, **{"eval.epochs": (0, 1, 2, 3), "opt_g.lr": 1e-3})
    scores = {row["epoch"]: row["value"] for row in read_scores(tmp_path / "run" / "metrics.csv")}
    assert outcome.best == min(scores.values())
    assert scores[outcome.best_epoch] == outcome.best
    assert read_checkpoint(tmp_path / "run" / BEST).epoch == outcome.best_epoch
    assert read_checkpoint(tmp_path / "run" / LAST).epoch == 3


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (
            ("metrics.csv", lambda path: path.write_text("epoch,step\n1,2\n")),
            r"metrics.csv is damaged: it has no column",
        ),
        (
            ("metrics.jsonl", lambda path: path.write_text("3\n")),
            r"metrics.jsonl is damaged: line 1 needs to be an event",
        ),
        (("metrics.csv", os.mkfifo), r"metrics.csv cannot be read: it is no regular file$"),
        (("metrics.jsonl", os.mkfifo), r"metrics.jsonl cannot be read: it is no regular file$"),
        (("config.toml", os.mkfifo), r"config.toml cannot be read: it is no regular file$"),
        (("last.pt", os.mkfifo), r"last.pt is no regular file$"),
    ],
)
def test_a_damaged_file_is_the_one_that_is_named(run, go_on, tmp_path, damage, words):
    """Records, configuration and checkpoint are told apart, and none is waited for."""
    run("dcgan", epochs=1, **{"eval.epochs": ()})
    name, make = damage
    (tmp_path / "run" / name).unlink()
    make(tmp_path / "run" / name)
    with pytest.raises(GanMetricsError, match=words) as caught:
        go_on(more_epochs=1)
    assert name == "last.pt" or "last.pt" not in str(caught.value)
