"""Files of mu and sigma: written as their libraries read them, read as they write them."""

import numpy as np
import pytest

from ganmetrics.errors import InputError, StorageError
from ganmetrics.references.formats.mu_sigma import read_clean_fid_features, read_mu_sigma, write_adm, write_mu_sigma


def test_there_and_back(moments, tmp_path):
    """Exactly; the count is not in the file."""
    write_mu_sigma(tmp_path / "stats.npz", moments)
    found = read_mu_sigma(tmp_path / "stats.npz", spatial=False, count=None)
    assert (found.format, found.moments.count, found.spatial) == ("mu-sigma", None, None)
    np.testing.assert_array_equal(found.moments.covariance, moments.covariance)
    with np.load(tmp_path / "stats.npz") as file:
        assert sorted(file) == ["mu", "sigma"]
        assert file["sigma"].dtype == np.float64


def test_adm_has_both_pairs(moments, spatial, tmp_path):
    """And needs both."""
    write_adm(tmp_path / "adm.npz", moments, spatial)
    found = read_mu_sigma(tmp_path / "adm.npz", spatial=True, count=20)
    assert (found.format, found.spatial.dimension, found.moments.count) == ("adm", 6, 20)
    with pytest.raises(InputError, match="needs spatial statistics"):
        write_adm(tmp_path / "other.npz", moments, None)
    assert not (tmp_path / "other.npz").exists()


def test_clean_fids_features(features, tmp_path):
    """Their number is the count; another one is refused."""
    np.savez(tmp_path / "kid.npz", feats=features)
    found = read_clean_fid_features(tmp_path / "kid.npz", count=None)
    assert (found.format, found.moments.count) == ("clean-fid", 20)
    with pytest.raises(InputError, match="20 images; got 9"):
        read_clean_fid_features(tmp_path / "kid.npz", count=9)


def test_a_folder_that_is_not_there(moments, tmp_path):
    """Is told, not made."""
    with pytest.raises(StorageError):
        write_mu_sigma(tmp_path / "gone" / "stats.npz", moments)
