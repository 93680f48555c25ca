"""What a side is refused for before an image of it is read."""

import dataclasses

import pytest

from ganmetrics._types import silent
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError, NotEnoughSamples, StaleStatistics
from ganmetrics.extraction.options import Extraction
from ganmetrics.extraction.settings import open_settings
from ganmetrics.references.refusals import check_counts, check_holds, check_request
from ganmetrics.references.sides import Demand, Request
from ganmetrics.testing import ChannelMeans, random_images, write_images


def request(opened, *needs, least=1):
    return Request("real", opened, (Demand("the metric", frozenset(needs), least),))


def test_statistics_hold_means_and_covariances(make_reference):
    """Neither features nor, unless they were asked for, spatial moments."""
    reference = make_reference()
    check_holds(request(reference, "moments"))
    with pytest.raises(InputError, match="the metric needs images; tensor holds only their mean and covariance"):
        check_holds(request(reference, "features"))
    with pytest.raises(InputError, match="holds none \\(reference build --spatial\\)"):
        check_holds(request(reference, "spatial"))
    check_holds(request(dataclasses.replace(reference, spatial=reference.layer), "spatial"))


def test_images_without_classes_say_why(tmp_path):
    """Also where numbered folders look like some."""
    plain = open_source(write_images(tmp_path / "plain", 2))
    with pytest.raises(InputError, match="needs class folders or labels; .*plain has none"):
        check_holds(request(plain, "classes"))
    write_images(tmp_path / "set" / "cat", 1)
    write_images(tmp_path / "set" / "dog", 1)
    check_holds(request(open_source(tmp_path / "set"), "classes"))


def test_counts_are_known_from_the_listing(make_reference):
    """Of images, of a choice of them, and of statistics; an unknown count is not refused."""
    images = open_source(random_images(5))
    check_counts(request(images, "moments", least=5), Extraction())
    for how in (Extraction(), Extraction(count=4)):
        with pytest.raises(NotEnoughSamples, match="needs at least 6 images a side; tensor has"):
            check_counts(request(images, "moments", least=6), how)
    with pytest.raises(NotEnoughSamples, match="9 images are to be chosen; tensor has 5"):
        check_counts(request(images, "moments"), Extraction(count=9))
    with pytest.raises(StaleStatistics):
        check_counts(request(make_reference(10), "moments"), Extraction(count=4))


def test_extractors_lack_what_they_lack(make_reference):
    """Spatial features, logits; and statistics of another extractor."""
    images = open_source(random_images(5))
    settings = open_settings(Extraction(extractor=ChannelMeans(), workers=0), progress=silent)
    check_request(request(images, "logits"), settings)
    with pytest.raises(InputError, match="needs the spatial features of inception-v3; extractor channel-means"):
        check_request(request(images, "spatial"), settings)
    with pytest.raises(StaleStatistics):
        check_request(request(make_reference(extractor=ChannelMeans("other")), "moments"), settings)
