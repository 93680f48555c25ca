"""An LMDB of image files, as LSUN's."""

import pickle
import sys

import numpy as np
import pytest

from ganmetrics.data.loading import prepared_batches
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError


@pytest.fixture
def written(tmp_path):
    """Return a writer of keys and values, in a folder or a file."""
    lmdb = pytest.importorskip("lmdb")

    def write(values, name="bedroom_val_lmdb", **options):
        database = lmdb.open(str(tmp_path / name), map_size=1 << 24, **options)
        with database, database.begin(write=True) as transaction:
            for key, value in values.items():
                transaction.put(key, value)
        return tmp_path / name

    return write


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"name": "set.lmdb", "subdir": False}])
def test_images_in_the_order_of_their_keys(written, noise, encoded, options):
    """A folder with data.mdb, or a file; values that are no images are ignored."""
    values = {f"{index:03d}".encode(): encoded(noise(seed=index), "WEBP", lossless=True) for index in (2, 0, 1)}
    source = open_source(written({**values, b"length": b"3"}, **options))
    assert [source.member(index) for index in range(3)] == ["000", "001", "002"]
    assert source.read(2) == values[b"002"]
    assert (source.ignored, source.class_of(0)) == (1, None)
    assert pickle.loads(pickle.dumps(source)).read(1) == values[b"001"]
    prepare = lambda image: image.mean(axis=(0, 1)).astype(np.float32)  # noqa: E731
    for workers in (0, 2):
        batches = prepared_batches(source, [prepare], alpha="white", batch_size=2, workers=workers)
        assert len(np.concatenate([batch for (batch,) in batches])) == 3


def test_what_is_refused(written, tmp_path):
    """A database without images, and a file that is none."""
    with pytest.raises(InputError, match="needs to hold images; it has none, and 1 other values"):
        open_source(written({b"length": b"3"}))
    (tmp_path / "damaged.lmdb").write_bytes(b"no database" * 1000)
    with pytest.raises(InputError, match=r"damaged\.lmdb cannot be read as LMDB: [^\n]+$"):
        open_source(tmp_path / "damaged.lmdb")


def test_without_lmdb_the_command_is_told(tmp_path, monkeypatch):
    """The extra is named for what it is for."""
    (tmp_path / "set.lmdb").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "lmdb", None)
    with pytest.raises(InputError, match=r'an LMDB needs the package lmdb, .*: pip install "ganmetrics\[lmdb\]"'):
        open_source(tmp_path / "set.lmdb")
