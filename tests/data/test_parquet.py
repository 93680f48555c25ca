"""Parquet files are read by row groups; what the library `datasets` writes is what is tested."""

import pickle

import numpy as np
import pytest
from PIL import Image

from ganmetrics.data import parquet
from ganmetrics.data.fingerprint import fingerprint
from ganmetrics.data.loading import prepared_batches
from ganmetrics.data.looking import audit
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError

pyarrow = pytest.importorskip("pyarrow")
parquet_files = pytest.importorskip("pyarrow.parquet")


@pytest.fixture
def written(tmp_path, noise, encoded):
    """Return a writer of images and labels in the layout of the hub: a structure of bytes and path, and a label."""

    def write(count=7, name="train.parquet", rows=3, first=0, **columns):
        images = [{"bytes": encoded(noise(seed=first + index)), "path": f"{index}.png"} for index in range(count)]
        kind = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
        table = pyarrow.table({"image": pyarrow.array(images, kind), **columns})
        parquet_files.write_table(table, tmp_path / name, row_group_size=rows)
        return tmp_path / name

    return write


def prepare(image):
    """Return the mean of an image."""
    return image.mean(axis=(0, 1)).astype(np.float32)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
def test_rows_come_back_across_groups(written, noise, encoded, workers):
    """Every image, label and name, in order and at random, in this process and in workers."""
    source = open_source(written(label=[index % 2 for index in range(7)]))
    assert [source.read(index) for index in (6, 0, 3, 5)] == [encoded(noise(seed=seed)) for seed in (6, 0, 3, 5)]
    assert (len(source), source.class_of(3)) == (7, "1")
    assert source.label(4).endswith("train.parquet::image[4]")
    assert audit(source).line() == "7 images, PNG, 9x6 pixels; 2 classes from column label, of 3 to 4 images"
    batches = prepared_batches(source, [prepare], alpha="white", batch_size=4, workers=workers)
    expected = np.stack([prepare(noise(seed=seed)) for seed in range(7)])
    assert (np.concatenate([batch for (batch,) in batches]) == expected).all()
    assert pickle.loads(pickle.dumps(source)).read(2) == encoded(noise(seed=2))


def test_shards_are_one_set(tmp_path, written, noise, encoded):
    """As the hub splits them."""
    for shard in range(3):
        written(2, f"train-0000{shard}-of-00003.parquet", first=2 * shard, label=[shard, shard])
    source = open_source(tmp_path / "train-*.parquet")
    assert [source.read(index) for index in range(6)] == [encoded(noise(seed=seed)) for seed in range(6)]
    assert [source.class_of(index) for index in range(6)] == list("001122")
    assert source.label(5) == f"{tmp_path}/train-00002-of-00003.parquet::image[1]"


def test_what_datasets_writes(tmp_path, noise):
    """A data set of the library `datasets`, itself and as its Parquet file, has the pixels and classes put into it."""
    datasets = pytest.importorskip("datasets")
    features = datasets.Features({"img": datasets.Image(), "label": datasets.ClassLabel(names=["cat", "dog"])})
    columns = {"img": [Image.fromarray(noise(seed=seed)) for seed in range(3)], "label": [0, 1, 1]}
    dataset = datasets.Dataset.from_dict(columns, features=features)
    dataset.to_parquet(tmp_path / "set.parquet")
    for source in (open_source(dataset), open_source(tmp_path / "set.parquet")):
        assert [source.class_of(index) for index in range(3)] == ["0", "1", "1"]
        assert audit(source).classes_line() == "2 classes from column label, of 1 to 2 images"
    assert all((open_source(dataset).read(seed) == noise(seed=seed)).all() for seed in range(3))
    images = [Image.fromarray(noise(seed=seed)) for seed in range(3)]
    assert fingerprint(open_source(dataset)) == fingerprint(open_source(images))


def test_plain_bytes_in_a_column_of_any_name(tmp_path, noise, encoded):
    """The only column of bytes is that of the images; a text label is a class."""
    table = pyarrow.table({"jpg": [encoded(noise())], "key": ["a"], "cls": ["cat"], "score": [0.5]})
    parquet_files.write_table(table, tmp_path / "set.parquet")
    source = open_source(tmp_path / "set.parquet")
    assert source.read(0) == encoded(noise())
    assert source.class_of(0) == "cat"


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"a": [b"x"], "b": [b"y"]}, r"one column of images, .*; it has a \(binary\), b \(binary\)"),
        ({"text": ["a"]}, r"it has text \(string\)"),
        ({"image": pyarrow.array([], pyarrow.binary())}, "to hold images; it has no rows"),
        ({"image": [b"x", b"y"], "label": [1, None]}, "a label in each row; row 1 has null"),
    ],
)
def test_other_tables_are_refused(tmp_path, columns, reason):
    """The error gives the columns."""
    parquet_files.write_table(pyarrow.table(columns), tmp_path / "set.parquet")
    with pytest.raises(InputError, match=rf"set\.parquet .*{reason}"):
        open_source(tmp_path / "set.parquet")


def test_files_that_do_not_match(tmp_path, written):
    """Labels in one of two shards are none."""
    written(2, "a-0.parquet", label=[0, 1])
    written(2, "a-1.parquet")
    with pytest.raises(InputError, match=r"labels in all files or in none; \S+a-1\.parquet has no column label"):
        open_source(tmp_path / "a-*.parquet")


