"""The cache of statistics: exact, bounded, shared, never trusted when damaged."""

import dataclasses
import logging
import os
import shutil
import sys
import time

import pytest

from ganmetrics.commands.evaluate import evaluate, fid
from ganmetrics.data.folders import FolderSource
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError, StorageError
from ganmetrics.features.weights import weights_directory
from ganmetrics.references.cache import ReferenceCache, reference_directory
from ganmetrics.references.remote import remote_directory
from ganmetrics.testing import ChannelMeans, random_images, write_images
from tests.forked import Forked
from tests.references.test_key import KEY


@pytest.fixture
def cache(tmp_path):
    """An empty cache."""
    return ReferenceCache(tmp_path / "cache")


def test_what_was_put_is_got(cache, make_reference):
    """An entry comes back under its key only, with the source of the asker."""
    cache.put(KEY, make_reference(5))
    found = cache.get(KEY, source="elsewhere")
    assert found is not None
    assert (found.count, found.source) == (5, "elsewhere")
    assert cache.get(dataclasses.replace(KEY, layer="pool2"), source="x") is None


def test_a_damaged_entry_is_reported_removed_and_absent(cache, make_reference, caplog):
    """Damage costs a computation, never a wrong number."""
    cache.put(KEY, make_reference(5))
    (entry,) = cache.entries()
    entry.path.write_bytes(entry.path.read_bytes()[:-40])
    assert [damaged.path for damaged, _ in cache.damaged()] == [entry.path]
    with caplog.at_level(logging.WARNING):
        assert cache.get(KEY, source="x") is None
    assert "damaged cache entry, computed again" in caplog.text
    assert not cache.entries()


def test_an_entry_under_another_name_is_not_trusted(cache, make_reference, caplog):
    """A whole file that belongs to another key is damage too."""
    other = dataclasses.replace(KEY, contents="other")
    cache.put(KEY, make_reference(5))
    (entry,) = cache.entries()
    (cache.directory / f"{other.digest}.npz").write_bytes(entry.path.read_bytes())
    with caplog.at_level(logging.WARNING):
        assert cache.get(other, source="x") is None
    assert "holds statistics of another key" in caplog.text
    assert cache.get(KEY, source="x") is not None


def images(count, seed=0):
    """A source of random images."""
    return open_source(random_images(count, seed=seed))


def test_another_opening_tells_that_there_is_no_entry(cache, make_reference):
    """By the number of images and the first few; what begins alike may be there, and is then read to its end."""
    assert not cache.may_hold(images(5))
    cache.put(KEY, make_reference(5), images=images(5))
    assert cache.may_hold(images(5))
    assert not cache.may_hold(images(6))
    assert not cache.may_hold(images(5, seed=1))
    assert cache.clear() == 1
    assert not list(cache.directory.iterdir())


def test_an_entry_of_an_earlier_version_may_be_of_any_images(cache, make_reference):
    """It has no opening."""
    cache.put(KEY, make_reference(5))
    cache.put(dataclasses.replace(KEY, contents="b"), make_reference(6), images=images(6))
    assert cache.may_hold(images(7))


@pytest.mark.slow
@pytest.mark.parametrize("begins_alike", [False, True])
def test_a_cold_run_reads_each_file_once(tmp_path, monkeypatch, begins_alike):
    """Whatever else the cache holds, a set that begins alike among it; and again once it is kept."""
    kept, new = write_images(tmp_path / "kept", 30), write_images(tmp_path / "new", 30, seed=0 if begins_alike else 9)
    (new / "00029.png").write_bytes((write_images(tmp_path / "other", 1, seed=5) / "00000.png").read_bytes())
    options = {"extractor": ChannelMeans(), "workers": 0, "cache": tmp_path / "cache", "interval": False}
    fid(kept, kept, **options)
    reads, read = [], FolderSource.read

    def counted(source, index):
        if source.name == str(new):
            reads.append(index)
        return read(source, index)

    monkeypatch.setattr(FolderSource, "read", counted)
    fid(kept, new, **options)
    assert sorted(reads) == list(range(30))
    reads.clear()
    fid(kept, new, **options)
    assert sorted(reads) == list(range(30))


