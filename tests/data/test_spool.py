"""Images that come once: the same from memory and from the disk, and gone with their source."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ganmetrics.data.fingerprint import stored_digest
from ganmetrics.data.spool import Spool
from ganmetrics.errors import InputError, StorageError

PIXELS = np.random.default_rng(0).integers(0, 256, (20, 4, 6, 3), dtype=np.uint8)
SIZE = 4 * 6 * 3


def spooled(memory, *, batch=3, labels=None):
    spool = Spool("generator", memory=memory, expected=len(PIXELS))
    for start in range(0, len(PIXELS), batch):
        spool.append(PIXELS[start : start + batch])
    return spool.images(labels)


@pytest.mark.parametrize("memory", [10**6, 7 * SIZE, 0], ids=["memory", "both", "disk"])
def test_what_went_in_comes_out(memory):
    """Pixels, digests, names and classes; also for several threads at once."""
    source = spooled(memory, labels=np.arange(20) % 2)
    assert (len(source), source.uniform_size, source.label(3), source.class_of(3)) == (20, (6, 4), "generator[3]", "1")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(source.read, range(20)))
    np.testing.assert_array_equal(np.stack(found), PIXELS)
    assert [source.digest(number) for number in range(20)] == [stored_digest(image) for image in PIXELS]


def test_images_of_another_size_are_refused():
    """With both sizes, and the number at which it changed."""
    spool = Spool("generator", memory=10**6, expected=None)
    spool.append(PIXELS[:5])
    with pytest.raises(InputError, match="one size; 5 of 6x4 are followed by 8x8"):
        spool.append(np.zeros((1, 8, 8, 3), np.uint8))


def test_a_disk_without_room_is_known_at_the_first_batch():
    """Not after an hour of generation."""
    spool = Spool("generator", memory=0, expected=10**15)
    with pytest.raises(StorageError):
        spool.append(PIXELS[:1])


def test_what_lies_in_memory_may_travel_and_what_lies_on_the_disk_may_not():
    """A file without a name is of one process."""
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(spooled(10**6))).read(4), PIXELS[4])
    with pytest.raises(TypeError, match="stay in their process"):
        pickle.dumps(spooled(0))
