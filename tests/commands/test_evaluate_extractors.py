"""`evaluate` by several extractors: one decoding, and for each what it alone would give."""

import csv
import io
import json
from dataclasses import replace

import pytest
import torch

from ganmetrics import ByExtractor, Extraction, Features, Ranking, Reference, evaluate
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError, StorageError
from ganmetrics.features.network import NetworkExtractor
from ganmetrics.references.cache import ReferenceCache
from ganmetrics.testing import ChannelMeans, random_images, write_images
from tests.ranks_program import SMALL, RandomNetwork

REAL, FAKE = random_images(24, seed=1, size=12), random_images(20, seed=2, size=9)
METRICS = ("fid", "kid", "precision", "is")
TWO = (ChannelMeans(), ChannelMeans("other"))


class Reads:
    """A source that counts how often each image is read."""

    def __init__(self, path):
        self._source = open_source(path)
        self.seen = [0] * len(self._source)
        self.uniform_size = None

    def __getattr__(self, name):
        return getattr(self._source, name)

    def __len__(self):
        return len(self._source)

    def label(self, index):
        return self._source.label(index)

    def class_of(self, index):
        return self._source.class_of(index)

    def read(self, index):
        self.seen[index] += 1
        return self._source.read(index)


def numbers(report):
    """All that a report says in numbers."""
    return {
        (name, field): getattr(score, field)
        for name, score in report.items()
        for field in ("value", "corrected", "low", "high", "std")
    }


def small(name):
    """A network of this library's kind, which runs in streams on a CPU."""
    return NetworkExtractor(replace(SMALL.spec, name=name), SMALL.prepare, RandomNetwork)


@pytest.mark.slow
@pytest.mark.parametrize(
    "extractors",
    [
        ("efficientnet-lite0", small("two")),
        (small("one"), small("two")),
        (ChannelMeans(), small("one")),
        (small("one"), ChannelMeans()),
    ],
    ids=["bundled", "networks", "object-first", "object-last"],
)
@pytest.mark.parametrize("workers", [0, 2])
def test_each_is_what_that_extractor_alone_gives(extractors, workers):
    """To the last bit, whatever runs in streams and whatever does not."""
    options = {"metrics": METRICS, "workers": workers, "offline": True, "batch_size": 7}
    both = evaluate(REAL, FAKE, extractors=extractors, **options)
    assert isinstance(both, ByExtractor)
    assert len(both) == 2
    for extractor, report in zip(extractors, both.values(), strict=True):
        assert numbers(report) == numbers(evaluate(REAL, FAKE, extractor=extractor, **options))


def test_each_image_is_opened_once(tmp_path):
    """However many networks there are: what was read for digest and audit is held for all of them."""
    sources = [Reads(write_images(tmp_path / name, 8, seed=seed)) for seed, name in enumerate(["real", "fake"])]
    three = (*TWO, ChannelMeans("third"))
    evaluate(*sources, extractors=three, workers=0)
    assert sources[0].seen == sources[1].seen == [1] * 8
    evaluate(*sources, extractors=three[:1], workers=0)
    assert sources[0].seen == [2] * 8


def test_a_cached_network_costs_nothing_and_the_other_one_pass(tmp_path):
    """One that the cache knows is taken from there, even where another is not."""
    real = write_images(tmp_path / "real", 8, seed=1)
    seen = []

    class Counting(ChannelMeans):
        def __call__(self, batch, device):
            seen.append(self.name)
            return super().__call__(batch, device)

    options = {"workers": 0, "cache": tmp_path / "cache"}
    names = ("one", "two", "three")
    first = evaluate(real, FAKE, extractors=[Counting("one"), Counting("two")], **options)
    assert set(seen) == {"one", "two"}
    seen.clear()
    again = evaluate(real, FAKE, extractors=[Counting(name) for name in names], **options)
    assert set(seen) == {"three"}
    assert [numbers(again[name]) for name in names[:2]] == [numbers(first[name]) for name in names[:2]]
    seen.clear()
    assert numbers(evaluate(real, FAKE, extractor=Counting("three"), **options)) == numbers(again["three"])
    assert not seen