@pytest.mark.slow
def test_the_least_recently_used_go_first(cache, make_reference):
    """The bound holds, and what was used last stays."""
    keys = [dataclasses.replace(KEY, contents=str(number)) for number in range(4)]
    for age, key in enumerate(keys[:3]):
        cache.put(key, make_reference(5))
        os.utime(cache.directory / f"{key.digest}.npz", (1000 + age, 1000 + age))
    size = cache.entries()[0].size
    assert cache.get(keys[0], source="x") is not None  # used now: keys[1] is the oldest
    small = dataclasses.replace(cache, limit=3 * size + 10)
    small.put(keys[3], make_reference(5))
    assert small.get(keys[1], source="x") is None
    assert all(small.get(keys[index], source="x") is not None for index in (0, 2, 3))


def test_a_new_entry_survives_a_tiny_bound(cache, make_reference):
    """What was just computed is never what is dropped."""
    tiny = dataclasses.replace(cache, limit=1)
    tiny.put(KEY, make_reference(5))
    tiny.put(dataclasses.replace(KEY, contents="b"), make_reference(6))
    assert len(tiny.entries()) == 1
    assert tiny.get(dataclasses.replace(KEY, contents="b"), source="x") is not None


def test_clear_removes_everything(cache, make_reference):
    """The number of removed entries is reported."""
    cache.put(KEY, make_reference(5))
    assert cache.clear() == 1
    assert cache.clear() == 0


@pytest.mark.slow
def test_a_cached_score_equals_the_uncached_to_the_last_bit(tmp_path):
    """The first run, the second from the cache, and one without a cache print the same number."""
    real, fake = write_images(tmp_path / "real", 20, seed=1), write_images(tmp_path / "fake", 15, seed=2, shift=9)
    options = {"extractor": ChannelMeans(), "workers": 0}
    uncached = fid(real, fake, **options)
    first = fid(real, fake, cache=tmp_path / "cache", **options)
    second = fid(real, fake, cache=tmp_path / "cache", **options)
    assert uncached.value == first.value == second.value
    assert len(ReferenceCache(tmp_path / "cache").entries()) == 2


@pytest.mark.slow
def test_a_hit_names_the_files_of_this_run(tmp_path):
    """Statistics computed in one folder serve its copy, whose own bad file is then named."""
    first = write_images(tmp_path / "first", 5, seed=1)
    (first / "x.png").write_bytes(b"no image")
    shutil.copytree(first, tmp_path / "second")
    (tmp_path / "second" / "notes.txt").write_text("ignored")
    options = {"extractor": ChannelMeans(), "workers": 0, "cache": tmp_path / "cache", "skip_bad": True}
    fid(first, write_images(tmp_path / "fake", 5), **options)
    audit = fid(tmp_path / "second", tmp_path / "fake", **options).provenance["real"]["audit"]
    assert audit["bad"][0][1] == str(tmp_path / "second" / "x.png")
    assert audit["ignored"] == 1


@pytest.mark.slow
def test_one_changed_image_misses(tmp_path):
    """A folder is known by its contents, not by its path or dates."""
    real, fake = write_images(tmp_path / "real", 9, seed=1), write_images(tmp_path / "fake", 9, seed=2)
    options = {"extractor": ChannelMeans(), "workers": 0, "cache": tmp_path / "cache"}
    before = fid(real, fake, **options)
    changed = real / "00003.png"
    stamp = changed.stat()
    changed.write_bytes((fake / "00004.png").read_bytes())
    os.utime(changed, (stamp.st_atime, stamp.st_mtime))
    after = fid(real, fake, **options)
    assert before.value != after.value
    assert after.value == fid(real, fake, extractor=ChannelMeans(), workers=0).value
    assert len(ReferenceCache(tmp_path / "cache").entries()) == 3


def test_an_unwritable_cache_is_refused_before_the_work(tmp_path):
    """A file where the folder should be is named, and no image is touched."""
    real = write_images(tmp_path / "real", 4)
    (tmp_path / "cache").write_text("in the way")

    class Untouched(ChannelMeans):
        def __call__(self, batch, device):
            raise AssertionError("extraction began before the cache was checked")

    with pytest.raises(StorageError, match="cache cannot be written"):
        fid(real, real, extractor=Untouched(), workers=0, cache=tmp_path / "cache")


def score(real, fake, cache):
    """Write a distance three times."""
    for _ in range(3):
        sys.stdout.write(f"{fid(real, fake, extractor=ChannelMeans(), workers=0, cache=cache).value!r}\n")


