"""`ganmetrics cache`: what is listed is what is there, damage is told, and clearing empties."""

import json

import pytest

from ganmetrics.cli.cache import counted
from ganmetrics.references.cache import reference_directory

pytestmark = pytest.mark.usefixtures("cheap")


@pytest.fixture
def entry(run, folders):
    """The one entry that a run leaves."""
    assert run("fid", *folders, "--extractor", "efficientnet-lite0", "--workers", 0).status == 0
    return sorted(reference_directory().rglob("*.npz"))


def test_an_empty_cache(run):
    """Nothing to list, verify or clear."""
    assert "0 entries" in run("cache", "list").out
    assert run("cache", "verify").out == "0 entries, all whole\n"
    assert run("cache", "clear").out == "0 entries removed\n"


def test_entries_are_listed_with_their_sizes(run, entry):
    """In text and JSON."""
    listed = json.loads(run("cache", "list", "--json").out)
    assert sorted(one["path"] for one in listed["entries"]) == [str(path) for path in entry]
    assert listed["bytes"] == sum(path.stat().st_size for path in entry)
    assert len(run("cache", "list").out.splitlines()) == len(entry) + 1


def test_damage_is_told_and_cleared(run, entry):
    """Status 1, with the file; after clearing all is whole."""
    entry[0].write_bytes(entry[0].read_bytes()[:-9])
    found = run("cache", "verify")
    assert found.status == 1
    assert str(entry[0]) in found.err
    assert run("cache", "clear").out == f"{counted(len(entry))} removed\n"
    assert run("cache", "verify").status == 0
