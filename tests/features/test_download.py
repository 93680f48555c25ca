"""Tests of `ganmetrics.features.download` against a server on the loopback."""

import hashlib
import http.server
import os
import re
import socket
import threading
import urllib.request
from contextlib import contextmanager
from dataclasses import replace

import pytest

from ganmetrics.errors import StorageError, WeightsError
from ganmetrics.features.download import ABANDONED_AFTER, RemoteFile, download

CONTENT = bytes(range(256)) * 4096
HALF = len(CONTENT) // 2


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves `CONTENT` as the server's `behaviour` says, and records each request's range."""

    def do_GET(self):
        self.server.ranges.append(self.headers.get("Range"))
        behaviour = self.server.behaviour.pop(0) if len(self.server.behaviour) > 1 else self.server.behaviour[0]
        getattr(self, behaviour)(CONTENT)

    def whole(self, content):
        """Ranges are understood."""
        start = int(re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "bytes=0-"))[1])
        if start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.body(content[start:], len(content) - start)

    def rangeless(self, content):
        """Ranges are ignored."""
        self.send_response(200)
        self.body(content, len(content))

    def cut(self, content):
        """The connection ends half-way."""
        self.send_response(200)
        self.body(content[: len(content) // 2], len(content))

    def misplaced(self, content):
        """A range is answered with another one."""
        self.send_response(206)
        self.send_header("Content-Range", f"bytes 0-{len(content) - 1}/{len(content)}")
        self.body(content, len(content))

    def longer(self, content):
        """More comes than was promised."""
        self.rangeless(content + b"more")

    def spoilt(self, content):
        """One byte is another."""
        self.rangeless(content[:-1] + b"?")

    def unsatisfiable(self, _content):
        """No range suits."""
        self.send_error(416)

    def absent(self, _content):
        """There is no such file."""
        self.send_error(404)

    def busy(self, _content):
        """The server asks for patience."""
        self.send_error(503)

    def body(self, content, promised):
        """Send what there is under the length that was promised."""
        self.send_header("Content-Length", str(promised))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Stay silent."""


@contextmanager
def serving(*behaviour):
    """Serve with these behaviours, one a request, the last for all that follow."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.behaviour, server.ranges = list(behaviour), []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield remote(server.server_port), server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def remote(port, content=CONTENT):
    """The record of the content at a port."""
    digest = hashlib.sha256(content).hexdigest()
    return RemoteFile(f"http://127.0.0.1:{port}/file.pth", "file.pth", len(content), digest)


class Meter:
    """A progress that records what it is told."""

    def __init__(self):
        self.stages, self.steps = [], []

    @contextmanager
    def __call__(self, *, total, stage):
        self.stages.append((stage, total))
        yield self.steps.append


def fetch(record, directory, **options):
    """Download without waiting between attempts."""
    return download(record, directory, **{"pause": 0.0, "timeout": 5.0, **options})


def names(directory):
    """What the directory holds."""
    return sorted(path.name for path in directory.iterdir())


def test_a_file_arrives_whole(tmp_path):
    """The bytes are the server's, progress counts each once, and nothing else is left behind."""
    meter = Meter()
    with serving("whole") as (record, server):
        path = fetch(record, tmp_path / "cache", progress=meter)
    assert path == tmp_path / "cache" / "file.pth"
    assert path.read_bytes() == CONTENT
    assert names(path.parent) == ["file.pth"]
    assert (meter.stages, sum(meter.steps)) == ([("downloading file.pth", len(CONTENT))], len(CONTENT))
    assert server.ranges == [None]


def test_a_cut_connection_is_resumed(tmp_path):
    """After a connection that ended early only the rest is asked for, and no byte is counted twice."""
    meter = Meter()
    with serving("cut", "whole") as (record, server):
        assert fetch(record, tmp_path, progress=meter).read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={HALF}-"]
    assert sum(meter.steps) == len(CONTENT)


def test_a_later_call_resumes(tmp_path):
    """What a failed call has received is kept for the next."""
    with (
        serving("cut") as (record, _),
        pytest.raises(WeightsError, match=rf"ended after {HALF} of {len(CONTENT)} bytes"),
    ):
        fetch(record, tmp_path, attempts=1)
    assert names(tmp_path) == ["file.pth.part"]
    with serving("whole") as (record, server):
        assert fetch(record, tmp_path).read_bytes() == CONTENT
    assert server.ranges == [f"bytes={HALF}-"]
    assert names(tmp_path) == ["file.pth"]


@pytest.mark.parametrize("behaviour", ["rangeless", "misplaced"])
def test_a_server_without_ranges_starts_over(tmp_path, behaviour):
    """Where the server sends the file from its beginning, the part is replaced, not appended to."""
    (tmp_path / "file.pth.part").write_bytes(b"x" * HALF)
    meter = Meter()
    with serving(behaviour, "rangeless") as (record, _):
        assert fetch(record, tmp_path, progress=meter).read_bytes() == CONTENT
    assert sum(meter.steps) == len(CONTENT)


