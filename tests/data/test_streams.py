"""A stream is taken once, fingerprinted on the way, and can then be read like any set of images."""

import logging
import pickle
import subprocess
import sys
import tempfile

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

import ganmetrics
from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.loading import prepared_batches
from ganmetrics.data.looking import audit
from ganmetrics.data.sources import open_source
from ganmetrics.data.streams import Stream, open_stream
from ganmetrics.errors import InputError, StorageError
from ganmetrics.testing import ChannelMeans, random_images

IMAGES = random_images(10, seed=3)


class Endless(IterableDataset):
    """A data set without a length and without an end."""

    def __iter__(self):
        """Give one image after another."""
        index = 0
        while True:
            yield IMAGES[index % 10], index % 10
            index += 1


def generate(count, rng):
    """Return random images, as a generator would."""
    return torch.randint(0, 256, (count, 3, 4, 4), generator=rng, dtype=torch.uint8)


@pytest.mark.parametrize(
    "stream",
    [
        Stream(iter(IMAGES.split(3)), count=10),
        Stream(IMAGES.split(3)),
        Stream(iter(IMAGES), count=10),  # one by one
        Stream((batch.permute(0, 2, 3, 1).numpy() for batch in IMAGES.split(4)), count=10),
        Stream((Image.fromarray(image.permute(1, 2, 0).numpy()) for image in IMAGES), count=10),
        Stream(({"image": batch} for batch in IMAGES.split(4)), count=10),
        Stream(DataLoader(TensorDataset(IMAGES), batch_size=4)),
        Stream((batch / 255 for batch in IMAGES.split(4)), count=10, value_range=(0, 1)),
        Stream((batch / 127.5 - 1 for batch in IMAGES.split(4)), count=10, value_range=(-1, 1)),
        Stream((batch.permute(0, 2, 3, 1).numpy() / 255 for batch in IMAGES.split(4)), count=10, value_range=(0, 1)),
        Stream(iter(IMAGES.split(4)), count=10, memory=100),  # past the second batch on the disk
        Stream(DataLoader(Endless(), batch_size=4), count=10),
        Stream(Endless(), count=10),
        Stream(lambda _count, _rng: IMAGES, count=10),
    ],
)
def test_every_kind_of_stream_is_the_images_in_it(stream):
    """Batches, single images, arrays, floats, loaders, generators; in memory or on the disk: the same fingerprint."""
    source = open_source(stream)
    assert fingerprint(source) == fingerprint(open_source(IMAGES))
    assert audit(source).line().startswith("10 images, uint8, 4x4 pixels")
    assert all((source.read(index) == IMAGES[index].permute(1, 2, 0).numpy()).all() for index in (9, 0, 5))


def test_the_digests_taken_are_those_of_the_pixels():
    """What was hashed on the way is what is read afterwards."""
    source = open_stream(Stream(generate, count=20, memory=500))
    again = np.stack([source.read(index) for index in range(20)])
    assert fingerprint(source) == fingerprint(open_source(again))


def test_a_generator_is_seeded():
    """Count, seed and batch size decide the images; no global generator is touched."""
    state = torch.get_rng_state().tolist()
    prints = [
        fingerprint(open_stream(Stream(generate, count=20, **options)))
        for options in ({}, {"seed": 0}, {"seed": 1}, {"batch_size": 7})
    ]
    assert prints[0] == prints[1]
    assert len(set(prints)) >= 2
    assert prints[0] != prints[2]
    assert torch.get_rng_state().tolist() == state


def test_a_generator_is_asked_for_what_is_needed():
    """In batches, the last of them smaller, without gradients."""
    asked = []

    def counting(count, rng):
        asked.append(count)
        assert not torch.is_grad_enabled()
        return generate(count, rng)

    open_stream(Stream(counting, count=10, batch_size=4))
    assert asked == [4, 4, 2]


def test_no_more_is_taken_than_is_wanted():
    """An iterator stays at the batch in which the count was reached."""
    given = iter(IMAGES.split(3))
    assert len(open_stream(Stream(given, count=5))) == 5
    assert len(list(given)) == 2


def test_labels_become_classes():
    """They come beside the images, from loaders, generators and mappings."""
    labels = torch.arange(10) % 3
    expected = [str(int(label)) for label in labels]
    streams = [
        Stream(DataLoader(TensorDataset(IMAGES, labels), batch_size=4)),
        Stream(zip(IMAGES.split(4), labels.split(4), strict=True), count=10),
        Stream(({"images": a, "labels": b} for a, b in zip(IMAGES.split(4), labels.split(4), strict=True)), count=10),
        Stream(lambda _count, _rng: (IMAGES, labels), count=10),
        Stream(zip(IMAGES, labels.tolist(), strict=True), count=10),
    ]
    for stream in streams:
        source = open_source(stream)
        assert [source.class_of(index) for index in range(10)] == expected
        assert audit(source).classes_line() == "3 classes from the stream's labels, of 3 to 4 images"
    assert open_source(Stream(zip(IMAGES.split(4), "abc", strict=True), count=10)).class_of(0) is None


