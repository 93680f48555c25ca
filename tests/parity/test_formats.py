"""Statistics files in the peers' own readers, and theirs in ours: `make parity`."""

from importlib import import_module

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.references.convert import convert
from ganmetrics.references.formats.registry import write_foreign
from ganmetrics.references.reference import Reference

pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]  # the peers' warnings are not ours to fix


@pytest.fixture(scope="module")
def features():
    """Forty rows of eight features."""
    return np.random.default_rng(0).standard_normal((40, 8)) + np.arange(8)


@pytest.fixture(scope="module")
def moments(features):
    """Their moments."""
    return Moments.of(features)


def test_pytorch_fid_reads_ours(moments, tmp_path):
    """A converted file, and our own reference as it is."""
    score = pytest.importorskip("pytorch_fid.fid_score")
    write_foreign(tmp_path / "real.npz", moments, None, to="pytorch-fid")
    convert(tmp_path / "real.npz", tmp_path / "own.npz", count=40)
    for name in ("real.npz", "own.npz"):
        mean, covariance = score.compute_statistics_of_path(str(tmp_path / name), None, 1, 8, "cpu")
        np.testing.assert_array_equal(mean, moments.mean)
        np.testing.assert_allclose(covariance, moments.covariance, rtol=1e-15)


def test_clean_fid_reads_ours_and_we_read_its(features, moments, tmp_path, monkeypatch):
    """Under the name that its cache looks for; and the features that it keeps for KID."""
    package = pytest.importorskip("cleanfid")
    module = import_module("cleanfid.features")
    monkeypatch.setattr(package, "__file__", str(tmp_path / "__init__.py"))
    (tmp_path / "stats").mkdir()
    write_foreign(tmp_path / "stats" / "mine_clean_custom_na.npz", moments, None, to="clean-fid")
    mean, covariance = module.get_reference_statistics("mine", "na", mode="clean", split="custom")
    np.testing.assert_array_equal(mean, moments.mean)
    np.testing.assert_array_equal(covariance, moments.covariance)
    path = tmp_path / "stats" / "mine_clean_custom_na_kid.npz"
    np.savez_compressed(path, feats=features)
    theirs = module.get_reference_statistics("mine", "na", mode="clean", split="custom", metric="KID")
    assert Reference.load(path).count == len(theirs)


def test_torch_fidelity_reads_ours_and_we_read_its(features, moments, tmp_path):
    """From its cache, by its own function; and its distance between its statistics and ours is next to nothing."""
    utils, metric = pytest.importorskip("torch_fidelity.utils"), import_module("torch_fidelity.metric_fid")
    name = "mine-inception-v3-compat-stat-fid-2048"
    write_foreign(tmp_path / f"{name}.pt", moments, None, to="torch-fidelity")

    def recompute():
        raise AssertionError("the cached file was not found")

    ours = utils.cache_lookup_one_recompute_on_miss(
        name, recompute, cache=True, cache_root=str(tmp_path), verbose=False
    )
    theirs = metric.fid_features_to_statistics(torch.from_numpy(features).float())
    distance = metric.fid_statistics_to_metric(ours, theirs, verbose=False)["frechet_inception_distance"]
    assert abs(distance) < 1e-6
    torch.save(theirs, tmp_path / "theirs.pt")
    read = Reference.load(tmp_path / "theirs.pt").moments
    np.testing.assert_allclose(read.covariance, theirs["sigma"], rtol=1e-12)
    np.testing.assert_array_equal(read.mean, theirs["mu"].astype(np.float64))
