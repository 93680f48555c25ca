"""What sources tell of themselves, asked for by what they can and not by what they are."""

import numpy as np

from ganmetrics.data.arrays import open_array
from ganmetrics.data.folders import FolderSource
from ganmetrics.data.image_source import Digested, ImageSource, Listed, Listing, Named, listing_of
from ganmetrics.data.sources import open_source
from ganmetrics.testing import write_images


def test_folders_and_arrays_are_sources(tmp_path):
    """Both have all that a source needs; only a folder's images have names of their own."""
    folder, array = open_source(write_images(tmp_path / "a", 2)), open_array(np.zeros((2, 4, 4, 3), np.uint8))
    assert isinstance(folder, FolderSource)
    for source in (folder, array):
        assert isinstance(source, ImageSource)
        assert not isinstance(source, Digested)
    assert isinstance(folder, Named)
    assert not isinstance(array, Named)
    assert not isinstance("a path", ImageSource)


def test_listings_say_what_was_passed_over(tmp_path):
    """Of a folder: its classes and hidden files; of what does not tell, nothing."""
    write_images(tmp_path / "set" / "cat", 1)
    write_images(tmp_path / "set" / "dog", 1)
    (tmp_path / "set" / "cat" / "Thumbs.db").write_bytes(b"x")
    source = open_source(tmp_path / "set")
    assert isinstance(source, Listed)
    assert listing_of(source) == Listing(classes_from="folders", hidden=1)
    assert listing_of(open_array(np.zeros((2, 4, 4, 3), np.uint8))) == Listing()