def test_images_that_are_not_there(tmp_path):
    """A path without bytes and a null are unreadable images."""
    kind = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
    table = pyarrow.table({"image": pyarrow.array([{"bytes": None, "path": "/a.png"}, None], kind)})
    parquet_files.write_table(table, tmp_path / "set.parquet")
    with pytest.raises(
        InputError, match=r"image\[0\] \(is not in the file, only its path /a\.png\), \S+image\[1\] \(is null\)"
    ):
        audit(open_source(tmp_path / "set.parquet"))


def test_groups_that_do_not_fit_memory_are_refused(written, monkeypatch):
    """One image costs the reading of its group, so a group has a limit."""
    monkeypatch.setattr(parquet, "GROUP_LIMIT", 300)
    with pytest.raises(InputError, match=r"row groups of up to 300 bytes; group 0 has \S+: write it with"):
        open_source(written())


@pytest.mark.parametrize("keep", [0, 3, 100, -5])
def test_a_file_cut_short_is_named(written, keep):
    """One line, without the library's traceback."""
    path = written()
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"train\.parquet cannot be read as Parquet: [^\n]+$"):
        open_source(path)


def test_damaged_pages_are_unreadable_images(written):
    """The footer is whole, the pages are not."""
    path = written(rows=7)
    data = bytearray(path.read_bytes())
    data[4:200] = bytes(196)
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"7 of 7 images .* cannot be read: \S+image\[0\] \(cannot be read: "):
        audit(open_source(path))


def test_without_pyarrow_the_command_is_told(tmp_path, monkeypatch):
    """The extra is named for what it is for."""
    (tmp_path / "set.parquet").write_bytes(b"")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(InputError, match=r'a \.parquet file needs .*: pip install "ganmetrics\[parquet\]"'):
        open_source(tmp_path / "set.parquet")


def repeated(value, kind, count=4000):
    """Return a column of one value, which is stored once."""
    return pyarrow.DictionaryArray.from_arrays(
        pyarrow.array([0] * count, pyarrow.int32()), pyarrow.array([value], kind)
    )


def test_one_image_in_thousands_of_rows_is_refused(tmp_path, encoded, noise, monkeypatch):
    """It is stored once, and would be unpacked as often as there are rows; what came before the limit is let go."""
    monkeypatch.setattr(parquet, "GROUP_LIMIT", 2_000_000)
    image = repeated(encoded(noise()) + bytes(100_000), pyarrow.binary())
    parquet_files.write_table(pyarrow.table({"image": image}), tmp_path / "a.parquet", store_schema=False)
    source = open_source(tmp_path / "a.parquet")
    opened = []
    file = parquet_files.ParquetFile
    monkeypatch.setattr(parquet_files, "ParquetFile", lambda *given, **named: opened.append(1) or file(*given, **named))
    for index in (0, 3999, 1):
        with pytest.raises(InputError, match="^is in a row group that unpacks to more than 2,000,000 bytes$"):
            source.read(index)
    assert len(opened) == 1


def test_one_label_in_thousands_of_rows_is_kept_once(tmp_path, encoded, noise, monkeypatch):
    """However long it is; different ones have a limit."""
    columns = {"image": [encoded(noise())] * 4000, "label": repeated("x" * 100_000, pyarrow.string())}
    parquet_files.write_table(pyarrow.table(columns), tmp_path / "a.parquet", store_schema=False, row_group_size=2000)
    source = open_source(tmp_path / "a.parquet")
    assert source.class_of(0) is source.class_of(1999)
    assert source.class_of(3999) == "x" * 100_000
    monkeypatch.setattr(parquet, "_LABEL_LIMIT", 100_000)
    with pytest.raises(InputError, match=r"a\.parquet may have labels of up to 100,000 bytes in all; it has more"):
        open_source(tmp_path / "a.parquet")


@pytest.mark.parametrize("kind", [pyarrow.string(), pyarrow.large_string(), pyarrow.int8(), pyarrow.uint64()])
def test_labels_of_every_kind_by_groups(written, kind):
    """Each group has a dictionary of its own."""
    labels = ["5", "3", "3", "4", "3", "5", "6"]
    values = labels if "string" in str(kind) else [int(label) for label in labels]
    source = open_source(written(label=pyarrow.array(values, kind)))
    assert [source.class_of(index) for index in range(7)] == labels
    values[4] = None
    with pytest.raises(InputError, match="needs a label in each row; row 4 has null"):
        open_source(written(label=pyarrow.array(values, kind)))


def test_more_rows_than_images_could_be_are_refused(tmp_path, monkeypatch):
    """Millions of rows of nothing take no room in a file."""
    monkeypatch.setattr(parquet, "_SMALLEST", parquet.GROUP_LIMIT // 1000)
    image = pyarrow.array([None] * 1001, pyarrow.binary())
    parquet_files.write_table(pyarrow.table({"image": image}), tmp_path / "a.parquet")
    with pytest.raises(InputError, match=r"row groups of up to 1,000 rows; group 0 has 1,001"):
        open_source(tmp_path / "a.parquet")
