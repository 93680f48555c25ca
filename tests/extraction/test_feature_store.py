"""Features in memory and on the disk."""

import gc
import os
import tempfile
from pathlib import Path

import pytest
import torch

from ganmetrics.errors import InputError, StorageError
from ganmetrics.extraction.feature_store import LEAST_MEMORY, FeatureStore


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1000, 40_000])
def test_rows_come_back_as_they_went_in(rows, monkeypatch, tmp_path):
    """In memory and past the budget alike; the file has no name that could be left behind."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    store = FeatureStore(rows, 128, memory=LEAST_MEMORY)
    assert store.on_disk == (rows == 40_000)
    features = torch.arange(rows * 128, dtype=torch.float32).reshape(rows, 128)
    for part in features.split(700):
        store.append(part)
    kept = store.tensor()
    del store
    gc.collect()
    assert torch.equal(kept, features)
    assert list(Path(tmp_path).iterdir()) == []


def test_a_budget_too_small_is_refused():
    """Blocks of a few rows would take days; nothing is silently raised."""
    with pytest.raises(InputError, match="memory must be at least 64 MB; got 1 MB"):
        FeatureStore(10, 10, memory=10**6)


@pytest.mark.skipif(os.geteuid() != 0, reason="the limit of a file's size is lowered and raised again")
def test_a_full_disk_is_told_before_the_work(monkeypatch, tmp_path):
    """The room is asked for first."""
    import resource

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, before[1]))
    try:
        with pytest.raises(StorageError, match="needs room for 20.5 MB"):
            FeatureStore(40_000, 128, memory=LEAST_MEMORY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
