"""Tests of `ganmetrics.compat.pytorch_fid.fid_score`: numbers are this library's own under pytorch-fid's protocol."""

import inspect

import numpy as np
import pytest

import ganmetrics
from ganmetrics.compat.pytorch_fid import fid_score
from ganmetrics.compat.pytorch_fid.inception import InceptionV3
from ganmetrics.errors import InputError, NumericsError
from ganmetrics.testing import ChannelMeans

SIGNATURES = {
    "get_activations": "files model batch_size dims device num_workers",
    "calculate_frechet_distance": "mu1 sigma1 mu2 sigma2 eps",
    "calculate_activation_statistics": "files model batch_size dims device num_workers",
    "compute_statistics_of_path": "path model batch_size dims device num_workers",
    "calculate_fid_given_paths": "paths batch_size device dims num_workers",
    "save_fid_stats": "paths batch_size device dims num_workers",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_are_the_peers(name):
    """In the peer's order, so that positional calls go on working."""
    parameters = inspect.signature(getattr(fid_score, name)).parameters
    positional = [one for one, parameter in parameters.items() if parameter.kind is not parameter.KEYWORD_ONLY]
    assert " ".join(positional) == SIGNATURES[name]


@pytest.mark.slow
def test_the_distance_is_the_protocols(folders, tiny_inception):
    """`calculate_fid_given_paths` is `ganmetrics.fid` under the protocol pytorch-fid, whose scaling no other has."""
    value = fid_score.calculate_fid_given_paths(list(map(str, folders)), 7, "cpu", 2048, 0)
    assert tiny_inception[0].prepare.scaling == "2x/255-1"
    assert value == float(ganmetrics.fid(*folders, protocol="pytorch-fid", workers=0, interval=False))


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_inception")
def test_statistics_go_to_a_file_and_back(folders, tmp_path):
    """A saved side scores as its images do, and an existing file is left alone."""
    output = tmp_path / "real.npz"
    fid_score.save_fid_stats([folders[0], output], 50, "cpu", 2048, 0)
    with np.load(output) as stored:
        assert sorted(stored) == ["mu", "sigma"]
    direct = fid_score.calculate_fid_given_paths(folders, 50, "cpu", 2048, 0)
    assert fid_score.calculate_fid_given_paths([output, folders[1]], 50, "cpu", 2048, 0) == pytest.approx(direct)
    before = output.read_bytes()
    with pytest.raises(InputError, match=r"exists already"):
        fid_score.save_fid_stats([folders[1], output], 50, "cpu", 2048, 0)
    assert output.read_bytes() == before


def test_statistics_are_those_of_the_activations(folders):
    """NumPy's mean and covariance, from files and from the folder."""
    files = sorted(folders[0].iterdir())
    features = fid_score.get_activations(files, ChannelMeans(), dims=3, num_workers=0)
    for mean, covariance in (
        fid_score.calculate_activation_statistics(files, ChannelMeans(), dims=3, num_workers=0),
        fid_score.compute_statistics_of_path(folders[0], ChannelMeans(), dims=3, num_workers=0),
    ):
        np.testing.assert_allclose(mean, features.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(covariance, np.cov(features, rowvar=False), rtol=1e-9)


def test_the_distance_is_never_negative_or_complex():
    """Few images, many features: what gave pytorch-fid a negative value or its ValueError."""
    features = np.random.default_rng(0).normal(size=(20, 64))
    mean, covariance = features.mean(axis=0), np.cov(features, rowvar=False)
    assert fid_score.calculate_frechet_distance(mean, covariance, mean, covariance) == 0
    value = fid_score.calculate_frechet_distance(mean, covariance, mean, covariance * (1 + 1e-9))
    assert isinstance(value, float)
    assert 0 <= value < 1e-9


def test_what_is_no_covariance_is_refused():
    """Where pytorch-fid adds to the diagonal until a number comes out."""
    mean = np.zeros(2)
    with pytest.raises(NumericsError):
        fid_score.calculate_frechet_distance(mean, np.diag([1.0, -1.0]), mean, np.eye(2))
    with pytest.raises(NumericsError):
        fid_score.calculate_frechet_distance(mean, np.eye(2), np.array([0, np.nan]), np.eye(2))


def test_other_layers_and_counts_of_paths_are_refused(folders):
    """Before anything is read."""
    with pytest.raises(InputError, match=r"^dims must be 2048, .*; got 192$"):
        fid_score.calculate_fid_given_paths(folders, dims=192)
    with pytest.raises(InputError, match=r"^two paths are needed"):
        fid_score.calculate_fid_given_paths(str(folders[0]))
    with pytest.raises(InputError, match=r"^output_blocks must be \[3\]"):
        InceptionV3([0])
    with pytest.raises(InputError, match=r"^dims must be 3 with extractor channel-means; got 2048$"):
        fid_score.get_activations([], ChannelMeans())
