"""Everything that can be scored opens as one kind of thing; a choice from it depends on the seed alone."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import DataLoader, IterableDataset

from ganmetrics.data.sources import ImageSource, choose_images, open_source
from ganmetrics.errors import InputError, NotEnoughSamples


class Stream(IterableDataset):
    """A data set without a length."""

    def __iter__(self):
        """Return nothing."""
        return iter(())


def indices(source):
    """Return the numbers in the labels of an array's images."""
    return [int(source.label(index).removeprefix("array[").removesuffix("]")) for index in range(len(source))]


def test_every_kind_opens(tmp_path, folder, noise):
    """Folders, zips, npz files, tensors, arrays, lists and sources are sources; paths may be strings."""
    array = noise()[None]
    np.savez(tmp_path / "set.NPZ.npz", array)
    zipped = Path(shutil.make_archive(str(tmp_path / "zipped"), "zip", folder))
    zipped = zipped.rename(zipped.with_suffix(".ZIP"))
    tensor = torch.from_numpy(array).permute(0, 3, 1, 2)
    kinds = [folder, str(folder), zipped, tmp_path / "set.NPZ.npz", array, tensor, [noise()]]
    lengths = [3, 3, 3, 1, 1, 1, 1]
    for kind, length in zip(kinds, lengths, strict=True):
        source = open_source(kind)
        assert isinstance(source, ImageSource)
        assert len(source) == length
        assert open_source(source) is source


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (3, "images need a path or a uint8 tensor .*; got int"),
        (int, "got type"),
        (iter([]), "^list_iterator does not say how many images it has: give the number to take, as count or in"),
        (Stream(), "^Stream does not say how many"),
        (DataLoader(Stream()), "^DataLoader does not say how many"),
        (lambda _count, _rng: None, "^<lambda> does not say how many"),
    ],
)
def test_other_things_are_refused(source, reason):
    """The error says what came."""
    with pytest.raises(InputError, match=reason):
        open_source(source)


def test_paths_that_are_no_image_set(tmp_path):
    """A missing path and a plain file are told apart."""
    (tmp_path / "a.doc").write_bytes(b"")
    with pytest.raises(InputError, match=r"missing does not exist; images need a folder, "):
        open_source(tmp_path / "missing")
    with pytest.raises(InputError, match=r"a\.doc is a file of another kind; images need a folder, "):
        open_source(tmp_path / "a.doc")
    (tmp_path / "0001.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"0001\.png is a single image; images need a folder, "):
        open_source(tmp_path / "0001.png")


def test_a_path_that_is_nearly_another_is_told(tmp_path):
    """What lies beside it under nearly that name."""
    (tmp_path / "train").mkdir()
    with pytest.raises(InputError, match=r"trian does not exist \(did you mean .*train\?\); images need a folder, "):
        open_source(tmp_path / "trian")


@given(st.integers(1, 40), st.integers(0, 2**32))
def test_a_choice_is_seeded_ascending_and_without_repetition(count, seed):
    """The same seed chooses the same distinct images, in their order, and touches no global generator."""
    source = open_source(np.zeros((40, 1, 1, 3), np.uint8))
    state = np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002
    chosen = indices(choose_images(source, count, seed))
    assert (np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()) == state  # noqa: NPY002
    assert chosen == sorted(set(chosen)) == indices(choose_images(source, count, seed))
    assert len(chosen) == count
    assert set(chosen) <= set(range(40))


def test_seeds_differ_and_all_images_are_reached():
    """Other seeds choose otherwise, and no image is out of reach."""
    source = open_source(np.zeros((20, 1, 1, 3), np.uint8))
    choices = [tuple(indices(choose_images(source, 5, seed))) for seed in range(50)]
    assert len(set(choices)) > 40
    assert {index for choice in choices for index in choice} == set(range(20))


def test_a_choice_reads_what_it_labels(folder):
    """Label, bytes and class of a chosen image are those of the same image of the source."""
    source = open_source(folder)
    chosen = choose_images(source, 2, seed=1)
    original = {source.label(index): source.read(index) for index in range(3)}
    assert all(original[chosen.label(index)] == chosen.read(index) for index in range(2))
    assert (chosen.name, chosen.ignored, chosen.class_of(0)) == (source.name, 1, None)


def test_a_choice_of_too_many_gives_both_numbers(folder):
    """More images than there are, or none, is an error."""
    with pytest.raises(NotEnoughSamples, match=r"5,000 images are to be chosen; \S+set has 3"):
        choose_images(open_source(folder), 5000, seed=0)
    with pytest.raises(InputError, match="positive count; got 0"):
        choose_images(open_source(folder), 0, seed=0)


def test_a_negative_seed_is_refused(folder):
    """NumPy takes none, and its error would be a traceback."""
    with pytest.raises(InputError, match="needs a seed of 0 or more; got -1"):
        choose_images(open_source(folder), 2, seed=-1)
