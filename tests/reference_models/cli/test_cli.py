"""`python -m reference_models`."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from ganmetrics.extraction import settings
from reference_models.cli import command
from reference_models.presets import PRESETS
from reference_models.testing import RandomFeatures
from reference_models.training.checkpoint import LAST, read_checkpoint

ROOT = Path(__file__).parents[3]
TINY = ["net.size=8", "net.width=4", "data.count=32", "batch=8", "eval.count=20"]


@pytest.fixture
def run(monkeypatch):
    """Run the command line in this process, with a cheap extractor in the place of EfficientNet-Lite0."""
    cheap = RandomFeatures(8)
    cheap.spec = type(cheap.spec)(**{**vars(cheap.spec), "name": "efficientnet-lite0"})
    real = settings.open_extractor
    monkeypatch.setattr(
        settings, "open_extractor", lambda name, **options: cheap if name == cheap.spec.name else real(name, **options)
    )
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

    def call(*arguments, tiny=False, **invoke):
        extra = [part for key in TINY for part in ("--set", key)] if tiny else []
        result = CliRunner().invoke(command, [*map(str, arguments), *extra], **invoke)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


def refused(result, *words):
    """Check that a command ended with status 1 and one line that has these words."""
    assert result.exit_code == 1, result.output
    (line,) = result.stderr.strip().splitlines()[-1:]
    assert line.startswith("Error: ")
    assert all(word in line for word in words), line


def test_list_shows_every_preset(run):
    """One line each."""
    lines = run("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(PRESETS)
    assert all(len(line) < 130 for line in lines)


@pytest.mark.slow
def test_list_shapes_prints_the_paper_s(run):
    """A1: the shapes of the paper's generator, and both parameter counts."""
    lines = run("list", "--shapes", "dcgan-64").stdout.splitlines()
    shapes = [line.split()[-1] for line in lines[1:7]]
    assert shapes == ["100", "4x4x1024", "8x8x512", "16x16x256", "32x32x128", "64x64x3"]
    assert lines[0] == "generator: 12,658,432 parameters"
    assert lines[7] == "discriminator: 11,036,160 parameters"
    assert "4x4x512" in run("list", "--shapes", "dcgan-64", "--set", "net.width=64").stdout


@pytest.mark.slow
def test_train_and_go_on(run, tmp_path):
    """The spelling of the issue: a run with its files, finished, then further."""
    out = tmp_path / "run"
    done = run("train", "dcgan", "--data", "shapes", "--epochs", 2, "--eval-epochs", "0,1", "--out", out, tiny=True)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{out}: 2 epochs, best ")
    assert "scored with efficientnet-lite0" in done.stderr
    assert {"metrics.csv", "metrics.jsonl", "config.toml", "last.pt", "best.pt", "samples", "plots"} <= {
        path.name for path in out.iterdir()
    }
    more = run("train", "--resume", out, "--more-epochs", 1)
    assert more.exit_code == 0, more.output
    with (out / "metrics.csv").open() as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["0", "1", "3"]
    assert read_checkpoint(out / LAST).epoch == 3
    same = run("train", "dcgan", "--resume", out, "--set", "batch=4")
    refused(same, "batch: 8 -> 4", "--allow-changed batch")


def test_a_file_and_options(run, tmp_path):
    """A preset's keys are changed by the file, then --set, then the flags; config.toml of a run is such a file."""
    (tmp_path / "mine.toml").write_text("batch = 16\nseed = 1\n[net]\nwidth = 4\nsize = 8\n[data]\ncount = 32\n")
    first, second = tmp_path / "first", tmp_path / "second"
    options = ["--eval-epochs", "none", "--epochs", 0]
    done = run(
        "train",
        "wgan-gp",
        "--config",
        tmp_path / "mine.toml",
        "--set",
        "batch=4",
        "--seed",
        5,
        *options,
        "--out",
        first,
    )
    assert done.exit_code == 0, done.output
    config = read_checkpoint(first / LAST).config
    assert (config.preset, config.batch, config.seed, config.net.width) == ("wgan-gp", 4, 5, 4)
    again = run("train", "--config", first / "config.toml", "--out", second)
    assert again.exit_code == 0, again.output
    assert read_checkpoint(second / LAST).config == config


