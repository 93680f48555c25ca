"""Rows that come one after another: the same from memory and from a file, and they travel."""

import copy
import pickle

import pytest
import torch

from ganmetrics.errors import StorageError
from ganmetrics.extraction.feature_store import SHARE
from ganmetrics.extraction.rows import GrowingRows

DATA = torch.randn(12, 5, generator=torch.Generator().manual_seed(0))


def filled(memory, parts=(3, 4, 5)):
    rows = GrowingRows(memory=memory)
    for part in DATA.split(parts):
        rows.append(part)
    return rows


@pytest.mark.parametrize("memory", [10**9, 4 * 5 * 4 * SHARE, 0], ids=["memory", "both", "disk"])
def test_rows_come_back_in_order(memory):
    """Whatever lies where; asked twice, and after more have come."""
    rows = filled(memory)
    assert len(rows) == 12
    assert rows.on_disk == (memory < 10**9)
    for _ in range(2):
        assert torch.equal(rows.tensor(), DATA)
    rows.append(DATA[:2].double())
    assert torch.equal(rows.tensor(), torch.cat([DATA, DATA[:2]]))


@pytest.mark.parametrize("memory", [10**9, 0], ids=["memory", "disk"])
@pytest.mark.parametrize("travel", [copy.deepcopy, lambda rows: pickle.loads(pickle.dumps(rows))])
def test_copies_and_pickles_go_on_by_themselves(memory, travel):
    """A later row of the one is not of the other."""
    rows = filled(memory)
    other = travel(rows)
    other.append(DATA[:1])
    assert (len(rows), len(other)) == (12, 13)
    assert torch.equal(other.tensor()[:12], rows.tensor())


def test_no_rows_are_an_empty_tensor():
    """As a process without images has them."""
    assert GrowingRows(memory=10**6).tensor().shape == (0, 0)
    assert len(pickle.loads(pickle.dumps(GrowingRows(memory=10**6)))) == 0


def test_a_full_disk_is_told(monkeypatch):
    """Before the file is begun."""

    def full(folder, bytes_needed):
        raise StorageError(f"{folder} has no room for {bytes_needed} bytes")

    monkeypatch.setattr("ganmetrics.extraction.rows.check_writable", full)
    with pytest.raises(StorageError, match="no room for 60 bytes"):
        filled(0)