def test_the_cache_needs_room_for_all(tmp_path, monkeypatch):
    """It is asked once for a side, before any pass."""
    asked = []

    def refuse(_self, array_bytes):
        asked.append(array_bytes)
        raise StorageError("full")

    monkeypatch.setattr(ReferenceCache, "check_room", refuse)
    for extractors in (TWO[:1], TWO):
        with pytest.raises(StorageError, match="full"):
            evaluate(REAL, FAKE, extractors=extractors, workers=0, cache=tmp_path)
    assert asked[1] == 2 * asked[0]


def test_several_generators_are_ranked_by_each():
    """Each extractor has a ranking of its own."""
    fakes = {"near": random_images(30, seed=2), "dark": random_images(30, seed=3) // 2}
    both = evaluate(random_images(40, seed=1), fakes, extractors=TWO, workers=0)
    assert all(isinstance(one, Ranking) for one in both.values())
    assert both["other"].order("fd_other") == ["near", "dark"]
    rows = list(csv.DictReader(io.StringIO(both.to_csv())))
    assert [(row["extractor"], row["rank"]) for row in rows] == [
        ("channel-means", "1"),
        ("channel-means", "2"),
        ("other", "1"),
        ("other", "2"),
    ]
    assert json.loads(both.to_json())["extractors"]["other"]["ranks"] == {"fd_other": ["near", "dark"]}
    assert both.to_text().count("generator") == 2


def test_a_row_for_each_extractor():
    """In text, CSV and JSON."""
    both = evaluate(REAL, FAKE, metrics=("fid", "is"), extractors=TWO, workers=0, interval=False)
    names = ["fd_channel-means", "is_channel-means", "fd_other", "is_other"]
    assert [line.split(" = ")[0] for line in both.to_text().splitlines()] == names
    rows = list(csv.DictReader(io.StringIO(both.to_csv())))
    assert [(row["name"], row["extractor"]) for row in rows] == list(
        zip(names, ["channel-means"] * 2 + ["other"] * 2, strict=True)
    )
    content = json.loads(both.to_json())["extractors"]
    assert {name: [score["name"] for score in one["scores"]] for name, one in content.items()} == {
        "channel-means": names[:2],
        "other": names[2:],
    }


@pytest.mark.parametrize("given", ["reference", "features"])
def test_what_fits_one_extractor_is_refused_before_any_work(given):
    """Statistics and features are of one network."""

    class Untouched(ChannelMeans):
        def __call__(self, batch, device):
            raise AssertionError("the network was called")

    if given == "reference":
        real, what = Reference.from_images(REAL, extractor=ChannelMeans(), workers=0), "a stored reference"
    else:
        real, what = Features(torch.eye(12, 3)), "features"
    with pytest.raises(InputError, match=f"several extractors need images; .* and {what} fits one extractor, not a, b"):
        evaluate(real, FAKE, extractors=[Untouched("a"), Untouched("b")], workers=0)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"extractors": []}, r"a sequence of names or extractor objects; got \[\]"),
        ({"extractors": "inception-v3"}, "a sequence of names or extractor objects; got 'inception-v3'"),
        ({"extractors": ["inception-v3"] * 2}, "different ones; got inception-v3 twice"),
        ({"extractors": TWO, "extractor": "inception-v3"}, "got both, and extractor is inception-v3"),
        ({"extractors": TWO, "how": Extraction("inception-v3")}, "got both, and extractor is inception-v3"),
        ({"extractors": ["inception-v3", "efficientnet-lite0"], "weights": "w.pth"}, "one extractor; got them with 2"),
        ({"extractors": ["inception-v3", "efficientnet-lite0"], "protocol": "adm"}, "adm"),
        ({"extractors": [ChannelMeans]}, "an extractor is a name, or an object"),
    ],
)
def test_wrong_extractors_are_refused(options, reason):
    """In one line, before a network is opened."""
    with pytest.raises(InputError, match=reason):
        evaluate(REAL, FAKE, **options)
