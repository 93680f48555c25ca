"""Files of features: every kind gives the same rows; what is damaged, ambiguous or of another kind is refused."""

import pickle

import numpy as np
import pytest
import safetensors.torch
import torch

from ganmetrics.data.feature_files import read_feature_file
from ganmetrics.data.features import Features
from ganmetrics.errors import InputError

ROWS = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)


def write_parquet(path, kind="list"):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")

    if kind == "fixed":
        column = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(ROWS.ravel()), 3)
    else:
        column = pyarrow.array(ROWS.tolist(), pyarrow.list_(pyarrow.float32()))
    parquet.write_table(pyarrow.table({"id": list(range(7)), "embedding": column}), path)


WRITERS = {
    "a.npy": lambda path: np.save(path, ROWS),
    "a.npz": lambda path: np.savez(path, ROWS),
    "several.npz": lambda path: np.savez(path, features=ROWS, other=ROWS + 1, labels=np.arange(7)),
    "a.pt": lambda path: torch.save(torch.from_numpy(ROWS), path),
    "mapping.pt": lambda path: torch.save({"feats": torch.from_numpy(ROWS), "labels": torch.arange(7)}, path),
    "a.safetensors": lambda path: safetensors.torch.save_file({"x": torch.from_numpy(ROWS)}, path),
    "a.parquet": write_parquet,
    "fixed.parquet": lambda path: write_parquet(path, "fixed"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_container_gives_the_same_rows(tmp_path, name):
    """To the last bit."""
    WRITERS[name](tmp_path / name)
    assert np.array_equal(Features.load(tmp_path / name).rows.numpy(), ROWS)


def test_the_column_can_be_named(tmp_path):
    """Where several could be features, it must be."""
    np.savez(tmp_path / "a.npz", layer1=ROWS, layer2=ROWS + 1)
    with pytest.raises(InputError, match=r"several that could be: layer1, layer2; name one \(--column\)"):
        read_feature_file(tmp_path / "a.npz")
    found = Features.load(tmp_path / "a.npz", column="layer2", name="mine")
    assert np.array_equal(found.rows.numpy(), ROWS + 1)
    assert found.label(3) == f"{tmp_path / 'a.npz'}::layer2[3]"
    with pytest.raises(InputError, match=r"has no array 'layer3'; it holds layer1, layer2"):
        read_feature_file(tmp_path / "a.npz", "layer3")
    np.save(tmp_path / "a.npy", ROWS)
    with pytest.raises(InputError, match="is one array"):
        read_feature_file(tmp_path / "a.npy", "layer1")


def test_a_npy_is_mapped_and_never_written(tmp_path):
    """The rows are read when they are needed, and a change of the tensor does not reach the file."""
    np.save(tmp_path / "a.npy", ROWS)
    before = (tmp_path / "a.npy").read_bytes()
    Features.load(tmp_path / "a.npy").rows.fill_(0)
    assert (tmp_path / "a.npy").read_bytes() == before


def test_statistics_are_no_features(tmp_path):
    """A covariance is a floating-point array of two axes too."""
    np.savez(tmp_path / "a.npz", mu=np.zeros(3), sigma=np.eye(3))
    with pytest.raises(InputError, match="holds statistics, mu, sigma"):
        read_feature_file(tmp_path / "a.npz")


@pytest.mark.parametrize("name", [name for name in WRITERS if "parquet" not in name] + ["a.parquet"])
def test_a_truncated_file_is_refused(tmp_path, name):
    """Whatever its reader runs into becomes one line that names the file."""
    path = tmp_path / name
    WRITERS[name](path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=str(path)) as caught:
        Features.load(path)
    assert "\n" not in str(caught.value)


class Evil:
    def __reduce__(self):
        return print, ("ran",)


def test_no_code_runs(tmp_path, capsys):
    """Pickles are refused in every container that could hold one."""
    np.save(tmp_path / "a.npy", np.array([Evil()], dtype=object), allow_pickle=True)
    (tmp_path / "a.pt").write_bytes(pickle.dumps(Evil()))
    torch.save({"features": Evil()}, tmp_path / "b.pt")
    capsys.readouterr()
    for name in ("a.npy", "a.pt", "b.pt"):
        with pytest.raises(InputError, match=name):
            read_feature_file(tmp_path / name)
    assert capsys.readouterr().out == ""


def test_other_files_and_shapes(tmp_path):
    """A missing file, another extension, no array of features at all."""
    with pytest.raises(InputError, match="there is none at"):
        read_feature_file(tmp_path / "a.npy")
    (tmp_path / "a.csv").write_text("1,2")
    with pytest.raises(InputError, match=r"ends in \.npy, .*; got .*a\.csv"):
        read_feature_file(tmp_path / "a.csv")
    np.savez(tmp_path / "a.npz", images=np.zeros((2, 4, 4, 3), np.uint8))
    with pytest.raises(InputError, match="it has none: it holds images"):
        read_feature_file(tmp_path / "a.npz")
    torch.save([1, 2], tmp_path / "list.pt")
    with pytest.raises(InputError, match="or a mapping with one; it holds list"):
        read_feature_file(tmp_path / "list.pt")


def test_parquet_with_nulls_or_two_widths(tmp_path):
    """Nothing is filled in."""
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")

    for values, message in (([[1.0], None], "1 are null"), ([[1.0], [1.0, 2.0]], "rows of one width; it has 1, 2")):
        table = pyarrow.table({"x": pyarrow.array(values, pyarrow.list_(pyarrow.float32()))})
        parquet.write_table(table, tmp_path / "a.parquet")
        with pytest.raises(InputError, match=message):
            read_feature_file(tmp_path / "a.parquet")
    table = pyarrow.table({"x": [1, 2]})
    parquet.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(InputError, match="needs lists of floats; it has int64"):
        read_feature_file(tmp_path / "a.parquet", "x")
