"""Tests of `ganmetrics.features.weights`, with a small file in the place of the published one."""

import hashlib
import logging
from pathlib import Path

import pytest
import torch

from ganmetrics.errors import InputError, WeightsError
from ganmetrics.features import weights
from ganmetrics.features.download import RemoteFile
from ganmetrics.features.weights import fetch_weights, find_weights, list_weights, verify_weights

CONTENT = b"published weights"
OTHER = b"other weights"
DIGEST = hashlib.sha256(CONTENT).hexdigest()
NAME = "published.pth"
ALIAS = "same-bytes.pth"
PUBLISHED = weights.PUBLISHED["inception-v3"]


@pytest.fixture(autouse=True)
def remote(monkeypatch):
    """A published file that no server has: the port is closed."""
    record = RemoteFile("http://127.0.0.1:9/published.pth", NAME, len(CONTENT), DIGEST)
    monkeypatch.setitem(weights.PUBLISHED, "inception-v3", record)
    monkeypatch.setitem(weights.ALIASES, "inception-v3", (ALIAS,))
    return record


@pytest.fixture
def downloads(monkeypatch):
    """Record the downloads asked for, and let them succeed."""
    asked = []

    def download(record, directory, *, progress):
        asked.append((record, progress))
        return written(directory / record.name)

    monkeypatch.setattr(weights, "download", download)
    return asked


def written(path, content=CONTENT):
    """Write a file, with its directory."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def cached():
    """Where this library keeps the file."""
    return weights.weights_directory() / NAME


def hub(name=NAME):
    """Where torch hub keeps a file."""
    return Path(torch.hub.get_dir()) / "checkpoints" / name


def test_the_published_record():
    """The record is that of pytorch-fid's release, whose name has the digest's beginning."""
    assert PUBLISHED.url.startswith("https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/")
    assert PUBLISHED.url.endswith(PUBLISHED.name)
    assert PUBLISHED.name.endswith(f"-{PUBLISHED.sha256[:8]}.pth")
    assert PUBLISHED.size == 95_628_359


def test_the_cache_follows_the_environment(tmp_path, monkeypatch):
    """XDG_CACHE_HOME moves the cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert weights.weights_directory() == tmp_path / "ganmetrics" / "weights"


def test_the_order_of_places(tmp_path, monkeypatch, downloads):
    """Given path, environment, own cache, torch hub's cache, download: each is used when those before it are absent."""
    assert find_weights("inception-v3").path == cached()
    cached().unlink()
    assert find_weights("inception-v3").path == cached()
    assert len(downloads) == 2
    cached().unlink()
    alias = written(hub(ALIAS))
    assert find_weights("inception-v3").path == alias
    same = written(hub())
    assert find_weights("inception-v3").path == same
    own = written(cached())
    assert find_weights("inception-v3").path == own
    named = written(tmp_path / "named.pth", OTHER)
    monkeypatch.setenv("GANMETRICS_WEIGHTS", str(named))
    assert find_weights("inception-v3").path == named
    given = written(tmp_path / "given.pth")
    assert find_weights("inception-v3", path=given).path == given
    assert len(downloads) == 2


def test_only_the_published_bytes_are_canonical(tmp_path, monkeypatch):
    """Other weights may be given; they keep their own digest and are not canonical, whichever way they were named."""
    other = written(tmp_path / "mine.pth", OTHER)
    found = find_weights("inception-v3", path=str(other))
    assert (found.sha256, found.canonical) == (hashlib.sha256(OTHER).hexdigest(), False)
    monkeypatch.setenv("GANMETRICS_WEIGHTS", str(other))
    assert find_weights("inception-v3") == found
    same = written(tmp_path / "renamed.pth")
    assert find_weights("inception-v3", path=same).canonical


