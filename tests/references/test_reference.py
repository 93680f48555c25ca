"""`Reference`: statistics with their provenance, stored and merged."""

import dataclasses

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError, StaleStatistics, StorageError
from ganmetrics.metrics.frechet.distance import frechet_distance
from ganmetrics.references.reference import Reference
from ganmetrics.references.store import write_statistics
from ganmetrics.testing import ChannelMeans, random_images, write_images


def test_moments_are_those_of_the_features(make_reference):
    """Mean and covariance agree with NumPy's on the channel means."""
    features = random_images(10, seed=0).double().mean(dim=(2, 3)).numpy()
    reference = make_reference(10)
    np.testing.assert_allclose(reference.moments.mean, features.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(reference.moments.covariance, np.cov(features, rowvar=False), rtol=1e-5)
    assert reference.count == 10


@pytest.mark.parametrize("count", [2, 3, 50])
def test_a_stored_reference_gives_the_same_distance_to_the_last_bit(make_reference, tmp_path, count):
    """Saving and loading change nothing, with fewer images than features and with more."""
    reference, fake = make_reference(count), make_reference(20, seed=5)
    reference.save(tmp_path / "real.npz")
    loaded = Reference.load(tmp_path / "real.npz")
    assert frechet_distance(loaded.moments, fake.moments) == frechet_distance(reference.moments, fake.moments)
    for field in dataclasses.fields(Reference):
        if field.name not in ("layer", "file"):
            assert getattr(loaded, field.name) == getattr(reference, field.name), field.name


@pytest.mark.parametrize("count", [2, 50])
def test_pytorch_fid_can_read_the_file(make_reference, tmp_path, count):
    """`mu` and `sigma` are there under the names that others use."""
    reference = make_reference(count)
    reference.save(tmp_path / "real.npz")
    with np.load(tmp_path / "real.npz", allow_pickle=False) as file:
        np.testing.assert_array_equal(file["mu"], reference.moments.mean)
        np.testing.assert_array_equal(file["sigma"], reference.moments.covariance)


def test_merged_parts_equal_the_whole(tmp_path):
    """Two halves, stored and merged, are the statistics of all images."""
    images = random_images(30, seed=0)
    parts = [
        Reference.from_images(half, extractor=ChannelMeans(), workers=0, device="cpu")
        for half in (images[:7], images[7:])
    ]
    for number, part in enumerate(parts):
        part.save(tmp_path / f"{number}.npz")
    merged = Reference.load(tmp_path / "0.npz").merge(Reference.load(tmp_path / "1.npz"))
    whole = Reference.from_images(images, extractor=ChannelMeans(), workers=0, device="cpu")
    assert merged.count == 30
    assert merged.contents == parts[0].contents + parts[1].contents
    torch.testing.assert_close(merged.moments.covariance, whole.moments.covariance, rtol=1e-12, atol=0)
    merged.save(tmp_path / "merged.npz")
    assert Reference.load(tmp_path / "merged.npz").count == 30


def test_the_same_images_are_not_merged_twice(make_reference):
    """A doubled part would count its images twice."""
    with pytest.raises(StaleStatistics, match="merging needs different images"):
        make_reference(5).merge(make_reference(5))


def test_differently_made_statistics_are_not_merged(make_reference):
    """Features of two extractors have no common mean."""
    with pytest.raises(StaleStatistics, match="both sides need the same extractor; tensor has channel-means, .* other"):
        make_reference(5).merge(make_reference(6, extractor=ChannelMeans(name="other")))


def test_a_pytorch_fid_file_is_a_reference_without_a_count(tmp_path):
    """Its moments are taken as they are; count and origin stay unknown rather than guessed."""
    covariance = np.diag([1.0, 2.0])
    np.savez(tmp_path / "stats.npz", mu=np.zeros(2), sigma=covariance)
    reference = Reference.load(tmp_path / "stats.npz")
    assert reference.count is None
    assert reference.spec is None
    np.testing.assert_array_equal(reference.moments.covariance, covariance)
    assert "unknown number of images, 2 features, origin unknown" in reference.line()
    reference.save(tmp_path / "again.npz")
    again = Reference.load(tmp_path / "again.npz")
    assert (again.count, again.spec, again.audit) == (None, None, None)
    np.testing.assert_array_equal(again.moments.covariance, covariance)
    with pytest.raises(InputError, match=r"merging needs counts; that of .*stats\.npz is unknown"):
        reference.merge(again)


def test_a_foreign_file_with_wrong_shapes_names_them(tmp_path):
    """The message says what is needed and what came."""
    np.savez(tmp_path / "stats.npz", mu=np.zeros(2), sigma=np.eye(3))
    with pytest.raises(InputError, match=r"need mu \[d\] and sigma \[d, d\]; .*stats\.npz has \[2\] and \[3, 3\]"):
        Reference.load(tmp_path / "stats.npz")


def test_output_is_checked_before_the_work(make_reference, tmp_path):
    """A wrong name or folder is refused, and nothing is written."""
    with pytest.raises(InputError, match=r"ends in \.npz; got .*real\.pt"):
        make_reference().save(tmp_path / "real.pt")
    with pytest.raises(StorageError, match="needs an existing folder; there is none at"):
        make_reference().save(tmp_path / "absent" / "real.npz")
    assert not list(tmp_path.iterdir())


def test_count_chooses_by_seed(tmp_path):
    """A seeded choice repeats, and another seed chooses otherwise."""
    folder = write_images(tmp_path / "real", 12)

    def contents(seed):
        reference = Reference.from_images(folder, extractor=ChannelMeans(), count=5, seed=seed, workers=0)
        assert reference.count == 5
        return reference.contents

    assert contents(1) == contents(1) != contents(2)


def test_line_says_what_the_statistics_are_of(make_reference):
    """One line for a person: source, count, width, extractor and weights."""
    assert make_reference(5).line() == "tensor: 5 images, 3 features, channel-means/native, weights none"


@pytest.mark.parametrize("missing", ["feature_layer", "contents", "made_by"])
def test_statistics_of_another_version_are_refused(make_reference, tmp_path, missing):
    """A file with a good digest but without a part of the header is refused by what it lacks."""
    header, arrays = make_reference(12, seed=0).pack()
    del header[missing]
    path = tmp_path / "old.npz"
    write_statistics(path, header, arrays)
    with pytest.raises(StaleStatistics, match=missing):
        Reference.load(path)
