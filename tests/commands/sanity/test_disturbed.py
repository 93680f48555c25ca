"""A disturbed source is a source like any other, and depends on its seed alone."""

import pickle

import numpy as np
import pytest

from ganmetrics.commands.sanity.disturbances import DISTURBANCES
from ganmetrics.commands.sanity.disturbed import DisturbedSource
from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.sources import ImageSource, open_source
from ganmetrics.errors import InputError
from ganmetrics.testing import write_images

NOISE = DISTURBANCES["noise"]


@pytest.fixture
def source(tmp_path):
    """Six images in two classes."""
    for name in ("cat", "dog"):
        write_images(tmp_path / "set" / name, 3, seed=len(name))
    return open_source(tmp_path / "set")


def test_it_is_a_source_whose_labels_are_the_files(source):
    """Names, classes and length are those of the images that are disturbed; the name of the whole says by what."""
    disturbed = DisturbedSource(source, NOISE, 0.5, seed=0)
    assert isinstance(disturbed, ImageSource)
    assert open_source(disturbed) is disturbed
    assert (len(disturbed), disturbed.label(4), disturbed.class_of(4)) == (6, source.label(4), "dog")
    assert disturbed.name == f"{source.name}, noise 0.5"


def test_reading_order_and_processes_do_not_matter(source):
    """Image i is the same however often, in whatever order and by whatever copy it is read."""
    disturbed = DisturbedSource(source, NOISE, 0.5, seed=0)
    there = [disturbed.read(index) for index in range(6)]
    back = [pickle.loads(pickle.dumps(disturbed)).read(index) for index in reversed(range(6))]
    assert all((one == other).all() for one, other in zip(there, reversed(back), strict=True))


def test_seed_disturbance_and_index_enter():
    """Each of them changes what is drawn, so no two images get the same noise."""
    image = open_source(np.full((2, 8, 8, 3), 128, np.uint8))
    base = DisturbedSource(image, NOISE, 1.0, seed=0)
    other_seed = DisturbedSource(image, NOISE, 1.0, seed=1)
    assert (base.read(0) != base.read(1)).any()
    assert (base.read(0) != other_seed.read(0)).any()
    hits = [
        DisturbedSource(image, DISTURBANCES[name], level, seed=0).read(0)
        for name, level in (("salt-and-pepper", 0.3), ("noise", 1.0))
    ]
    assert (hits[0] != hits[1]).any()
    assert fingerprint(base) != fingerprint(DisturbedSource(image, NOISE, 0.99, seed=0))


def test_level_0_has_the_pixels_of_the_source(source):
    """Only the encoding is gone."""
    from ganmetrics.data.decode import decode_stored

    undisturbed = DisturbedSource(source, NOISE, 0.0, seed=0)
    for index in range(6):
        assert (undisturbed.read(index) == decode_stored(source.read(index), alpha="white").image).all()


def test_an_unreadable_image_keeps_its_reason(source, tmp_path):
    """The error is that of the image below."""
    (tmp_path / "set" / "cat" / "00001.png").write_bytes(b"")
    with pytest.raises(InputError, match="^cannot be read: it has changed since the folder was listed$"):
        DisturbedSource(source, NOISE, 0.5, seed=0).read(1)