@pytest.mark.parametrize("name", [NAME, ALIAS])
def test_a_damaged_file_under_a_published_name_is_refused(tmp_path, name):
    """A file that says what it is and is not is never used, though it was asked for."""
    damaged = written(tmp_path / name, CONTENT[:-1])
    with pytest.raises(WeightsError, match=rf"{name} is damaged: it must have sha256 {DIGEST}; it has \w{{64}}$"):
        find_weights("inception-v3", path=damaged)


def test_a_damaged_cache_is_said_and_replaced(caplog, downloads):
    """A damaged file in a cache is reported and downloaded anew."""
    written(cached(), CONTENT[:-1])
    with caplog.at_level(logging.WARNING):
        assert find_weights("inception-v3").canonical
    assert "not using damaged weights" in caplog.text
    assert len(downloads) == 1
    assert cached().read_bytes() == CONTENT


def test_a_damaged_cache_does_not_hide_a_good_one(downloads):
    """A good file in torch hub's cache is used though this library's own is damaged."""
    written(cached(), CONTENT[:-1])
    good = written(hub())
    assert find_weights("inception-v3").path == good
    assert downloads == []


def test_offline_tells_all_that_is_needed(downloads):
    """Without weights and network one line tells file, size, digest, place and alternative, and the damaged file."""
    needed = rf"put {NAME} \({len(CONTENT)} bytes, sha256 {DIGEST}\) into .*weights, .*--weights.*efficientnet-lite0"
    with pytest.raises(WeightsError, match=needed):
        find_weights("inception-v3", offline=True)
    written(cached(), CONTENT[:-1])
    with pytest.raises(WeightsError, match=rf"damaged, not used: .*{NAME}$"):
        find_weights("inception-v3", offline=True)
    assert downloads == []


def test_a_failed_download_tells_the_same():
    """Where the download fails, its reason and what to do instead are one line."""
    with pytest.raises(
        WeightsError, match=rf"cannot download http.*refused.*; put {NAME} .*efficientnet-lite0"
    ) as caught:
        find_weights("inception-v3")
    assert "\n" not in str(caught.value)


def test_a_missing_file_that_was_named_is_told(tmp_path):
    """A path that is not there is an error, never a reason to look elsewhere."""
    written(cached())
    with pytest.raises(WeightsError, match=r"absent\.pth: No such file"):
        find_weights("inception-v3", path=tmp_path / "absent.pth")


def test_fetching_is_done_once(downloads):
    """A verified file in the cache is not downloaded again; a damaged one is."""
    assert fetch_weights("inception-v3") == fetch_weights("inception-v3") == cached()
    assert len(downloads) == 1
    written(cached(), OTHER)
    fetch_weights("inception-v3")
    assert len(downloads) == 2


def test_the_state_of_weights():
    """Missing, damaged and verified are told apart, and the best of several files is told."""
    assert (verify_weights("inception-v3").state, verify_weights("inception-v3").path) == ("missing", cached())
    written(cached(), OTHER)
    assert (verify_weights("inception-v3").state, verify_weights("inception-v3").path) == ("damaged", cached())
    written(hub(ALIAS))
    status = list_weights()[0]
    assert [one.extractor for one in list_weights()] == [*weights.PUBLISHED]
    assert (status.state, status.path) == ("verified", hub(ALIAS))
    assert (status.extractor, status.name, status.size, status.sha256) == ("inception-v3", NAME, len(CONTENT), DIGEST)


@pytest.mark.parametrize("function", [find_weights, fetch_weights, verify_weights])
def test_unknown_extractors_are_refused(function):
    """Only extractors with published weights have any to find."""
    with pytest.raises(InputError, match="weights are published for inception-v3, .*; got 'efficientnet-lite0'"):
        function("efficientnet-lite0")


def test_a_folder_of_torch_hub_that_cannot_be_is_looked_for_in_vain(monkeypatch, tmp_path):
    """Its name is too long: nothing lies there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("torch.hub.get_dir", lambda: "/" + "y" * 300)
    assert verify_weights("inception-v3").state == "missing"
