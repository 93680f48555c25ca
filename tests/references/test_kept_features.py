"""Features of each image in the cache."""

import pytest

import ganmetrics
from ganmetrics.data.folders import FolderSource
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.testing import ChannelMeans

METRICS = ("fid", "kid", "precision", "is")


class Counting(ChannelMeans):
    """Counts the images that pass the network."""

    def __init__(self):
        super().__init__()
        self.seen = 0

    def __call__(self, batch, device):
        self.seen += len(batch)
        return super().__call__(batch, device)


@pytest.fixture
def score(folders, tmp_path):
    """`score(**options)` evaluates the two folders and says how many images passed the network."""

    def run(**options):
        extractor = Counting()
        report = ganmetrics.evaluate(
            *folders, metrics=METRICS, extractor=extractor, workers=0, cache=tmp_path / "cache", **options
        )
        return report, extractor.seen

    return run


@pytest.mark.slow
def test_a_second_metric_costs_no_second_extraction(score, tmp_path):
    """Kept features give the scores of an extraction to the last bit; where none are kept all is extracted again."""
    first, seen = score(cache_features=True)
    again, none = score(cache_features=True)
    assert (seen, none) == (35, 0)
    assert [one.to_json() for one in again.values()] == [one.to_json() for one in first.values()]
    _, still = score()
    assert still == 0
    store = ReferenceCache(tmp_path / "cache")
    assert len(store.entries()) == 2
    assert store.clear() == 2
    assert list((tmp_path / "cache").iterdir()) == []
    score()
    _, without = score()
    assert without == 35


@pytest.mark.slow
def test_a_distance_keeps_what_later_metrics_read(folders, tmp_path):
    """Whoever asks for kept features with a metric that reads none has them for the next one."""
    seen = []
    for metrics in (("fid",), ("kid", "is", "precision")):
        extractor = Counting()
        options = {"extractor": extractor, "workers": 0, "cache": tmp_path / "cache", "cache_features": True}
        ganmetrics.evaluate(*folders, metrics=metrics, **options)
        seen.append(extractor.seen)
    assert seen == [35, 0]


@pytest.mark.slow
def test_damaged_features_are_made_again(score, tmp_path, caplog):
    """A flipped bit is found by the digest, said and repaired."""
    first, _ = score(cache_features=True)
    (kept, _) = sorted((tmp_path / "cache").glob("*.features/features.npy"))
    content = bytearray(kept.read_bytes())
    content[-1] ^= 1
    kept.write_bytes(content)
    again, seen = score(cache_features=True)
    assert seen in (15, 20)
    assert "damaged cache entry, computed again" in caplog.text
    assert [float(one) for one in again.values()] == [float(one) for one in first.values()]


@pytest.mark.slow
def test_features_without_blocks_do_not_serve_an_interval(score):
    """What was kept without intervals lacks the blocks that they need."""
    score(cache_features=True, interval=False)
    _, seen = score(cache_features=True)
    assert seen == 35


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["nothing", "both sides", "sets with the same opening"])
def test_a_file_is_read_once(folders, tmp_path, monkeypatch, kept):
    """For its hash, the look at it and the extraction together, whatever is cached, the search for it included."""
    options = {"extractor": ChannelMeans(), "workers": 0, "cache": None if kept == "nothing" else tmp_path / "cache"}
    if kept != "nothing":
        ganmetrics.fid(*folders, **options)
    if kept == "sets with the same opening":
        for folder in folders:
            last = max(folder.iterdir())
            last.write_bytes(min(folder.iterdir()).read_bytes())
    read, original = [], FolderSource.read

    def counted(self, index):
        read.append(self.label(index))
        return original(self, index)

    monkeypatch.setattr(FolderSource, "read", counted)
    ganmetrics.fid(*folders, **options)
    assert sorted(read) == sorted(str(file) for folder in folders for file in folder.iterdir())