@pytest.mark.slow
def test_several_processes_share_a_cache(tmp_path):
    """Processes that compute and read the same entries at once agree and leave whole files only."""
    real, fake = write_images(tmp_path / "real", 30, seed=1), write_images(tmp_path / "fake", 30, seed=2)
    cache = tmp_path / "cache"
    processes = [Forked(score, real, fake, cache, output=tmp_path / str(number)) for number in range(3)]
    assert [process.wait(300) for process in processes] == [0, 0, 0]
    printed = [process.out.split() for process in processes]
    assert len({value for values in printed for value in values}) == 1
    cache = ReferenceCache(tmp_path / "cache")
    assert len(cache.entries()) == 2
    assert not cache.damaged()
    assert sorted(path.suffix for path in cache.directory.iterdir()) == [".npz", ".npz", ".opening", ".opening"]


def test_the_directory_follows_the_platform(monkeypatch, tmp_path):
    """XDG_CACHE_HOME decides on Linux."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert reference_directory() == tmp_path / "ganmetrics" / "references"


def in_its_place(path, kind):
    """Put something that is no file in the place of one."""
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "loop":
            path.symlink_to(path.name)
        case _:
            path.mkdir()


@pytest.mark.parametrize("kind", ["pipe", "device", "loop", "folder"])
@pytest.mark.parametrize("ending", [".npz", ".opening", ".features", ".features/sha256.json", ".features/features.npy"])
def test_what_is_no_file_is_never_read(tmp_path, kind, ending):
    """A pipe waits for ever and a device never ends: who may write a cache could hang every run that uses it."""
    real, fake = random_images(20), random_images(20, seed=1)

    def score():
        options = {"metrics": ("fid", "precision"), "interval": False, "cache": tmp_path, "cache_features": True}
        return evaluate(real, fake, extractor=ChannelMeans(), workers=0, device="cpu", **options)

    whole = score()
    for path in list(tmp_path.glob("*.npz")):
        name, _, inside = ending.removeprefix(".").partition("/")
        in_its_place(path.with_suffix(f".{name}") / inside if inside else path.with_suffix(ending), kind)
    cache = ReferenceCache(tmp_path, features=True)
    assert all(isinstance(cache.describe(entry), str) for entry in cache.entries())
    assert {name: one.value for name, one in score().items()} == {name: one.value for name, one in whole.items()}
    # It was computed again and kept: the next run finds it.
    assert not cache.damaged()


@pytest.mark.parametrize("kind", ["pipe", "device", "loop", "folder"])
@pytest.mark.parametrize("name", ["x.npz", "x.opening", "x.features", ".x.npz.0123456789abcdef.tmp"])
def test_whatever_lies_in_a_cache_is_cleared(cache, make_reference, name, kind):
    """Also what verify advises it for; a folder in an entry's place has things in it."""
    cache.put(KEY, make_reference(5))
    in_its_place(cache.directory / name, kind)
    if kind == "folder":
        (cache.directory / name / "inside").touch()
    assert cache.clear() == 1 + (name == "x.npz")
    assert list(cache.directory.iterdir()) == []


def test_what_cannot_be_cleared_is_told(cache, make_reference, monkeypatch):
    """In one line, with the file."""
    cache.put(KEY, make_reference(5))

    def refuse(path, **_options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.unlink", refuse)
    with pytest.raises(StorageError, match=r"^.*\.npz cannot be removed: Permission denied$"):
        cache.clear()


def test_an_entry_of_the_future_is_no_newer_than_now_and_ages(tmp_path, make_reference):
    """A clock that was wrong once would keep it for ever."""
    keys = [dataclasses.replace(KEY, contents=str(number)) for number in range(4)]
    ReferenceCache(tmp_path).put(keys[0], make_reference(5))
    (first,) = ReferenceCache(tmp_path).entries()
    os.utime(first.path, (2**33, 2**33))
    assert ReferenceCache(tmp_path).entries()[0].used <= time.time()
    small = ReferenceCache(tmp_path, limit=first.size * 5 // 2)
    for key in keys[1:]:
        small.put(key, make_reference(5))
        time.sleep(0.02)
    assert [small.get(key, source="x") is not None for key in keys] == [False, False, True, True]


def test_a_name_that_no_folder_can_have_is_told(monkeypatch):
    """Of every folder in which something is kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/" + "y" * 300)
    for folder in (reference_directory, weights_directory, remote_directory):
        with pytest.raises(InputError, match=r"^a path must be one that a file can have; got /yyy"):
            folder()