def test_a_refused_range_starts_over(tmp_path):
    """Where the server cannot continue, the file is asked for anew."""
    (tmp_path / "file.pth.part").write_bytes(CONTENT[:HALF])
    with serving("unsatisfiable", "whole") as (record, server):
        assert fetch(record, tmp_path).read_bytes() == CONTENT
    assert server.ranges == [f"bytes={HALF}-", None]


def test_a_complete_part_needs_no_connection(tmp_path):
    """A part that has all bytes is verified and takes its name."""
    (tmp_path / "file.pth.part").write_bytes(CONTENT)
    with serving("absent") as (record, server):
        assert fetch(record, tmp_path).read_bytes() == CONTENT
    assert server.ranges == []


def test_a_part_that_is_too_long_starts_over(tmp_path):
    """A part longer than the file cannot be its beginning."""
    (tmp_path / "file.pth.part").write_bytes(CONTENT + b"more")
    with serving("whole") as (record, _):
        assert fetch(record, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        ("spoilt", rf"must have sha256 {remote(0).sha256}; what came has \w{{64}} and was removed$"),
        ("longer", rf"must have {len(CONTENT)} bytes; the server sent more$"),
    ],
)
def test_another_file_is_refused_and_removed(tmp_path, behaviour, message):
    """What is not the published file takes no name, and is not resumed either."""
    with serving(behaviour) as (record, _), pytest.raises(WeightsError, match=message):
        fetch(record, tmp_path)
    assert names(tmp_path) == []


def test_a_missing_file_is_not_asked_for_again(tmp_path):
    """A final answer ends the download at once."""
    with serving("absent") as (record, server), pytest.raises(WeightsError, match=r"/file\.pth: HTTP 404 Not Found$"):
        fetch(record, tmp_path)
    assert len(server.ranges) == 1


def test_a_busy_server_is_asked_again_within_limits(tmp_path):
    """A passing error is tried again, as often as allowed."""
    with serving("busy", "busy", "whole") as (record, _):
        assert fetch(record, tmp_path).read_bytes() == CONTENT
    with serving("busy") as (record, server), pytest.raises(WeightsError, match=r"HTTP 503 .* \(3 attempts\)$"):
        fetch(record, tmp_path / "other", attempts=3)
    assert len(server.ranges) == 3


def test_no_network_is_told_at_once(tmp_path):
    """A server that cannot be reached is not waited for, and the message names the address."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(WeightsError, match=rf"127\.0\.0\.1:{port}/file\.pth: .*refused \(1 attempt\)$"):
        fetch(remote(port), tmp_path, pause=60.0)


def test_a_proxy_of_the_environment_is_used(tmp_path, monkeypatch):
    """The request goes to the proxy that the environment names."""
    with serving("whole") as (record, server):
        monkeypatch.setattr(urllib.request, "_opener", None)  # urllib reads the environment once a process
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        elsewhere = replace(record, url="http://weights.invalid/file.pth")
        assert fetch(elsewhere, tmp_path).read_bytes() == CONTENT


def test_downloads_at_once_do_not_mix(tmp_path):
    """Eight at the same time, over bad connections, all end with the right file and leave nothing else."""
    results = []
    with serving("cut", "whole", "cut", "rangeless", "cut", "whole") as (record, _):
        threads = [threading.Thread(target=lambda: results.append(fetch(record, tmp_path))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [path.read_bytes() == CONTENT for path in results] == [True] * 8
    assert names(tmp_path) == ["file.pth"]


def test_a_part_in_use_is_left_alone(tmp_path):
    """A part that another process wrote to lately is its own; one that nobody writes to any more is taken over."""
    (tmp_path / "file.pth.aa.part").write_bytes(CONTENT[:HALF])
    with serving("whole") as (record, server):
        fetch(record, tmp_path)
        assert names(tmp_path) == ["file.pth", "file.pth.aa.part"]
        stat = (tmp_path / "file.pth.aa.part").stat()
        os.utime(tmp_path / "file.pth.aa.part", times=(0, stat.st_mtime - 2 * ABANDONED_AFTER))
        fetch(record, tmp_path)
    assert names(tmp_path) == ["file.pth"]
    assert server.ranges == [None, f"bytes={HALF}-"]


def test_an_interrupt_keeps_what_came(tmp_path):
    """Ctrl-C during the download leaves a part to resume from."""

    @contextmanager
    def interrupting(**_):
        def advance(_):
            raise KeyboardInterrupt

        yield advance

    with serving("whole") as (record, _), pytest.raises(KeyboardInterrupt):
        fetch(record, tmp_path, progress=interrupting)
    assert names(tmp_path) == ["file.pth.part"]


def test_a_directory_that_cannot_be_made_is_told(tmp_path):
    """Where the cache cannot be written, one line says so."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match=r"file/cache/file\.pth cannot be written: Not a directory$"):
        fetch(remote(9), tmp_path / "file" / "cache")
