"""Files from elsewhere: verified, recorded, refused when they change; all against servers of this machine."""

import hashlib
import http.server
import io
import threading
from contextlib import contextmanager

import numpy as np
import pytest

from ganmetrics import Evaluator, FrechetInceptionDistance, Reference, evaluate
from ganmetrics.errors import InputError, StaleStatistics
from ganmetrics.references import named
from ganmetrics.references.elsewhere import locate
from ganmetrics.references.named import NAMED, NamedReference, named_reference
from ganmetrics.references.remote import fetch_remote, remote_directory
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0}


def statistics(dimension=3, **more):
    """The bytes of a file of statistics."""
    file = io.BytesIO()
    np.savez(file, mu=np.zeros(dimension), sigma=np.eye(dimension), **more)
    return file.getvalue()


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves the files of `server.files`; what a path leads to may be another address."""

    def do_HEAD(self):
        self.do_GET(body=False)

    def do_GET(self, *, body=True):
        self.server.asked.append((self.command, self.path))
        found = self.server.files.get(self.path)
        if found is None:
            self.send_error(404)
            return
        if isinstance(found, str):
            self.send_response(302)
            self.send_header("Location", found)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content, promised = found if isinstance(found, tuple) else (found, len(found))
        self.send_response(200)
        self.send_header("Content-Length", str(promised))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_):
        """Stay silent."""


@contextmanager
def serving(**files):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.files = {f"/{name.replace('__', '.')}": content for name, content in files.items()}
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """Copies lie in a folder of the test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.slow
def test_statistics_at_an_address_stand_for_a_side(tmp_path):
    """They are fetched once; the score is that of the file, and says where it came from."""
    (tmp_path / "a.npz").write_bytes(statistics())
    fake = random_images(30)
    expected = float(evaluate(tmp_path / "a.npz", fake, **FREE)["fd_channel-means"])
    with serving(a__npz=statistics()) as (url, server):
        score = evaluate(f"{url}/a.npz", fake, **FREE)["fd_channel-means"]
        again = evaluate(f"{url}/a.npz", fake, **FREE)["fd_channel-means"]
        assert [method for method, _ in server.asked] == ["HEAD", "GET"]
    assert score.value == again.value == expected
    real = score.provenance["real"]
    assert real["source"] == f"{url}/a.npz"
    assert real["made_by"]["file_sha256"] == hashlib.sha256((tmp_path / "a.npz").read_bytes()).hexdigest()
    # Without the server, and with nothing to be fetched.
    assert float(evaluate(f"{url}/a.npz", fake, offline=True, **FREE)["fd_channel-means"]) == expected


def test_another_file_than_the_first_is_refused():
    """The copy is damaged here, and the publisher has changed his: nothing is scored, nothing is left."""
    with serving(a__npz=statistics()) as (url, server):
        path, _ = fetch_remote(f"{url}/a.npz")
        path.write_bytes(b"damaged")
        assert fetch_remote(f"{url}/a.npz")[0].read_bytes() == statistics()
        path.write_bytes(b"damaged")
        server.files["/a.npz"] = statistics(4)
        with pytest.raises(StaleStatistics, match=r"/a\.npz must have sha256 [0-9a-f]{64}; what came has"):
            fetch_remote(f"{url}/a.npz")
    assert not list(remote_directory().glob("*.part"))


def test_a_digest_can_be_given_in_the_address():
    """Then the first file is checked too, and a copy that is another is refused."""
    digest = hashlib.sha256(statistics()).hexdigest()
    with serving(a__npz=statistics(), b__npz=statistics(4)) as (url, _):
        assert fetch_remote(f"{url}/a.npz#sha256={digest}")[1] == digest
        with pytest.raises(StaleStatistics, match="must have sha256"):
            fetch_remote(f"{url}/b.npz#sha256={digest}")
        fetch_remote(f"{url}/b.npz")
        with pytest.raises(StaleStatistics, match="the copy .* has"):
            fetch_remote(f"{url}/b.npz#sha256={digest}")
    for wrong in ("sha256=abc", "md5=" + "0" * 64, "top"):
        with pytest.raises(InputError, match="64 hexadecimal digits"):
            fetch_remote(f"https://example.org/a.npz#{wrong}")


def test_redirects_stay_as_safe_as_the_address():
    """One is followed; from this machine to another over plain http is not."""
    with serving(a__npz="/b.npz", b__npz=statistics(), c__npz="http://example.org/c.npz") as (url, server):
        assert fetch_remote(f"{url}/a.npz")[0].read_bytes() == statistics()
        server.files["/d.npz"] = f"{url}/nowhere.npz"
        with pytest.raises(InputError, match=r"cannot fetch .*/d\.npz: .*Not Found"):
            fetch_remote(f"{url}/d.npz")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://example.org/a.npz", "an address must be https"),
        ("https://", "must name a file"),
        ("https://example.org/", "must name a file"),
        ("https://[broken/a.npz", "an address must be one"),
        ("ftp://example.org/a.npz", r"must begin with one of https://, s3://, gs://, gcs://, hf://; got 'ftp:"),
        ("file:///data/a.npz", "must begin with one of https://"),
    ],
)
def test_what_is_no_address(address, message):
    """Nothing is asked of any server."""
    with pytest.raises(InputError, match=message):
        fetch_remote(address)


