"""A run's folder before its first checkpoint: free for a new run, or begun by one that was killed."""

from collections.abc import Iterator
from pathlib import Path

from ganmetrics import StorageError
from reference_models.config import TrainConfig
from reference_models.errors import CheckpointError, ConfigError
from reference_models.files import is_leftover, remove_leftovers_in
from reference_models.recording.grids import REAL, SAMPLES
from reference_models.recording.plots import PLOTS
from reference_models.recording.records import EVENTS, SCORES, read_events, read_scores
from reference_models.settings import flatten, from_flat, read_toml
from reference_models.training.checkpoint import LAST

CONFIG = "config.toml"
FIRST = frozenset({CONFIG, SCORES, EVENTS, f"{SAMPLES}/{REAL}"})
"""What is written before the first checkpoint, the configuration first of all."""


def check_free(out: Path) -> None:
    """Refuse a folder that a new run must not write into.

    A folder that holds only what a killed run wrote before its first checkpoint is free: no step is lost with it.

    Raises:
        CheckpointError: it holds a run, or other files.
        StorageError: it is a file.
    """
    if out.exists() and not out.is_dir():
        raise StorageError(f"--out needs a folder; {out} is a file")
    if (out / LAST).exists():
        raise CheckpointError(f"{out} holds a run; --resume {out} goes on with it, or choose another --out")
    if next(_files(out), None) is not None and not is_begun(out):
        raise CheckpointError(f"--out needs a new or empty folder; {out} has files in it")


def is_begun(out: Path) -> bool:
    """Return whether a folder holds a run that was killed before its first checkpoint: its configuration, no steps."""
    if not (out / CONFIG).is_file() or any(name not in FIRST for name in _files(out)):
        return False
    try:
        keys = read_toml(out / CONFIG)
        config = from_flat(keys)
    except ConfigError:
        return False
    # A file written by hand has some of the keys, and is not replaced.
    is_of_a_run = all(key in keys for key, value in flatten(config).items() if value is not None)
    return is_of_a_run and not read_scores(out / SCORES) and not read_events(out / EVENTS)


def read_begun(out: Path) -> TrainConfig:
    """Return the configuration of a run of which `is_begun` is true."""
    return from_flat(read_toml(out / CONFIG))


def clear_leftovers(out: Path) -> None:
    """Remove what killed processes left half written in a run's folder."""
    for folder in (out, out / SAMPLES, out / PLOTS):
        remove_leftovers_in(folder)


def _files(out: Path) -> Iterator[str]:
    """Give the files of a folder one by one, without those that a killed process left half written."""
    for path in out.rglob("*"):
        if not path.is_dir() and not is_leftover(path):
            yield path.relative_to(out).as_posix()
