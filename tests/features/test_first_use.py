"""Weights without a published digest: recorded at first use, up to a socket on the loopback."""

import hashlib
import http.server
import io
import logging
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from ganmetrics.errors import StorageError, WeightsError
from ganmetrics.features import weights
from ganmetrics.features.download import RemoteFile
from ganmetrics.features.first_use import record_sha256, recorded_sha256
from ganmetrics.features.weights import fetch_weights, find_weights, verify_weights, weights_directory

EXTRACTOR = "dinov2-vits14"
NAME = "dinov2_vits14_pretrain.pth"
PUBLISHED = dict(weights.PUBLISHED)


def file_of_weights(value):
    """The bytes of a small state dict."""
    file = io.BytesIO()
    torch.save({"weight": torch.full((3,), value)}, file)
    return file.getvalue()


FIRST, OTHER = file_of_weights(1.0), file_of_weights(2.0)
DIGEST = hashlib.sha256(FIRST).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the server's content, which it measures on request unless it is told not to."""

    def do_HEAD(self):
        self.server.asked.append("HEAD")
        self.send_response(200)
        if self.server.measured:
            self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()

    def do_GET(self):
        self.server.asked.append("GET")
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content)

    def log_message(self, *_):
        """Stay silent."""


@contextmanager
def serving(monkeypatch, content, *, measured=True):
    """Publish some bytes under the file's name, of unknown size and digest, at a port of this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.content, server.measured, server.asked = content, measured, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    record = RemoteFile(f"http://127.0.0.1:{server.server_port}/{NAME}", NAME, None, None)
    monkeypatch.setitem(weights.PUBLISHED, EXTRACTOR, record)
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_published_records():
    """Meta's addresses; it publishes neither sizes nor digests."""
    for model in ("vits14", "vitb14", "vitl14"):
        record = PUBLISHED[f"dinov2-{model}"]
        assert record.url == f"https://dl.fbaipublicfiles.com/dinov2/dinov2_{model}/dinov2_{model}_pretrain.pth"
        assert record.url.endswith(record.name)
        assert (record.size, record.sha256) == (None, None)


def test_the_first_file_is_recorded_and_said(monkeypatch, caplog):
    """The size is asked for, the file comes once, its digest is written down and told; later all is silent."""
    with serving(monkeypatch, FIRST) as server:
        assert verify_weights(EXTRACTOR).state == "missing"
        with caplog.at_level(logging.WARNING):
            found = find_weights(EXTRACTOR)
        assert (found.path, found.sha256) == (weights_directory() / NAME, DIGEST)
        assert f"{NAME} has no published digest; recorded at first use: sha256 {DIGEST}" in caplog.text
        assert (weights_directory() / f"{NAME}.sha256").read_text(encoding="utf-8") == f"{DIGEST}  {NAME}\n"
        caplog.clear()
        assert find_weights(EXTRACTOR) == found
        assert (server.asked, caplog.text) == (["HEAD", "GET"], "")
        status = verify_weights(EXTRACTOR)
        assert (status.state, status.sha256, status.size) == ("recorded", DIGEST, None)


def test_another_file_is_not_taken_for_the_first(monkeypatch, tmp_path):
    """Neither from a server, nor under its name from anywhere; under another name it is the caller's own."""
    record_sha256(weights_directory(), NAME, DIGEST)
    with serving(monkeypatch, OTHER), pytest.raises(WeightsError, match=f"must have sha256 {DIGEST}; what came has"):
        fetch_weights(EXTRACTOR)
    (tmp_path / NAME).write_bytes(OTHER)
    with pytest.raises(WeightsError, match=rf"{NAME} is damaged: it must have sha256 {DIGEST}; it has \w{{64}}$"):
        find_weights(EXTRACTOR, path=tmp_path / NAME)
    (tmp_path / NAME).rename(tmp_path / "mine.pth")
    found = find_weights(EXTRACTOR, path=tmp_path / "mine.pth")
    assert (found.sha256, found.canonical) == (hashlib.sha256(OTHER).hexdigest(), False)
    assert recorded_sha256(weights_directory(), NAME) == DIGEST


def test_a_changed_file_in_the_cache_is_damaged(monkeypatch, caplog):
    """It is said, not used, and offline the line tells so."""
    with serving(monkeypatch, FIRST):
        path = find_weights(EXTRACTOR).path
        path.write_bytes(OTHER)
        assert verify_weights(EXTRACTOR).state == "damaged"
        with caplog.at_level(logging.WARNING):
            assert find_weights(EXTRACTOR).sha256 == DIGEST
    assert "not using damaged weights, their digest is not the recorded one" in caplog.text
    path.write_bytes(OTHER)
    with pytest.raises(
        WeightsError, match=rf"of unpublished size, sha256 {DIGEST}\) into .*damaged, not used: .*{NAME}"
    ):
        find_weights(EXTRACTOR, offline=True)


def test_a_page_in_the_place_of_weights_is_not_recorded(monkeypatch):
    """What a portal sends instead takes no name, and leaves no record that would refuse the true file."""
    with (
        serving(monkeypatch, b"<html>log in</html>"),
        pytest.raises(WeightsError, match="must be weights; what came is no state dict and was removed"),
    ):
        find_weights(EXTRACTOR)
    assert [*weights_directory().iterdir()] == []
    with serving(monkeypatch, FIRST):
        assert find_weights(EXTRACTOR).sha256 == DIGEST


def test_a_file_of_torch_hub_is_recorded_too():
    """Where `torch.hub.load` left it, it is used without a download."""
    checkpoints = Path(torch.hub.get_dir()) / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / NAME).write_bytes(FIRST)
    assert verify_weights(EXTRACTOR).state == "unknown"
    assert find_weights(EXTRACTOR, offline=True).path == checkpoints / NAME
    assert recorded_sha256(weights_directory(), NAME) == DIGEST


def test_a_server_that_does_not_measure_is_told(monkeypatch):
    """Without a size nothing could tell a whole file from a part."""
    with (
        serving(monkeypatch, FIRST, measured=False),
        pytest.raises(WeightsError, match="the server does not say how long it is; put dinov2_vits14_pretrain.pth"),
    ):
        find_weights(EXTRACTOR)


def test_no_network_is_one_line():
    """What is needed, where to put it, and what needs no download."""
    needed = rf"put {NAME} \(of unpublished size, no published digest\) into .*name it in GANMETRICS_WEIGHTS .*lite0"
    with pytest.raises(WeightsError, match=needed) as caught:
        find_weights(EXTRACTOR)
    assert "\n" not in str(caught.value)


def test_a_damaged_record_is_none(tmp_path):
    """An empty or unreadable record is as good as absent; a directory that cannot be written is told."""
    record_sha256(tmp_path, "a.pth", DIGEST)
    assert recorded_sha256(tmp_path, "a.pth") == DIGEST
    (tmp_path / "a.pth.sha256").write_bytes(b"")
    assert recorded_sha256(tmp_path, "a.pth") is None
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="file cannot be written"):
        record_sha256(tmp_path / "file", "a.pth", DIGEST)