class Unspeakable(Exception):
    """An error whose text cannot be made."""

    def __str__(self):
        raise RuntimeError


def raising(error):
    """A stream that fails at once."""
    yield from ()
    raise error


class Odd:
    """An iterable whose length, or name, is none."""

    def __init__(self, length):
        self.length = length

    def __iter__(self):
        return iter([IMAGES])

    def __len__(self):
        if isinstance(self.length, Exception):
            raise self.length
        return self.length

    def __getattr__(self, name):
        if name == "__name__":
            raise RuntimeError("no name")
        raise AttributeError(name)


@pytest.mark.parametrize("length", [-1, 1 << 70, ValueError("unknown")])
def test_a_length_that_is_none_is_no_length(length):
    """The number of images is then asked for; a name that cannot be had is the type's."""
    with pytest.raises(InputError, match="^Odd does not say how many images it has"):
        Stream(Odd(length))
    assert len(open_stream(Stream(Odd(length), count=10))) == 10


@pytest.mark.parametrize(
    ("images", "reason"),
    [
        (iter(IMAGES.split(4)[:2]), "^tuple_iterator ended after 8 images; 10 were asked for$"),
        (iter([]), "ended after 0 images; 10 were asked for"),
        (iter([IMAGES, 3]), None),
        (iter([3]), r"batch 1: a batch needs to be a uint8 tensor \[n, 3, h, w\] or array .*; got int"),
        (iter([IMAGES[:4], IMAGES[:4, :, :3]]), "needs images of one size; 4 of 4x4 are followed by 4x3"),
        (
            iter([IMAGES[:4], IMAGES[:4].float()]),
            r"batch 2: floats need their range .*value_range=\(-1, 1\) or \(0, 1\)",
        ),
        (iter([IMAGES[:4, :1]]), "batch 1: .*repeats a gray channel"),
        (iter([IMAGES.int()]), "batch 1: a tensor of images needs uint8 .*got int32"),
        (iter([(IMAGES, [1, 2])]), "batch 1: labels must have one class for each of the 10 images; got 2"),
        (iter([(IMAGES[:4], [1, 2, 3, 4]), IMAGES]), "batch 2: labels need to come with all batches or with none"),
        (iter([Image.new("L", (4, 4))]), "batch 1: a Pillow image needs mode RGB; got L"),
        (iter([{"x": IMAGES}]), 'batch 1: a batch that is a mapping needs a key "image"; got x'),
        (lambda _count, _rng: IMAGES[:3], r"\(10, rng\) needs to return 10 images; got 3"),
        (lambda _count: IMAGES, "failed: TypeError: .*takes 1 positional argument"),
        (lambda _count, _rng: 1 / 0, "failed: ZeroDivisionError: division by zero"),
        (lambda _count, _rng: None, "batch 1: a batch needs .*got NoneType"),
        (
            iter([np.ma.masked_array(np.zeros((10, 4, 4, 3), np.uint8))]),
            "batch 1: a batch of images must not be a masked",
        ),
        (iter([(IMAGES, np.ma.masked_array(range(10)))]), "batch 1: labels must not be a masked array"),
        (raising(Unspeakable()), "failed: Unspeakable: it does not say why$"),
        (raising(ValueError("x" * 9999)), "failed: ValueError: x{9}"),
    ],
)
def test_streams_that_are_not_what_is_needed(images, reason):
    """One line names the stream and the batch; nothing is scored."""
    if reason is None:
        assert len(open_stream(Stream(images, count=10))) == 10
        return
    with pytest.raises(InputError, match=reason) as caught:
        open_stream(Stream(images, count=10))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value_range", "values", "reason"),
    [
        ((0, 1), (-1.0, 1.0), r"floats declared to be in \[0, 1\] have values from -1 to 1"),
        ((0, 1), (0.0, 255.0), "from 0 to 255"),
        ((0, 1), (0.0, float("nan")), r"in \[0, 1\] have values"),
        ((-1, 1), (0.0, 255.0), r"to_uint8 needs floats in \[-1, 1\]; got values from 0 to 255"),
    ],
)
def test_floats_beyond_their_range(value_range, values, reason):
    """The declared range is checked."""
    images = torch.full((2, 3, 4, 4), values[0])
    images[1] = values[1]
    with pytest.raises(InputError, match=rf"generate, batch 1: .*{reason}"):
        open_stream(Stream(lambda _count, _rng: images, count=2, value_range=value_range, name="generate"))