def test_a_file_that_is_missing_or_cut_off(monkeypatch):
    """One line; nothing takes the name."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    content = statistics()
    with serving(cut__npz=(content[:-50], len(content))) as (url, _):
        with pytest.raises(InputError, match="the connection ended after"):
            fetch_remote(f"{url}/cut.npz")
        with pytest.raises(InputError, match="cannot fetch .*Not Found"):
            fetch_remote(f"{url}/missing.npz")
    assert not list(remote_directory().glob("*.npz"))
    with pytest.raises(InputError, match=r"nothing may be fetched \(--offline\): put the file at"):
        fetch_remote(f"{url}/cut.npz", offline=True)


@pytest.mark.slow
def test_what_is_no_statistics_is_opened_as_what_it_is():
    """Images at an address are images; a page of a login is neither."""
    images = io.BytesIO()
    np.save(images, random_images(30).permute(0, 2, 3, 1).numpy())
    with serving(i__npy=images.getvalue(), page__npz=b"<html>") as (url, _):
        assert evaluate(f"{url}/i.npy", random_images(30, seed=1), **FREE)["fd_channel-means"].real_count == 30
        with pytest.raises(InputError, match=r"page\.npz cannot be read as an npz"):
            evaluate(f"{url}/page.npz", random_images(30), **FREE)


@pytest.fixture
def register(monkeypatch):
    """Put a served file into the register."""

    def put(url, count=70_000, protocol="ttur", sha256=None):
        monkeypatch.setitem(named.NAMED, "test/set", NamedReference(url, count, protocol, sha256))

    return put


@pytest.mark.slow
def test_named_statistics_know_their_count_and_protocol(register):
    """And the network, so that nothing needs to be vouched for."""
    with serving(a__npz=statistics(2048)) as (url, _):
        register(f"{url}/a.npz")
        reference = Reference.load("ref:test/set")
    assert (reference.count, reference.protocol, reference.spec.canonical) == (70_000, "ttur", True)
    assert reference.source == "ref:test/set"
    score = evaluate("ref:test/set", reference)["fid"]
    assert (score.value, score.real_count) == (0.0, 70_000)
    assert not any("origin" in note for note in score.notes)


@pytest.mark.slow
def test_named_statistics_keep_images_beside_them(register):
    """As guided diffusion's batches have."""
    pixels = random_images(5).permute(0, 2, 3, 1).numpy()
    with serving(a__npz=statistics(2048, arr_0=pixels)) as (url, _):
        register(f"{url}/a.npz", protocol="adm")
        reference = Reference.load("ref:test/set")
        assert float(evaluate("ref:test/set", reference)["fid"]) == 0.0


def test_a_known_digest_is_checked_from_the_first_file_on(register):
    """Where the publisher gives one."""
    with serving(a__npz=statistics(2048)) as (url, _):
        register(f"{url}/a.npz", sha256="0" * 64)
        with pytest.raises(StaleStatistics, match="must have sha256 0000"):
            locate("ref:test/set", offline=False)


def test_statistics_of_another_width_are_not_what_the_register_says(register):
    """The network of the register has 2,048 features."""
    with serving(a__npz=statistics(3)) as (url, _):
        register(f"{url}/a.npz")
        with pytest.raises(InputError, match="needs to be statistics of 2,048 features; what came has 3"):
            Reference.load("ref:test/set")


def test_a_loop_takes_names_and_addresses():
    """`FrechetInceptionDistance` and `Evaluator` open their reference as everything else does."""
    with serving(a__npz=statistics()) as (url, _):
        metric = FrechetInceptionDistance(f"{url}/a.npz", extractor=ChannelMeans())
        metric.update(random_images(30))
        evaluator = Evaluator(f"{url}/a.npz", extractor=ChannelMeans())
        evaluator.update(random_images(30))
        assert metric.compute().value == evaluator.compute()["fd_channel-means"].value


def test_an_unknown_name_lists_the_known():
    """All are https, of a known protocol."""
    with pytest.raises(InputError, match="published statistics are ref:adm/imagenet64, .*; got 'ref:adm/imagenet42'"):
        named_reference("ref:adm/imagenet42")
    assert all(one.url.startswith("https://") and one.count > 2 for one in NAMED.values())


def test_stores_go_through_fsspec(monkeypatch):
    """Here its store in memory stands for s3, gs and hf."""
    fsspec = pytest.importorskip("fsspec")
    from ganmetrics.references import remote

    monkeypatch.setattr(remote, "STORES", (*remote.STORES, "memory"))
    with fsspec.open("memory://bucket/a.npz", "wb") as file:
        file.write(statistics())
    path, digest = fetch_remote("memory://bucket/a.npz")
    assert path.read_bytes() == statistics()
    path.unlink()
    with fsspec.open("memory://bucket/a.npz", "wb") as file:
        file.write(statistics(4))
    with pytest.raises(StaleStatistics, match=f"must have sha256 {digest}"):
        fetch_remote("memory://bucket/a.npz")
    assert not path.exists()
    with pytest.raises(InputError, match=r"cannot fetch memory://bucket/missing\.npz"):
        fetch_remote("memory://bucket/missing.npz")


def test_a_store_whose_package_is_missing(monkeypatch):
    """The message has the command that installs it."""
    fsspec = pytest.importorskip("fsspec")
    monkeypatch.setattr(fsspec, "open", lambda *_: (_ for _ in ()).throw(ImportError("Install s3fs to access S3")))
    with pytest.raises(InputError, match=r'Install s3fs to access S3 \(pip install "ganmetrics\[remote\]"\)'):
        fetch_remote("s3://bucket/a.npz")
