"""Folders to study, and one study of everything."""

import pytest

from ganmetrics.commands.sanity.sanity import sanity
from ganmetrics.data.sources import open_source
from ganmetrics.testing import ChannelMeans, write_images


def write_classes(folder):
    """Write four class folders of 20 images that differ in brightness."""
    for number, name in enumerate(("ant", "bee", "cat", "dog")):
        write_images(folder / name, 20, seed=number, shift=12 * number)
    return folder


@pytest.fixture
def classes(tmp_path):
    """Four classes of twenty images."""
    return write_classes(tmp_path / "real")


@pytest.fixture
def source(classes):
    """The images of that folder."""
    return open_source(classes)


@pytest.fixture
def others(tmp_path):
    """Forty brighter images of another kind."""
    return write_images(tmp_path / "others", 40, seed=9, shift=50)


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    """A study of every disturbance, on four classes of twenty images."""
    folder = tmp_path_factory.mktemp("study")
    return sanity(
        write_classes(folder / "real"),
        metrics=("fid", "is", "precision"),
        others=write_images(folder / "others", 40, seed=9, shift=50),
        extractor=ChannelMeans(),
        workers=0,
        device="cpu",
    )
