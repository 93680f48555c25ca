"""The whole main job with Inception, from pixels to the number, against an independent computation.

The weights are seeded and random: the published file is not needed, and the score is not called FID.
"""

import numpy as np
import pytest
import torch
from torch.nn import functional

from ganmetrics.commands.evaluate import evaluate, fid
from ganmetrics.errors import InputError
from ganmetrics.references.reference import Reference
from tests.features.inception_oracle import build_oracle, he_weights, oracle_outputs
from tests.oracles import frechet_by_sqrtm

COUNT = 3  # a pass of one image through one network takes a third of a second


@pytest.fixture(scope="module")
def state():
    """Seeded weights in torchvision's names."""
    return he_weights(seed=1)


@pytest.fixture(scope="module")
def weights(state, tmp_path_factory):
    """The weights in a file."""
    path = tmp_path_factory.mktemp("weights") / "inception.pth"
    torch.save(state, path)
    return path


@pytest.fixture(scope="module")
def sides():
    """Two sets of 32x32 images: noise, and smoother noise."""
    rng = np.random.default_rng(0)
    real = rng.integers(0, 256, (COUNT, 32, 32, 3), dtype=np.uint8)
    coarse = rng.integers(0, 256, (COUNT, 8, 8, 3), dtype=np.uint8)
    return real, coarse.repeat(4, axis=1).repeat(4, axis=2)


def as_pytorch_fid(images):
    """Return [n, 3, 299, 299] from -1 to 1, by torch's own interpolation."""
    unit = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    return functional.interpolate(unit, (299, 299), mode="bilinear", align_corners=False) * 2 - 1


def as_tensorflow_1(images):
    """Return [n, 3, 299, 299], target pixel i at source i * 32 / 299, scaled by (x - 128) / 128."""
    pixels = torch.from_numpy(images).permute(0, 3, 1, 2).double()
    position = torch.arange(299, dtype=torch.float64) * 32 / 299
    low = position.long()
    high, part = (low + 1).clamp(max=31), position - low
    rows = pixels[:, :, low] * (1 - part)[:, None] + pixels[:, :, high] * part[:, None]
    both = rows[..., low] * (1 - part) + rows[..., high] * part
    return ((both - 128) / 128).float()


PREPARED = {"ttur": as_tensorflow_1, "pytorch-fid": as_pytorch_fid}


@pytest.fixture(scope="module")
def outputs(state, sides):
    """What an independent network makes of both sides, by protocol."""
    oracle = build_oracle(state).float()  # float64 convolutions take ten times as long
    return {name: [oracle_outputs(oracle, prepare(images)) for images in sides] for name, prepare in PREPARED.items()}


@pytest.fixture(scope="module")
def scores(weights, sides):
    """Our distance, by protocol."""
    return {name: fid(*sides, weights=weights, protocol=name, workers=0, device="cpu") for name in PREPARED}


def moments_of(features):
    """Return mean and covariance of each side's features."""
    return [moment for rows in features for moment in (rows.mean(axis=0), np.cov(rows, rowvar=False))]


@pytest.mark.slow
@pytest.mark.parametrize("protocol", PREPARED)
def test_the_distance_is_that_of_an_independent_network(outputs, scores, protocol):
    """Resize, network and distance, each by other code, give the same number within 1e-4."""
    moments = moments_of([side[0].double().numpy() for side in outputs[protocol]])
    assert scores[protocol].name == "fd_inception-v3"
    assert scores[protocol].value == pytest.approx(frechet_by_gram(*moments), rel=1e-4)


def frechet_by_gram(mean1, covariance1, mean2, covariance2):
    """Return the textbook's distance, in the space that the few images span, where its root is exact enough."""
    basis = np.linalg.qr(np.hstack([_range(covariance1), _range(covariance2)]))[0]
    shift = float((mean1 - mean2) @ (mean1 - mean2))
    zero = np.zeros(basis.shape[1])
    return shift + frechet_by_sqrtm(zero, basis.T @ covariance1 @ basis, zero, basis.T @ covariance2 @ basis)


def _range(covariance):
    values, vectors = np.linalg.eigh(covariance)
    return vectors[:, values > 1e-12 * values.max()]


@pytest.mark.slow
def test_protocols_are_told_apart(scores):
    """The control: at 32x32 the two resizes give different numbers."""
    assert abs(scores["ttur"].value / scores["pytorch-fid"].value - 1) > 1e-3


@pytest.mark.slow
def test_sfid_is_the_distance_of_the_spatial_features(outputs, weights, sides):
    """Those of an independent network, by the textbook; and a stored reference keeps what it needs."""
    moments = moments_of([side[2].double().numpy() for side in outputs["ttur"]])
    options = {"weights": weights, "workers": 0, "device": "cpu"}
    reference = Reference.from_images(sides[0], spatial=True, **options)
    report = evaluate(reference, sides[1], metrics=("sfid", "fid"), **options)
    assert list(report) == ["sfd_inception-v3", "fd_inception-v3"]
    assert report["sfd_inception-v3"].value == pytest.approx(frechet_by_gram(*moments), rel=1e-4)
    assert report["fd_inception-v3"].value != pytest.approx(report["sfd_inception-v3"].value, rel=0.1)


@pytest.mark.slow
def test_sfid_is_refused_where_spatial_features_were_not_kept(weights, sides):
    """By the option that keeps them, before an image is extracted."""
    options = {"weights": weights, "workers": 0, "device": "cpu"}
    reference = Reference.from_images(sides[0], **options)
    with pytest.raises(InputError, match=r"holds none \(reference build --spatial\)"):
        evaluate(reference, sides[1], metrics=("sfid",), **options)
