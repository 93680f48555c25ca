"""Every format is told by its contents and comes back as it was written."""

import pickle

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError, StorageError
from ganmetrics.references.formats.names import OWN, WRITTEN
from ganmetrics.references.formats.registry import format_of, is_foreign, is_statistics, read_foreign, write_foreign

ROUND_TRIPS = [(to, ending) for to, endings in WRITTEN.items() if to != OWN for ending in endings]
KINDS = {
    "pytorch-fid": "mu-sigma",
    "clean-fid": "mu-sigma",
    "adm": "adm",
    "torch-fidelity": "torch",
}


@pytest.mark.parametrize(("to", "ending"), ROUND_TRIPS)
def test_what_is_written_comes_back(to, ending, moments, spatial, tmp_path):
    """Mean and covariance return as they were (torch-fidelity's mean is float32), and the formats are told apart."""
    path = tmp_path / f"real{ending}"
    write_foreign(path, moments, spatial, to=to)
    assert is_foreign(path)
    assert is_statistics(path)
    assert format_of(path) == KINDS.get(to, "pickle" if ending == ".pkl" else "mu-sigma")
    back = read_foreign(path, count=20)
    assert back.moments.count == 20
    expected = moments.mean.float().double() if to == "torch-fidelity" else moments.mean
    assert torch.equal(back.moments.mean, expected)
    torch.testing.assert_close(back.moments.covariance, moments.covariance, rtol=1e-15, atol=0)
    if to == "adm":
        torch.testing.assert_close(back.spatial.covariance, spatial.covariance, rtol=1e-15, atol=0)
        assert torch.equal(back.spatial.mean, spatial.mean)
    else:
        assert back.spatial is None


@pytest.mark.parametrize(("to", "ending"), ROUND_TRIPS)
def test_counts_are_never_guessed(to, ending, moments, spatial, tmp_path):
    """A file without one gives none; EDM2's states it, and another one is refused."""
    path = tmp_path / f"real{ending}"
    write_foreign(path, moments, spatial, to=to)
    if ending == ".pkl":
        assert read_foreign(path).moments.count == 20
        with pytest.raises(InputError, match=r"must be that of the file; .*real\.pkl is of 20 images; got 21"):
            read_foreign(path, count=21)
    else:
        assert read_foreign(path).moments.count is None


def test_images_and_other_files_are_no_statistics(tmp_path):
    """Arrays of images, archives of other things and absent files are told apart."""
    np.savez(tmp_path / "images.npz", np.zeros((2, 4, 4, 3), np.uint8))
    torch.save({"weight": torch.zeros(2)}, tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    (tmp_path / "text.pkl").write_text("no pickle")
    for name in ("images.npz", "old.pt", "text.pkl", "absent.npz", "absent.pt"):
        assert not is_statistics(tmp_path / name), name
    with pytest.raises(InputError, match=r"need a known \.npz, \.pkl or \.pt file; .*images\.npz is none"):
        read_foreign(tmp_path / "images.npz")


def test_the_images_of_an_adm_file_do_not_count(moments, spatial, tmp_path):
    """ADM's own reference holds 10,000 images beside the statistics of 1.28 million."""
    arrays = {"mu": moments.mean, "sigma": moments.covariance, "mu_s": spatial.mean, "sigma_s": spatial.covariance}
    np.savez(tmp_path / "adm.npz", arr_0=np.zeros((2, 4, 4, 3), np.uint8), **{k: v.numpy() for k, v in arrays.items()})
    read = read_foreign(tmp_path / "adm.npz")
    assert (read.format, read.moments.count, read.spatial.dimension) == ("adm", None, 6)


def test_adm_needs_spatial_statistics(moments, tmp_path):
    """Its evaluator reads both pairs, so a file with one is of no use to it."""
    with pytest.raises(InputError, match=r"needs spatial statistics \(mu_s and sigma_s\)"):
        write_foreign(tmp_path / "real.npz", moments, None, to="adm")
    assert not list(tmp_path.iterdir())


def test_targets_are_checked_before_the_work(moments, tmp_path):
    """Format, ending and folder, each with what is needed."""
    with pytest.raises(InputError, match=r"a file for torch-fidelity needs a name that ends in \.pt; got .*real\.npz"):
        write_foreign(tmp_path / "real.npz", moments, None, to="torch-fidelity")
    with pytest.raises(InputError, match="a format must be one of ganmetrics, pytorch-fid, .*; got 'tf'"):
        write_foreign(tmp_path / "real.npz", moments, None, to="tf")
    with pytest.raises(StorageError, match="needs an existing folder"):
        write_foreign(tmp_path / "absent" / "real.npz", moments, None, to="edm")


def test_entries_are_edm2s(moments, tmp_path):
    """Elsewhere an entry would be passed over in silence."""
    write_foreign(tmp_path / "real.npz", moments, None, to="edm")
    with pytest.raises(InputError, match="only pickles of EDM2 have entries; got entry 'fid' with"):
        read_foreign(tmp_path / "real.npz", entry="fid")


def test_cleanfids_features_know_their_count(features, tmp_path):
    """The file that it keeps for KID gives moments with a count."""
    np.savez_compressed(tmp_path / "name_clean_custom_na_kid.npz", feats=features.astype(np.float32))
    read = read_foreign(tmp_path / "name_clean_custom_na_kid.npz")
    assert (read.format, read.moments.count) == ("clean-fid", 20)
    np.testing.assert_allclose(read.moments.covariance, np.cov(features, rowvar=False), rtol=1e-5)
    with pytest.raises(InputError, match="is of 20 images; got 7"):
        read_foreign(tmp_path / "name_clean_custom_na_kid.npz", count=7)


def test_edm2_reads_what_we_write(moments, tmp_path):
    """Plain pickle gives the dictionary of plain arrays that its code indexes."""
    write_foreign(tmp_path / "real.pkl", moments, None, to="edm")
    content = pickle.loads((tmp_path / "real.pkl").read_bytes())
    assert content.keys() == {"num_images", "fid"}
    assert (content["num_images"], content["fid"]["mu"].dtype) == (20, np.float64)


def test_a_damaged_pt_is_no_statistics(tmp_path):
    """A directory that is damaged, or holds a name that is no UTF-8, is for the reader to tell, not a raw error."""
    path = tmp_path / "stats.pt"
    torch.save({"mu": torch.zeros(2)}, path)
    assert is_statistics(path)
    data = path.read_bytes()
    at = data.index(b"PK\x01\x02")
    path.write_bytes(data[:at] + b"PK\x01\x03" + data[at + 4 :])
    assert not is_statistics(path)
    name = at + 46
    path.write_bytes(data[: at + 9] + bytes([data[at + 9] | 8]) + data[at + 10 : name] + b"\xe9" + data[name + 1 :])
    assert not is_statistics(path)
