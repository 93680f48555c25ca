"""Stored sides are asked before a network is opened or an image is read."""

import numpy as np
import pytest

import ganmetrics
from ganmetrics.errors import InputError, NotEnoughSamples, StaleStatistics
from ganmetrics.extraction import settings
from ganmetrics.extraction.options import Extraction
from ganmetrics.references.agreement import follow_stored, vouched_identity
from ganmetrics.references.reference import Reference
from ganmetrics.testing import ChannelMeans, random_images, write_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}


@pytest.fixture
def no_network(monkeypatch):
    """Opening any extractor by name fails the test."""

    def refuse(name, **_options):
        raise AssertionError(f"{name} was opened")

    monkeypatch.setattr(settings, "open_extractor", refuse)


def statistics(path, *, shift=0.0):
    """A file of bare statistics as pytorch-fid writes it."""
    rows = np.random.default_rng(0).normal(128, 20, (500, 3))
    np.savez(path, mu=rows.mean(axis=0) + shift, sigma=np.cov(rows, rowvar=False))
    return path


def test_the_extractor_is_the_stored_sides(monkeypatch, folders):
    """Nothing is said again that a reference says."""
    opened = []
    monkeypatch.setattr(settings, "open_extractor", lambda name, **_options: opened.append(name) or ChannelMeans(name))
    reference = Reference.from_images(folders[0], extractor=ChannelMeans("timm:means"), workers=0)
    score = ganmetrics.fid(reference, folders[1], workers=0)
    assert (opened, score.extractor, score.protocol) == (["timm:means"], "timm:means", "native")


@pytest.mark.usefixtures("no_network")
def test_an_extractor_object_must_be_given_again(folders):
    """A file cannot hold it."""
    reference = Reference.from_images(folders[0], **FREE)
    with pytest.raises(InputError, match="was made with the extractor object channel-means: give that object"):
        ganmetrics.fid(reference, folders[1])


@pytest.mark.usefixtures("no_network")
def test_what_differs_is_refused_before_the_network(folders):
    """Name, protocol and weights are in the file."""
    reference = Reference.from_images(folders[0], extractor=ChannelMeans("inception-v3"), protocol="ttur", workers=0)
    with pytest.raises(StaleStatistics, match="uses efficientnet-lite0/native; the reference .* inception-v3/ttur"):
        ganmetrics.fid(reference, folders[1], extractor="efficientnet-lite0")
    with pytest.raises(StaleStatistics, match="uses inception-v3/adm; the reference .* inception-v3/ttur"):
        ganmetrics.fid(reference, folders[1], protocol="adm")
    with pytest.raises(StaleStatistics, match=r"published weights of inception-v3; .* made with None \(--weights"):
        ganmetrics.fid(reference, folders[1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metrics": ("fid", "kid"), "subset_size": 1000}, "a subset of 1000 needs at least as many real images"),
        ({"metrics": ("fid", "precision"), "k": 60}, "k=60 neighbours need more than 60 real images; got 20"),
        ({"metrics": ("fid", "is"), "splits": 16}, "16 splits need at least as many images; got 15"),
        ({"metrics": ("fid",), "count": 17}, "17 images are to be chosen; .* has 15"),
        ({"metrics": ("is",), "floor": True}, "a floor needs a metric of real images"),
        ({"metrics": ("intra_fid",)}, "needs class folders or labels"),
    ],
)
@pytest.mark.usefixtures("no_network")
def test_options_that_no_image_can_meet_are_refused_before_the_network(folders, options, message):
    """The numbers of files are known from the start."""
    with pytest.raises((InputError, NotEnoughSamples), match=message):
        ganmetrics.evaluate(*folders, extractor="efficientnet-lite0", **options)


@pytest.mark.usefixtures("no_network")
def test_classes_that_no_real_image_has_are_refused_before_the_network(tmp_path):
    """The names of folders are known from the start."""
    for side, classes in (("real", ("cat", "dog")), ("fake", ("cat", "cow"))):
        for name in classes:
            write_images(tmp_path / side / name, 3)
    with pytest.raises(InputError, match="cow has no real image"):
        ganmetrics.evaluate(
            tmp_path / "real", tmp_path / "fake", metrics=("intra_fid",), extractor="efficientnet-lite0"
        )


@pytest.mark.usefixtures("no_network")
def test_two_stored_sides_need_no_weights_of_their_own(tmp_path, folders):
    """Nothing is extracted: the file of weights that made both may be on another machine."""
    made = {"extractor": ChannelMeans("inception-v3"), "protocol": "ttur", "workers": 0}
    for name, folder in zip(("real", "fake"), folders, strict=True):
        Reference.from_images(folder, **made).save(tmp_path / f"{name}.npz")
    real, fake = tmp_path / "real.npz", tmp_path / "fake.npz"
    score = ganmetrics.fid(real, fake)
    assert (score.name, score.extractor) == ("fd_inception-v3", "inception-v3")
    assert score.value == ganmetrics.fid(real, fake, extractor="inception-v3").value
    with pytest.raises(StaleStatistics, match=r"published weights of inception-v3"):
        ganmetrics.fid(real, folders[1])


@pytest.mark.usefixtures("no_network")
def test_two_published_files_are_compared_without_a_network(tmp_path):
    """|m1 - m2|^2 = 3 where only the means differ; unnamed, the number is nobody's FID."""
    sides = statistics(tmp_path / "a.npz"), statistics(tmp_path / "b.npz", shift=1.0)
    score = ganmetrics.fid(*sides)
    assert (score.name, score.extractor) == ("fd", "unknown")
    assert score.value == pytest.approx(3, rel=1e-9)
    assert score.notes[:2] == ("real: origin unknown", "fake: origin unknown")
    named = ganmetrics.fid(*sides, extractor=ChannelMeans())
    assert (named.name, named.value) == ("fd_channel-means", score.value)
    assert "real: origin vouched for by the caller" in named.notes


def test_a_vouched_extractor_has_its_width(tmp_path):
    """Three features are not Inception's."""
    sides = statistics(tmp_path / "a.npz"), statistics(tmp_path / "b.npz", shift=1.0)
    with pytest.raises(StaleStatistics, match="inception-v3 needs statistics of 2048 features; these have 3"):
        ganmetrics.fid(*sides, extractor="inception-v3")
    assert vouched_identity(Extraction("inception-v3"), 2048).spec.canonical
    assert not vouched_identity(Extraction("inception-v3", weights="mine.pth"), 2048).spec.canonical


def test_without_stored_sides_nothing_is_followed():
    """The options stay as they are (the control)."""
    how = Extraction(seed=4)
    assert follow_stored(how, [], opening=True) is how
    assert random_images(1).shape[0] == 1
