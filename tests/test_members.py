"""A wrapper that passes on what it is asked for is what it wraps, on every version of Python."""

import pytest
import torch

from ganmetrics import evaluate
from ganmetrics._members import has_members
from ganmetrics.data.image_source import Digested, ImageSource, Listed, Named, listing_of
from ganmetrics.data.sources import open_source
from ganmetrics.features.base import Extractor, check_extractor
from ganmetrics.testing import ChannelMeans, random_images, write_images


class Wrapper:
    """Passes on everything; special methods must be its own."""

    def __init__(self, thing):
        self._thing = thing

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._thing, name)

    def __len__(self):
        return len(self._thing)

    def __call__(self, batch, device):
        return self._thing(batch, device)


def test_a_wrapped_source_is_one(tmp_path):
    """With the classes and names that the source has."""
    write_images(tmp_path / "a", 3, seed=1)
    write_images(tmp_path / "b", 3, seed=2)
    source = open_source(tmp_path)
    wrapped = Wrapper(source)
    assert open_source(wrapped) is wrapped
    assert listing_of(wrapped) == listing_of(source)
    assert listing_of(wrapped).classes_from == "folders"
    for kind in (Listed, Named, Digested):
        assert has_members(wrapped, kind) == has_members(source, kind)


def test_a_wrapped_extractor_is_one():
    """And gives the same score."""
    wrapped = Wrapper(ChannelMeans())
    assert check_extractor(wrapped) is wrapped
    real, fake = random_images(20, seed=1), random_images(20, seed=2)
    scores = [evaluate(real, fake, extractor=one, workers=0)["fd_channel-means"] for one in (wrapped, ChannelMeans())]
    assert scores[0].value == scores[1].value


@pytest.mark.parametrize("thing", [None, 1, "folder", [], torch.zeros(2), ChannelMeans])
def test_what_is_none(thing):
    """Whatever lacks a member."""
    assert not has_members(thing, ImageSource)
    assert not has_members(thing, Named)
    if not isinstance(thing, type):
        assert not has_members(thing, Extractor)
