"""Tests of `ganmetrics.compat.torch_fidelity.metrics`: its numbers are this library's own under its protocol."""

import numpy as np
import pytest
import torch

import ganmetrics
from ganmetrics.compat.torch_fidelity import calculate_metrics
from ganmetrics.errors import InputError
from ganmetrics.testing import random_images

OPTIONS = {"kid_subsets": 5, "kid_subset_size": 10, "isc_splits": 3}


@pytest.fixture(scope="module")
def inputs():
    """Generated images, 30, and real ones, 40."""
    return {"input1": random_images(30, seed=1), "input2": random_images(40, seed=2)}


@pytest.mark.slow
def test_all_metrics_from_one_pass(inputs, tiny_inception):
    """torch-fidelity's keys; the distance, the shares and the score are those of `ganmetrics.evaluate`."""
    metrics = calculate_metrics(
        **inputs, isc=True, fid=True, kid=True, prc=True, feature_extractor="inception-v3-compat", **OPTIONS
    )
    assert list(metrics) == [
        "inception_score_mean",
        "inception_score_std",
        "frechet_inception_distance",
        "kernel_inception_distance_mean",
        "kernel_inception_distance_std",
        "precision",
        "recall",
        "f_score",
    ]
    assert tiny_inception[0].passes == 70
    report = ganmetrics.evaluate(
        inputs["input2"],
        inputs["input1"],
        metrics=("fid", "is", "precision", "recall"),
        protocol="torch-fidelity",
        splits=3,
        interval=False,
        workers=0,
    )
    assert metrics["frechet_inception_distance"] == pytest.approx(float(report["fid"]), rel=1e-9)
    assert metrics["inception_score_mean"] == pytest.approx(float(report["is"]), rel=1e-12)
    assert metrics["inception_score_std"] == pytest.approx(report["is"].std, rel=1e-12)
    assert (metrics["precision"], metrics["recall"]) == (float(report["precision"]), float(report["recall"]))
    both = metrics["precision"] + metrics["recall"]
    assert metrics["f_score"] == pytest.approx(2 * metrics["precision"] * metrics["recall"] / both)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_inception")
def test_the_kernel_distance_draws_from_input_1_first(inputs):
    """As torch-fidelity does, so that its subsets are the same."""
    metrics = calculate_metrics(**inputs, kid=True, kid_subsets=5, kid_subset_size=10, rng_seed=7)
    fake, real = (ganmetrics.extract(side, protocol="torch-fidelity", workers=0).features for side in inputs.values())
    own = ganmetrics.kernel_distance(fake, real, subsets=5, subset_size=10, seed=7, convention="torch-fidelity")
    assert metrics == {"kernel_inception_distance_mean": own.value, "kernel_inception_distance_std": own.std}


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_inception")
def test_the_distance_alone_needs_no_features(inputs):
    """It is `ganmetrics.fid`."""
    metrics = calculate_metrics(**inputs, fid=True, cuda=True, verbose=False)
    own = ganmetrics.fid(inputs["input2"], inputs["input1"], protocol="torch-fidelity", interval=False, workers=0)
    assert metrics == {"frechet_inception_distance": float(own)}


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_inception")
@pytest.mark.parametrize("more", [{}, {"isc": True, "isc_splits": 2}])
def test_statistics_take_the_place_of_input_2(inputs, more, tmp_path):
    """The fork's ``fid_statistics_file``, alone and beside another metric."""
    moments = ganmetrics.Reference.from_images(inputs["input2"], protocol="torch-fidelity", workers=0).moments
    np.savez(tmp_path / "stats.npz", mu=moments.mean, sigma=moments.covariance)
    direct = calculate_metrics(**inputs, fid=True)
    stored = calculate_metrics(
        input1=inputs["input1"], input2=None, fid_statistics_file=tmp_path / "stats.npz", fid=True, **more
    )
    assert stored["frechet_inception_distance"] == pytest.approx(direct["frechet_inception_distance"], rel=1e-7)
    assert len(stored) == 1 + 2 * len(more) // 2


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_inception")
def test_generators_get_the_peers_noise():
    """Drawn from NumPy's seed 2020, batch by batch; labels follow the noise of their batch."""

    class Generator(torch.nn.Module):
        z_size, z_type, num_classes = 12, "normal", 3

        def __init__(self):
            super().__init__()
            self.seen = []

        def forward(self, noise, labels):
            self.seen.append((noise, labels))
            return (noise.sigmoid() * 255).byte().view(-1, 3, 2, 2)

    generator = Generator()
    calculate_metrics(input1=generator, input1_model_num_samples=10, input2=random_images(9), fid=True, batch_size=8)
    state = np.random.RandomState(2020)
    for count, (noise, labels) in zip((8, 2), generator.seen, strict=True):
        np.testing.assert_array_equal(noise, state.randn(count, 12).astype(np.float32))
        np.testing.assert_array_equal(labels, state.randint(0, 3, size=count, dtype=np.int64))
    with pytest.raises(InputError, match="input1_model_num_samples"):
        calculate_metrics(input1=generator, input2=random_images(9), fid=True)
