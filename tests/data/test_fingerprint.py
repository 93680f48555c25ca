"""The fingerprint is of the contents in order, and of nothing else."""

import hashlib
import shutil

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.sources import open_source


def digest(*images):
    """Return what the documentation says is hashed, for image files."""
    total = hashlib.sha256(b"ganmetrics images 1\n")
    for image in images:
        total.update(hashlib.sha256(b"file\n" + image).digest())
    return total.hexdigest()


def test_it_is_what_the_documentation_says(folder):
    """An independent implementation of the description gives the same digest."""
    files = [(folder / f"{index}.png").read_bytes() for index in range(3)]
    assert fingerprint(open_source(folder)) == digest(*files)
    assert digest(*files) != digest(*files[::-1])


def test_names_and_places_do_not_matter(folder, tmp_path):
    """A copy under other names in the same order, and a zip, have the same fingerprint."""
    (tmp_path / "copy" / "a").mkdir(parents=True)
    for index in range(3):
        shutil.copyfile(folder / f"{index}.png", tmp_path / "copy" / "a" / f"x{index}.PNG")
    zipped = shutil.make_archive(str(tmp_path / "zipped"), "zip", folder)
    assert fingerprint(open_source(folder)) == fingerprint(open_source(tmp_path / "copy"))
    assert fingerprint(open_source(folder)) == fingerprint(open_source(zipped))


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_it_tells_sequences_apart(one, other):
    """Changing, adding, removing or exchanging images changes it; equal sequences agree."""
    sources = [open_source(np.array(levels, np.uint8).reshape(-1, 1, 1, 1).repeat(3, 3)) for levels in (one, other)]
    assert (fingerprint(sources[0]) == fingerprint(sources[1])) == (one == other)


def test_pixels_agree_wherever_they_lie(noise, tmp_path):
    """A tensor, an array, an npz and a list of the same pixels have the same fingerprint."""
    array = np.stack([noise(seed=0), noise(seed=1)])
    np.savez(tmp_path / "set.npz", array)
    tensor = torch.from_numpy(array).permute(0, 3, 1, 2)
    kinds = [array, tensor, tmp_path / "set.npz", list(array), [Image.fromarray(image) for image in array]]
    assert len({fingerprint(open_source(kind)) for kind in kinds}) == 1


def test_the_shape_matters():
    """The same bytes as another picture are another picture."""
    wide, high = np.zeros((1, 2, 4, 3), np.uint8), np.zeros((1, 4, 2, 3), np.uint8)
    assert fingerprint(open_source(wide)) != fingerprint(open_source(high))


def test_palette_and_mode_matter():
    """Equal indices into other palettes, and equal values in other modes, are other images."""
    images = [Image.new("L", (2, 2), 1)]
    for colour in (10, 20):
        images.append(Image.new("P", (2, 2), 1))
        images[-1].putpalette([0, 0, 0, colour, 0, 0])
    images.append(images[-1].copy())
    images[-1].info["transparency"] = 1
    assert len({fingerprint(open_source([image])) for image in images}) == 4


def test_an_unreadable_file_has_a_fingerprint_of_its_own(folder):
    """A dangling link does not stop the fingerprint, which differs from that of the set without it."""
    before = fingerprint(open_source(folder))
    (folder / "3.png").symlink_to("nowhere.png")
    assert fingerprint(open_source(folder)) != before


@pytest.mark.slow
def test_memory_is_bounded(noise):
    """Images are read a few at a time, not all at once."""
    alive = peak = 0

    class Counted:
        def __len__(self):
            return 500

        def __getitem__(self, index):
            nonlocal alive, peak
            alive += 1
            peak = max(peak, alive - done)
            return noise(seed=index % 7)

    done = 0
    from ganmetrics.data import fingerprint as module

    source = open_source(Counted())
    for _ in module._digests(source, range(len(source))):
        done += 1
    assert done == 500
    assert peak < 100


@pytest.mark.parametrize("index", [0, 2])
def test_one_byte_matters(folder, index):
    """Changing one byte of one file changes the fingerprint."""
    before = fingerprint(open_source(folder))
    data = bytearray((folder / f"{index}.png").read_bytes())
    data[-1] ^= 1
    (folder / f"{index}.png").write_bytes(data)
    assert fingerprint(open_source(folder)) != before
