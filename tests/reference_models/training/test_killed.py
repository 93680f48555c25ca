"""A run that is killed at any moment can be started again before its first checkpoint, and resumed after it."""

import shutil

import pytest

from reference_models.errors import CheckpointError
from reference_models.recording import plots
from reference_models.recording.records import read_scores
from reference_models.training import start
from reference_models.training.checkpoint import LAST, read_checkpoint
from reference_models.training.folder import CONFIG, is_begun
from tests.forked import Forked, run_program
from tests.reference_models.training.test_resume import equal

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unchecked")]

DRIVER = """
import os, signal, sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from reference_models.presets import build_config
from reference_models.recording import plots
from reference_models.testing import RandomFeatures
from reference_models.training import start

root, keys = Path(sys.argv[1]), {KEYS!r}
plots.draw_all = lambda *_, **__: None
config, extractor = build_config("dcgan", keys), RandomFeatures()

def killed_before(moment):
    "Train in a child process that is killed before its file operation of that number; return whether it was."
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    out, seen = str(root / f"at-{moment}"), 0

    def watch(event, arguments):
        nonlocal seen
        if event in {"open", "os.mkdir", "os.rename"} and str(arguments[0]).startswith(out):
            seen += 1
            if seen == moment:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    start.train(config, out, extractor=extractor, device="cpu")
    os._exit(0)

# What a first run imports would be imported by every child.
start.train(config, root.with_name("first"), extractor=extractor, device="cpu")
moment = 1
while killed_before(moment):
    # Every operation up to the first checkpoint, then every eighth.
    moment += 8 if (root / f"at-{moment}" / "last.pt").exists() else 1
"""
KEYS = {
    "net.size": 8,
    "net.width": 4,
    "net.latent_dim": 8,
    "data.count": 16,
    "batch": 8,
    "epochs": 1,
    "eval.epochs": (0, 1),
    "eval.count": 20,
    "log_every": 1,
}


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """Folders of one run that was killed before its file operations; ``../first`` was not killed."""
    root = tmp_path_factory.mktemp("runs") / "killed"
    root.mkdir()
    program = root.with_name("driver.py")
    program.write_text(DRIVER.replace("{KEYS!r}", repr(KEYS)))
    driver = Forked(run_program, program, root, output=root.with_name("driver"))
    assert driver.wait(600) == 0, driver.err
    return root


def finished(folder):
    """Return the state at the end of a run, after checking that its records are whole and nothing is left over."""
    assert [row["epoch"] for row in read_scores(folder / "metrics.csv")] == [0, 1]
    assert not list(folder.rglob(".*.tmp"))
    return read_checkpoint(folder / LAST).trainer


@pytest.fixture(autouse=True)
def no_curves(monkeypatch):
    """Leave curves out, which take seconds."""
    monkeypatch.setattr(plots, "draw_all", lambda *_, **__: None)


@pytest.fixture
def again(extractor, tmp_path, killed, tiny):
    """Copy a killed run and go on with it: `again(start.resume, "at-3")` or `again(start.train, "at-3")`."""

    def call(how, name):
        copy = tmp_path / f"{how.__name__}-{name}"
        shutil.copytree(killed / name, copy)
        given = (copy,) if how is start.resume else (tiny("dcgan", **KEYS), copy)
        how(*given, extractor=extractor, device="cpu")
        return finished(copy)

    return call


def test_whatever_a_kill_leaves_can_be_gone_on_with(killed, again):
    """Before the first checkpoint both calls work, after it resuming does; the run ends as one that was left alone."""
    whole = finished(killed.with_name("first"))
    unknown, begun, held = [], [], []
    for folder in sorted(killed.iterdir(), key=lambda folder: int(folder.name.removeprefix("at-"))):
        kind = held if (folder / LAST).exists() else begun if (folder / CONFIG).exists() else unknown
        kind.append(folder.name)
    assert len(unknown) >= 2
    assert len(begun) >= 10
    assert len(held) >= 3
    for name in unknown:
        with pytest.raises(CheckpointError, match=r"last.pt does not exist"):
            again(start.resume, name)
    for name in [*begun, *held]:
        assert equal(again(start.resume, name), whole), name
    for name in [*unknown, *begun]:
        assert equal(again(start.train, name), whole), name
    for name in held:
        with pytest.raises(CheckpointError, match="holds a run; --resume"):
            again(start.train, name)


def test_files_that_a_run_did_not_write_are_kept(run, tmp_path):
    """A folder with a configuration by hand, or with records and no checkpoint, is no run that was just begun."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / CONFIG).write_text("# mine\nbatch = 8\n")
    with pytest.raises(CheckpointError, match="has files in it"):
        run("dcgan")
    assert (folder / CONFIG).read_text(encoding="utf-8").startswith("# mine")
    (folder / CONFIG).unlink()
    run("dcgan", epochs=1, **{"eval.epochs": ()})
    assert not is_begun(folder)
    (folder / LAST).unlink()
    assert not is_begun(folder), "there are losses of steps that were taken"
    with pytest.raises(CheckpointError, match="has files in it"):
        run("dcgan")
