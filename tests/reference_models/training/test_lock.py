"""One call at a time trains in a folder; the next is refused before it writes anything."""

import time

import pytest

from reference_models.errors import CheckpointError
from reference_models.recording.records import read_scores
from reference_models.training import lock, start
from reference_models.training.checkpoint import LAST, read_checkpoint
from tests.forked import Forked
from tests.reference_models.training.conftest import Heard

pytestmark = pytest.mark.skipif(not lock.LOCKS, reason="this system has no such locks")
UNSCORED = {"epochs": 1, "eval.epochs": ()}


def contents(folder):
    """Return every file of a folder."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def others(tiny, extractor, tmp_path):
    """The folder of a run, and calls that would train in it."""
    folder, given = tmp_path / "run", {"extractor": extractor, "device": "cpu", "observer": Heard()}
    return (
        folder,
        lambda: start.train(tiny("wgan", **UNSCORED), folder, **given),
        lambda: start.resume(folder, more_epochs=1, **given),
    )


@pytest.mark.parametrize("begun", [False, True])
def test_a_second_call_is_refused_and_writes_nothing(run, go_on, heard, others, begun):
    """While one trains or resumes, neither is possible: their steps and records would be mixed."""
    refused, (folder, *calls) = [], others
    if begun:
        run("dcgan", **UNSCORED)

    def try_others(_step):
        for other in calls:
            before = contents(folder)
            with pytest.raises(CheckpointError, match=r"run is in use: another train or resume is under way in it"):
                other()
            assert contents(folder) == before
            refused.append(other)

    heard.after_step = try_others
    outcome = go_on(more_epochs=1) if begun else run("dcgan", **UNSCORED)
    assert len(refused) == 2 * 8
    assert {path.name for path in outcome.directory.iterdir()} == {
        "config.toml",
        "last.pt",
        "metrics.csv",
        "metrics.jsonl",
        "samples",
    }, "a lock leaves no file"
    heard.after_step = lambda _step: None
    assert go_on(more_epochs=1).epochs == 2 + begun


def test_two_that_begin_at_once_are_one(run, heard, tmp_path, others):
    """Both see no folder while they read the data; the one that writes second is refused."""
    before = {}

    def begin_another(_text):
        if not before:
            before[0] = None
            others[1]()
            before[0] = contents(tmp_path / "run")

    heard.said = begin_another
    with pytest.raises(CheckpointError, match="holds a run; --resume"):
        run("dcgan", **UNSCORED)
    assert contents(tmp_path / "run") == before[0]


def test_a_folder_that_is_locked_elsewhere_is_not_begun_in(run, tmp_path):
    """The folder appeared while the data were read, and its lock is held."""
    (tmp_path / "run").mkdir()
    with lock.folder_lock(tmp_path / "run") as held:
        held.take()
        with pytest.raises(CheckpointError, match="is in use"):
            run("dcgan", **UNSCORED)
        assert not list((tmp_path / "run").iterdir())
    assert run("dcgan", **UNSCORED).epochs == 1


def test_a_folder_that_was_replaced_is_locked_anew(tmp_path, monkeypatch):
    """What was opened is another folder by the time it is locked."""
    folder, flock, replaced = tmp_path / "run", lock.fcntl.flock, []
    folder.mkdir()

    def replace_and_lock(descriptor, how):
        if not replaced:
            folder.rename(tmp_path / "old")
            folder.mkdir()
            replaced.append(descriptor)
        flock(descriptor, how)

    monkeypatch.setattr(lock.fcntl, "flock", replace_and_lock)
    with lock.folder_lock(folder) as first, lock.folder_lock(folder) as second:
        first.take()
        with pytest.raises(CheckpointError, match="is in use"):
            second.take()


@pytest.mark.parametrize("error", [OSError(95, "Operation not supported"), OSError(9, "Bad file descriptor")])
def test_a_file_system_without_locks_is_trained_on(run, monkeypatch, error):
    """Some network drives have none."""

    def none(_descriptor, _how):
        raise error

    monkeypatch.setattr(lock.fcntl, "flock", none)
    assert run("dcgan", **UNSCORED).epochs == 1


@pytest.mark.slow
@pytest.mark.usefixtures("unchecked")
def test_a_killed_process_holds_no_lock(run, go_on, heard, tmp_path):
    """While it lives it is respected across processes; after `kill -9` the run goes on at once."""

    def train_and_wait():
        def wait(step):
            if step == 10:
                (tmp_path / "there").touch()
                time.sleep(600)

        heard.after_step = wait
        run("dcgan", epochs=2, **{"eval.epochs": (0, 1, 2)})

    child = Forked(train_and_wait, output=tmp_path / "child")
    try:
        until = time.monotonic() + 120
        while not (tmp_path / "there").exists():
            assert time.monotonic() < until, child.err
            time.sleep(0.02)
        with pytest.raises(CheckpointError, match="is in use"):
            go_on()
        with pytest.raises(CheckpointError, match="is in use"):
            run("dcgan")
    finally:
        child.kill()
    assert go_on().epochs == 2
    assert read_checkpoint(tmp_path / "run" / LAST).trainer["steps"] == 16
    assert [row["epoch"] for row in read_scores(tmp_path / "run" / "metrics.csv")] == [0, 1, 2]
