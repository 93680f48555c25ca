"""Tests of `ganmetrics.compat.adm`: reference batches with images, with statistics, and with both."""

import numpy as np
import pytest
from click.testing import CliRunner

import ganmetrics
from ganmetrics.compat.adm import LINES, compute_scores
from ganmetrics.compat.adm.__main__ import command
from ganmetrics.errors import InputError
from ganmetrics.testing import random_images


def pixels(count, seed):
    """Images as ADM stores them."""
    return random_images(count, seed=seed, size=8).permute(0, 2, 3, 1).numpy()


@pytest.fixture
def batches(tmp_path):
    """A reference of 40 images, another file of its statistics and 30 other images, and 25 samples."""
    many, few = pixels(40, 1), pixels(30, 2)
    np.savez(tmp_path / "images.npz", arr_0=many)
    layers = ganmetrics.Reference.from_images(tmp_path / "images.npz", protocol="adm", spatial=True, workers=0)
    statistics = {"mu": layers.moments.mean, "sigma": layers.moments.covariance}
    statistics |= {"mu_s": layers.spatial.moments.mean, "sigma_s": layers.spatial.moments.covariance}
    np.savez(tmp_path / "statistics.npz", **statistics)
    np.savez(tmp_path / "both.npz", arr_0=few, **statistics)
    np.savez(tmp_path / "few.npz", arr_0=few)
    np.savez(tmp_path / "samples.npz", arr_0=pixels(25, 3))
    return tmp_path


@pytest.fixture(autouse=True)
def network(tiny_inception):
    """The tiny one."""
    return tiny_inception


@pytest.mark.slow
def test_five_metrics_of_images(batches):
    """Those of `ganmetrics.evaluate` under the protocol adm."""
    scores = compute_scores(batches / "images.npz", batches / "samples.npz")
    assert list(scores) == ["Inception Score", "FID", "sFID", "Precision", "Recall"]
    report = ganmetrics.evaluate(
        batches / "images.npz", batches / "samples.npz", metrics=tuple(LINES), protocol="adm", workers=0, interval=False
    )
    assert [float(score) for score in scores.values()] == [float(score) for score in report.values()]


@pytest.mark.slow
def test_distances_are_of_the_statistics_and_shares_of_the_images(batches, network):
    """As in ADM's reference of ImageNet; the samples pass the network once."""
    network.clear()
    scores = compute_scores(batches / "both.npz", batches / "samples.npz")
    assert network[0].passes == 25 + 30
    by_images = compute_scores(batches / "images.npz", batches / "samples.npz")
    by_others = compute_scores(batches / "few.npz", batches / "samples.npz")
    for name in ("FID", "sFID"):
        assert float(scores[name]) == pytest.approx(float(by_images[name]), rel=1e-6)
        assert float(scores[name]) != pytest.approx(float(by_others[name]), rel=1e-3)
    for name in ("Precision", "Recall"):
        assert float(scores[name]) == float(by_others[name])


def test_statistics_alone_are_refused(batches):
    """With the command that does without."""
    with pytest.raises(InputError, match=r"precision and recall need images, arr_0.*--metrics is,fid,sfid"):
        compute_scores(batches / "statistics.npz", batches / "samples.npz")


@pytest.mark.slow
def test_the_command_prints_five_lines(batches):
    """And nothing else on stdout."""
    result = CliRunner().invoke(command, [str(batches / "images.npz"), str(batches / "samples.npz")])
    scores = compute_scores(batches / "images.npz", batches / "samples.npz")
    assert result.stdout == "".join(f"{name}: {float(score)}\n" for name, score in scores.items())


def test_the_command_tells_errors_in_one_line(batches):
    """With status 1."""
    result = CliRunner().invoke(command, [str(batches / "missing.npz"), str(batches / "samples.npz")])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "missing.npz" in result.stderr


def test_damaged_images_beside_statistics_are_told_in_one_line(batches):
    """The directory of the archive is whole, the array is not."""
    path = batches / "both.npz"
    data = path.read_bytes()
    at = data.index(b"arr_0.npy") + 200
    path.write_bytes(data[:at] + bytes(100) + data[at + 100 :])
    with pytest.raises(InputError, match="both.npz cannot be read as an npz of images"):
        compute_scores(path, batches / "samples.npz")
