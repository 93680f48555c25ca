"""Pickles of EDM2 and of StyleGAN."""

import pickle

import numpy as np
import pytest
import torch

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError
from ganmetrics.references.formats.nvidia import read_pickle, write_edm2


def stylegan_state(features, *, capture_all=False):
    """The attributes of StyleGAN's FeatureStats after it has seen features in batches: float32 in, raw sums out."""
    state = {"capture_all": capture_all, "capture_mean_cov": not capture_all, "max_items": len(features)}
    state |= {"num_items": len(features), "num_features": features.shape[1], "all_features": []}
    rows = features.astype(np.float32)
    wide = rows.astype(np.float64)
    zeros = np.zeros(features.shape[1]), np.zeros((features.shape[1],) * 2)
    state["raw_mean"], state["raw_cov"] = zeros if capture_all else (wide.sum(axis=0), wide.T @ wide)
    if capture_all:
        state["all_features"] = [rows[:7], rows[7:]]
    return state


def save(path, content):
    """Pickle as these repositories do."""
    path.write_bytes(pickle.dumps(content))
    return path


def test_stylegans_sums_become_moments(features, tmp_path):
    """Inside stands the division by n - 1, and dividing by n gives back what StyleGAN computes from its sums."""
    state = stylegan_state(features)
    moments = read_pickle(save(tmp_path / "s.pkl", state), count=None, entry=None).moments
    single = features.astype(np.float32).astype(np.float64)
    np.testing.assert_allclose(moments.covariance, np.cov(single, rowvar=False), rtol=1e-12)
    mean = state["raw_mean"] / 20
    np.testing.assert_allclose(
        moments.with_ddof(0).covariance, state["raw_cov"] / 20 - np.outer(mean, mean), rtol=1e-12
    )
    assert moments.count == 20


def test_two_of_stylegans_files_merge_to_the_whole(features, tmp_path):
    """Their counts are known, so parts are as good as all."""
    parts = [
        read_pickle(save(tmp_path / f"{number}.pkl", stylegan_state(part)), count=None, entry=None).moments
        for number, part in enumerate((features[:7], features[7:]))
    ]
    merged = parts[0].merge(parts[1])
    np.testing.assert_allclose(merged.covariance, np.cov(features, rowvar=False), rtol=1e-5)


def test_stylegans_features_serve_too(features, tmp_path):
    """Caches of KID hold the features and no sums."""
    read = read_pickle(save(tmp_path / "s.pkl", stylegan_state(features, capture_all=True)), count=20, entry=None)
    expected = Moments.of(features.astype(np.float32))
    torch.testing.assert_close(read.moments.covariance, expected.covariance, rtol=1e-12, atol=0)


def test_entries_of_edm2(moments, spatial, tmp_path):
    """`fid` unless another detector is asked for; one that is not there is answered with those that are."""
    path = tmp_path / "real.pkl"
    write_edm2(path, moments)
    content = pickle.loads(path.read_bytes())
    content["fd_dinov2"] = {"mu": spatial.mean.numpy(), "sigma": spatial.covariance.numpy()}
    save(path, content)
    assert read_pickle(path, count=None, entry=None).moments.dimension == 4
    assert read_pickle(path, count=20, entry="fd_dinov2").moments.dimension == 6
    with pytest.raises(InputError, match="needs an entry 'kid' of mu and sigma; it has fid, fd_dinov2"):
        read_pickle(path, count=None, entry="kid")


def test_edm2_needs_a_count(moments, tmp_path):
    """Its format has a place for it, and zero would be a lie."""
    unknown = Moments.gaussian(moments.mean, moments.covariance)
    with pytest.raises(InputError, match=r"needs the number of images; it is unknown for .*\(--count says it\)"):
        write_edm2(tmp_path / "real.pkl", unknown)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_items": 0}, "num_items must be a number of images; .* has 0"),
        ({"num_items": True}, "num_items must be a number of images; .* has True"),
        ({"raw_cov": np.zeros((3, 4))}, r"raw_mean \[d\] and raw_cov \[d, d\]; .* has \[4\] and \[3, 4\]"),
        ({"raw_mean": [1, 2]}, "raw_mean must be a floating-point array; .* has a list"),
        ({"raw_cov": -np.eye(4)}, "raw_mean and raw_cov must be moments of features; in .*eigenvalue"),
        ({"capture_mean_cov": False}, "or all_features; .* has captured none"),
        ({"capture_mean_cov": np.zeros(2)}, "capture_mean_cov must be true or false, all_features a list; .* has"),
        ({"all_features": np.zeros((2, 4))}, "capture_mean_cov must be true or false, all_features a list; .* has"),
        (
            {"capture_mean_cov": False, "all_features": [np.zeros((2, 4)), np.zeros((2, 3))]},
            r"all_features must be arrays \[n, d\] of one width; those of .* differ",
        ),
        ({"num_items": [[[[[5] * 100]]]]}, r"num_items must be a number of images; .* has \[\[\[\[…\]\]\]\]"),
    ],
)
def test_unusable_stylegan_files_are_refused(features, tmp_path, change, message):
    """With the attribute that is wrong and the file."""
    path = save(tmp_path / "s.pkl", stylegan_state(features) | change)
    with pytest.raises(InputError, match=message) as caught:
        read_pickle(path, count=None, entry=None)
    assert "s.pkl" in str(caught.value)


def test_entries_and_other_pickles_are_refused(features, tmp_path):
    """StyleGAN's files have no entries, and a pickle of something else is neither."""
    with pytest.raises(InputError, match="only files of EDM2 have entries; .* is of StyleGAN; got entry 'fid'"):
        read_pickle(save(tmp_path / "s.pkl", stylegan_state(features)), count=None, entry="fid")
    with pytest.raises(InputError, match=r"needs num_images \(EDM2\) or raw_mean \(StyleGAN\); .* has weight"):
        read_pickle(save(tmp_path / "s.pkl", {"weight": np.zeros(2)}), count=None, entry=None)
