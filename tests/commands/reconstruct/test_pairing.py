"""Which reconstruction is of which original: by name where there are names, else by number."""

import re

import pytest

from ganmetrics.commands.reconstruct.pairing import Pair, paired
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError
from ganmetrics.testing import random_images, write_images


def test_names_count_and_extensions_do_not(tmp_path):
    """A JPEG is the pair of a PNG of its name; the order is that of the originals."""
    one = open_source(write_images(tmp_path / "a", 3))
    other = open_source(write_images(tmp_path / "b", 3, extension="jpg"))
    assert paired(one, other) == [Pair(f"0000{n}", n, n) for n in range(3)]


def test_numbers_where_there_are_no_names(tmp_path):
    """Two tensors; a tensor and a folder have no names in common."""
    tensors = [open_source(random_images(4, seed=seed)) for seed in (1, 2)]
    assert paired(*tensors) == [Pair(str(n), n, n) for n in range(4)]
    with pytest.raises(InputError, match="names on both sides or on none; tensor has none"):
        paired(open_source(write_images(tmp_path / "a", 4)), tensors[0])
    with pytest.raises(InputError, match="has 4 and tensor has 3"):
        paired(tensors[0], open_source(random_images(3)))


def test_what_has_no_pair_is_named_up_to_three(tmp_path):
    """Whichever side it is on."""
    few, many = open_source(write_images(tmp_path / "a", 2)), open_source(write_images(tmp_path / "b", 7))
    for sides in ((few, many), (many, few)):
        with pytest.raises(InputError, match=re.escape("b has 00002, 00003, 00004 and 2 more, ")):
            paired(*sides)


def test_two_of_one_name_are_refused(tmp_path):
    """1.png and 1.jpg could both be the pair."""
    folder = write_images(tmp_path / "a", 2)
    (folder / "00001.jpg").write_bytes((folder / "00001.png").read_bytes())
    twice = open_source(folder)
    with pytest.raises(InputError, match="has two of 00001"):
        paired(twice, twice)