def test_floats_without_a_negative_value_are_warned_of(caplog):
    """Declared from -1 to 1, a whole stream from 0 to 1 is scored half as dark as it is meant."""
    with caplog.at_level(logging.WARNING):
        open_stream(Stream(lambda _count, _rng: IMAGES / 255, count=10, value_range=(-1, 1), name="generate"))
    assert "generate: none of its floats is below 0" in caplog.text
    caplog.clear()
    open_stream(Stream(lambda _count, _rng: IMAGES / 127.5 - 1, count=10, value_range=(-1, 1)))
    open_stream(Stream(lambda _count, _rng: IMAGES / 255, count=10, value_range=(0, 1)))
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"count": 0}, "a stream needs a count of 1 or more; got 0"),
        ({"count": 5, "batch_size": 0}, "a batch_size of 1 or more"),
        ({"count": 5, "seed": -1}, "a seed of 0 or more; got -1"),
        ({"count": 5, "value_range": (0, 255)}, r"needs to be \(-1, 1\) or \(0, 1\); got \(0, 255\)"),
        ({}, "generate does not say how many images it has"),
    ],
)
def test_a_stream_is_checked_when_it_is_made(options, reason):
    """Before anything is generated."""
    with pytest.raises(InputError, match=reason):
        Stream(generate, **options)


def test_a_loader_that_gives_nothing_is_refused():
    """Its length is known, and is 0."""
    with pytest.raises(InputError, match="DataLoader needs to give images; it gave none"):
        open_source(DataLoader(TensorDataset(IMAGES[:0])))


def test_a_disk_without_room_is_known_from_the_first_batch(monkeypatch):
    """And the generator is not asked for another."""
    asked = []

    def refuse(_directory, needed):
        asked.append(needed)
        raise StorageError("no room")

    monkeypatch.setattr("ganmetrics.data.spool.check_writable", refuse)
    with pytest.raises(StorageError, match="no room"):
        open_stream(Stream(generate, count=1000, batch_size=10, memory=1000))
    assert asked == [1000 * 48]


def test_the_file_has_no_name_and_stays_in_its_process(tmp_path, monkeypatch):
    """Nothing is left behind, whatever happens; a copy in another process would read nothing."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    source = open_stream(Stream(generate, count=100, memory=100))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(TypeError, match="stay in their process"):
        pickle.dumps(source)
    in_memory = open_stream(Stream(generate, count=100))
    assert fingerprint(pickle.loads(pickle.dumps(in_memory))) == fingerprint(source)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
def test_workers_get_pixels(workers):
    """From the disk as from memory."""
    source = open_stream(Stream(generate, count=10, memory=100))
    prepare = lambda image: image.astype(np.float32)  # noqa: E731
    batches = prepared_batches(source, [prepare], alpha="white", batch_size=4, workers=workers)
    expected = np.stack([source.read(index) for index in range(10)])
    assert (np.concatenate([batch for (batch,) in batches]) == expected).all()


@pytest.mark.slow
def test_a_stream_scores_as_its_images_do():
    """To the last bit."""
    real, extractor = random_images(30, seed=1), ChannelMeans()
    whole = ganmetrics.fid(real, IMAGES, extractor=extractor, workers=0)
    streamed = ganmetrics.fid(
        real, ganmetrics.Stream(iter(IMAGES.split(3)), count=10, memory=100), extractor=extractor, workers=0
    )
    assert streamed.value == whole.value
    assert streamed.fake_count == 10


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of its memory in Linux's unit")
def test_memory_does_not_grow_with_the_images():
    """A stream of 240 MB takes 20 MB beyond the bound it was given, not 240."""
    program = """
import resource, torch
from ganmetrics.data.streams import Stream, open_stream
def generate(count, rng):
    return torch.randint(0, 256, (count, 3, 128, 128), generator=rng, dtype=torch.uint8)
open_stream(Stream(generate, count=100, memory=1 << 20))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
source = open_stream(Stream(generate, count=5000, memory=1 << 20))
for index in range(0, 5000, 7):
    source.read(index)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 20_000


def test_lists_of_pillow_images_are_batches():
    """As pipelines return them, alone or with labels."""
    pictures = [Image.fromarray(image) for image in IMAGES.permute(0, 2, 3, 1).numpy()]
    expected = fingerprint(open_source(IMAGES))
    left = iter(pictures)
    assert fingerprint(open_stream(Stream(lambda count, _: [next(left) for _ in range(count)], count=10))) == expected
    labelled = open_stream(Stream(iter([(pictures, list(range(10)))]), count=10))
    assert fingerprint(labelled) == expected
    assert labelled.class_of(7) == "7"
    with pytest.raises(InputError, match=r"batch 1: images of a batch must be of one size; got \(4, 4\) and \(5, 4\)"):
        open_stream(Stream(iter([[pictures[0], Image.new("RGB", (5, 4))]]), count=2))
    with pytest.raises(InputError, match=r"needs to return 10 images; got 9"):
        open_stream(Stream(lambda _count, _rng: pictures[:9], count=10))


@pytest.mark.parametrize(
    "options",
    [
        {"count": "12"},
        {"count": 12.5},
        {"seed": 1.5},
        {"batch_size": True},
        {"value_range": 5},
        {"value_range": "01"},
        {"seed": 1 << 70},
    ],
)
def test_options_of_another_kind_are_refused(options):
    """By name, before anything is taken."""
    ((name, value),) = options.items()
    stream = Stream(IMAGES, count=10)
    object.__setattr__(stream, name, value)  # what a caller without types can do
    with pytest.raises(InputError, match=rf"^a stream.* {name} "):
        stream.__post_init__()