def test_precision_and_patience(run, tmp_path):
    """The other flags reach their keys."""
    out = tmp_path / "run"
    options = ["--precision", "bf16", "--patience", 2, "--epochs", 1, "--eval-epochs", "none", "--threads", 1]
    assert run("train", "dcgan", *options, "--out", out, "-q", tiny=True).exit_code == 0
    config = read_checkpoint(out / LAST).config
    assert (config.precision, config.patience) == ("bf16", 2)


def npz(path, count=8, size=8, labels=None):
    arrays = {} if labels is None else {"labels": np.array(labels)}
    np.savez(path, arr_0=np.random.default_rng(0).integers(0, 256, (count, size, size, 3), np.uint8), **arrays)
    return path


def test_bad_input_is_one_line(run, tmp_path):
    """What is needed, what came, status 1, and no folder made."""
    out = tmp_path / "out"
    one = npz(tmp_path / "one.npz", count=1)
    plain = npz(tmp_path / "plain.npz")
    wrong = npz(tmp_path / "wrong.npz", labels=[0, 1, 2, 3, 4, 5, 6, -2])
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("x")

    def train(preset, *arguments):
        return run("train", preset, *arguments, "--out", out, tiny=False)

    small = ("--set", "net.size=8", "--set", "batch=4", "--epochs", 1, "--extractor", "efficientnet-lite0")
    refused(train("dcgan", "--data", one, *small), "at least 2 images", "has 1")
    refused(train("dcgan", "--data", tmp_path / "texts", *small), "needs to hold image files; it has none")
    refused(train("acgan", "--data", plain, *small), "acgan needs images with labels", "has none")
    refused(train("acgan", "--data", wrong, *small), "labels", "from -2")
    refused(train("dcgan", "--data", plain, *small, "--set", "net.size=24"), "4 x 2^k", "got 24", "16 and 32")
    refused(train("dcgan", "--data", plain, *small, "--set", "data.resize=none", "--set", "net.size=16"), "16x16")
    refused(train("dcgan", "--data", tmp_path / "nothing", *small), "nothing there")
    refused(train("dcgan", "--data", "shapes", "--set", "nonsense=1"), "no key nonsense")
    refused(train("nonsense"), "the presets are", "nonsense")
    refused(train("dcgan", "--data", plain, "--epochs", 1), "weights of inception-v3", "--extractor")
    refused(run("train", "--resume", out), "last.pt does not exist")
    refused(run("train", "dcgan", "--more-epochs", 2), "go with --resume")
    assert not out.exists()
    assert run("train").exit_code == 2


def test_a_folder_with_another_run(run, tmp_path):
    """Neither overwritten nor taken for another model's; damage is told."""
    out = tmp_path / "run"
    options = ["--epochs", 0, "--eval-epochs", "none"]
    assert run("train", "dcgan", *options, "--out", out, tiny=True).exit_code == 0
    before = (out / LAST).read_bytes()
    refused(run("train", "wgan", *options, "--out", out, tiny=True), "holds a run", "--resume")
    refused(run("train", "wgan", "--resume", out), "is a run of dcgan; got wgan")
    refused(run("train", "--resume", out, "--out", tmp_path / "other"), "goes on in its own folder")
    assert (out / LAST).read_bytes() == before
    (out / LAST).write_bytes(before[:1000])
    refused(run("train", "--resume", out), "last.pt", "is no checkpoint")


@pytest.mark.slow
def test_help_does_not_wait_for_torch():
    """`--help` and `list` parse and print, and import no network library."""
    code = "import sys; from reference_models.cli import command; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
