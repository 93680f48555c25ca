"""`sample`, `study` and `analyse` from the command line."""

import json

import pytest
import torch
from click.testing import CliRunner

from reference_models.cli import command
from reference_models.data.load import load_images
from reference_models.training.checkpoint import Checkpoint, write_checkpoint
from reference_models.training.trainer import Trainer


@pytest.fixture
def checkpoint(tiny, tmp_path):
    """A tiny DCGAN after a few steps."""
    config = tiny("dcgan")
    data = load_images(config.data, size=16)
    trainer = Trainer(config, data)
    for _ in range(4):
        trainer.step()
    counts = torch.bincount(data.labels, minlength=data.classes)
    path = tmp_path / "last.pt"
    write_checkpoint(path, Checkpoint(config, trainer.state(), {"epoch": 1}, {}, data.class_names, counts))
    return path


@pytest.fixture
def run():
    """Run a command and return its result: `run("sample", path, "--count", 3)`."""

    def call(*arguments):
        return CliRunner().invoke(command, [str(argument) for argument in arguments])

    return call


def test_sample_and_its_refusals(checkpoint, run, tmp_path):
    """The result is one line; an existing output and a scored choice of the best are refused in one line."""
    done = run("sample", checkpoint, "--count", 3, "--out", tmp_path / "a", "-q")
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path / 'a'}: 3 images\n")
    again = run("sample", checkpoint, "--count", 3, "--out", tmp_path / "a", "-q")
    assert (again.exit_code, again.stderr) == (1, f"Error: --out needs a new name; {tmp_path / 'a'} exists\n")
    best = run("sample", checkpoint, "--count", 9, "--best", 2, "--out", tmp_path / "b.png")
    assert (best.exit_code, best.stdout) == (0, f"{tmp_path / 'b.png'}: 2 of 9\n")
    scored = run("sample", checkpoint, "--count", 9, "--best", 2, "--out", tmp_path / "b")
    assert scored.exit_code == 1
    assert "a choice of the best is no sample" in scored.stderr


ANALYSES = [
    (("arithmetic", "--plus", "1,2", "--plus", "3", "--minus", "4"), "arithmetic", "(1,2) + (3) - (4)"),
    (("axis", "--starts", 2, "--steps", 3, "--mean-of", 4), "axis", "Spearman of alpha and x = "),
    (("probe", "--count", 120, "--test", 40, "--data", "shapes"), "probe", "untrained"),
    (("filters", "--filters", 2, "--examples", 2, "--drop", 1), "filters", "focus of the filters: trained "),
]


@pytest.mark.slow
@pytest.mark.parametrize("analysis", ANALYSES)
def test_analyses_print_their_number(analysis, checkpoint, run, tmp_path):
    """Each writes its JSON, prints its number, and never replaces what is there."""
    arguments, name, line = analysis
    whole = (arguments[0], checkpoint, *arguments[1:], "--out", tmp_path / "out")
    done = run("analyse", *whole)
    assert done.exit_code == 0, done.stderr
    assert line in done.stdout
    assert json.loads((tmp_path / "out" / f"{name}.json").read_text(encoding="utf-8"))
    assert name == "probe" or (tmp_path / "out" / f"{name}.png").exists()
    again = run("analyse", *whole)
    assert again.exit_code == 1
    assert "--out needs a folder without this analysis" in again.stderr


def test_a_walk_with_an_extractor_that_is_not_there(checkpoint, run, tmp_path):
    """One line, and no files."""
    done = run("analyse", "walk", checkpoint, "--out", tmp_path / "out", "--extractor", "nothing")
    assert done.exit_code == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_best_discriminator(run, tmp_path):
    """N6 from the command line, with its picture."""
    done = run("analyse", "optimal-discriminator", "--steps", 20, "--out", tmp_path)
    assert done.exit_code == 0
    assert "V(D*) = -0.861829" in done.stdout
    assert (tmp_path / "optimal-discriminator.png").exists()


def test_a_study_is_one_line_when_it_cannot_be(run, tmp_path):
    """An unknown study."""
    done = run("study", "speed", "--out", tmp_path)
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "the studies are lr-batch" in done.stderr
