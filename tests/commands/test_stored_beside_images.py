"""A file with images and, beside them, statistics of more images: guided diffusion's reference batches."""

import numpy as np
import pytest

from ganmetrics import Reference, compare, evaluate, fid
from ganmetrics.errors import InputError
from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.testing import ChannelMeans, random_images

FIVE = ("fid", "sfid", "is", "precision", "recall")


class Spatial(ChannelMeans):
    """Channel means under Inception's name, with spatial features: the same in another order, doubled."""

    spec = ExtractorSpec("inception-v3", 3, 3, "mean", None, "mean of pixels", spatial=3)

    def __call__(self, batch, device):
        return Outputs(batch, batch, 2 * batch.flip(1))


HOW = {"extractor": Spatial(), "protocol": "adm", "workers": 0}
MANY, SOME, FAKE = random_images(200, seed=1), random_images(50, seed=2), random_images(60, seed=3)


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """As guided diffusion writes it: some of the images, statistics of all."""
    path = tmp_path_factory.mktemp("adm") / "reference.npz"
    whole = Reference.from_images(MANY, spatial=True, **HOW)
    np.savez(
        path,
        arr_0=SOME.permute(0, 2, 3, 1).numpy(),
        mu=whole.moments.mean.numpy(),
        sigma=whole.moments.covariance.numpy(),
        mu_s=whole.spatial.moments.mean.numpy(),
        sigma_s=whole.spatial.moments.covariance.numpy(),
    )
    return path


@pytest.mark.slow
def test_the_five_lines(batch):
    """Distances are from the statistics of all, everything else is of the images in the file."""
    report = evaluate(batch, FAKE, metrics=FIVE, **HOW)
    names = ["fd_inception-v3", "sfd_inception-v3", "is_inception-v3", "precision_inception-v3", "recall_inception-v3"]
    assert list(report) == names
    of_all = evaluate(MANY, FAKE, metrics=FIVE[:3], **HOW)
    of_some = evaluate(SOME, FAKE, metrics=FIVE[2:], **HOW)
    for name in names[:3]:
        assert report[name].value == pytest.approx(of_all[name].value, rel=1e-9)
    for name in names[2:]:
        assert report[name].value == of_some[name].value
    assert [report[name].real_count for name in names] == [None, None, None, 50, 50]
    assert "real: origin vouched for by the caller" in report[names[0]].notes


@pytest.mark.slow
def test_distances_alone_are_the_same(batch):
    """The file is a reference then, as it always was, whose images are not read."""
    expected = float(evaluate(batch, FAKE, metrics=FIVE, **HOW)["fd_inception-v3"])
    assert float(fid(batch, FAKE, **HOW)) == expected


@pytest.mark.slow
def test_several_generators(batch):
    """What needs real images has differences; the distance, whose statistics are of others, has none."""
    ranking = evaluate(batch, {"a": FAKE, "b": FAKE // 2}, metrics=("fid", "precision"), **HOW)
    assert {one.metric for one in ranking.contrasts} <= {"precision_inception-v3"}
    assert ranking.order("fd_inception-v3") == ["a", "b"]


@pytest.mark.slow
def test_statistics_without_spatial_ones(tmp_path):
    """What the file lacks is told before the network runs."""
    path = tmp_path / "reference.npz"
    moments = Reference.from_images(MANY, **HOW).moments
    pixels = SOME.permute(0, 2, 3, 1).numpy()
    np.savez(path, arr_0=pixels, mu=moments.mean.numpy(), sigma=moments.covariance.numpy())
    with pytest.raises(InputError, match="needs spatial features; the statistics in .*reference.npz hold none"):
        evaluate(path, FAKE, metrics=("sfid", "precision"), **HOW)


def test_comparing_needs_images_throughout(batch):
    """Its tests are of the images at hand, which the statistics are not of."""
    with pytest.raises(InputError, match="a comparison needs images"):
        compare(batch, FAKE, SOME, **HOW)
