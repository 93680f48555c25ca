"""What `evaluate` asks of each side."""

import pytest

from ganmetrics.commands.requests import OpenedSides, check_opened_sides, requests_for
from ganmetrics.core.memory import MEMORY
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction
from ganmetrics.metrics.catalogue import choose_metrics
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.testing import ChannelMeans, random_images

REAL, FAKE, OTHER = (open_source(random_images(30, seed=seed)) for seed in range(3))
HOW = Extraction(extractor=ChannelMeans(), workers=0)


def asked(sides, *names, **options):
    """What is asked of each side, by its role."""
    return {one.role: one for one in requests_for(sides, choose_metrics(names), ScoringOptions(**options))}


def test_nobody_pays_for_what_no_metric_reads():
    """The Inception Score is of the fakes alone, unless a floor is wanted; a distance keeps images for its interval."""
    one = OpenedSides(REAL, {"fake": FAKE})
    assert list(asked(one, "is")) == ["fake"]
    found = asked(one, "fid")
    assert found["real"].needs == {"moments"}
    assert found["real"].images
    assert not asked(one, "fid", interval=False)["real"].images
    assert asked(one, "fid", floor=True)["real"].blocks
    assert not asked(one, "fid", floor=True)["fake"].blocks


def test_several_generators_are_compared_by_their_features():
    """Only where there are intervals; and the memory is shared."""
    several = OpenedSides(REAL, {"a": FAKE, "b": OTHER})
    assert several.contested
    found = asked(several, "fid")
    assert all("features" in one.needs for one in found.values())
    assert sum(one.memory for one in found.values()) <= 2 * MEMORY
    assert all("features" not in one.needs for one in asked(several, "fid", interval=False).values())


def test_metrics_that_need_held_out_images_say_so():
    """Before anything is opened further."""
    with pytest.raises(InputError, match="held out from training"):
        check_opened_sides(OpenedSides(REAL, {"fake": FAKE}), choose_metrics(("fld",)), HOW, ScoringOptions())
    check_opened_sides(OpenedSides(REAL, {"fake": FAKE}, OTHER), choose_metrics(("fld",)), HOW, ScoringOptions())


def test_cmmd_of_the_default_network_is_refused_before_it_is_looked_for():
    """Where no extractor is named and nothing is stored, the default one is meant."""
    images = open_source(random_images(20))
    with pytest.raises(InputError, match="cmmd needs extractor clip-vit-l14-336; got inception-v3"):
        check_opened_sides(OpenedSides(images, {"": images}), choose_metrics(("cmmd",)), Extraction(), ScoringOptions())
