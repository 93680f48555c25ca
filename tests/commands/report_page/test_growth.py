"""The distance against the number of images: subsets of one order, the whole at the end."""

import pytest
import torch

from ganmetrics import frechet_distance, frechet_estimate
from ganmetrics.commands.report_page.growth import DistanceGrowth, Ruler, _axis, counts_up_to, measure_growth
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.metrics.frechet.sample import Sample
from ganmetrics.report import Score
from ganmetrics.scoring.options import ScoringOptions


@pytest.mark.parametrize("count", [64, 65, 100, 2000, 50_000])
def test_sizes_rise_to_the_whole(count):
    """Each once, and never more than there are."""
    sizes = counts_up_to(count)
    assert sizes[-1] == count
    assert list(sizes) == sorted(set(sizes))
    assert len(sizes) <= 6


@pytest.fixture
def sides():
    """Features of 200 real and 150 fake images."""
    draw = torch.Generator().manual_seed(0)
    return torch.randn(200, 6, generator=draw), 0.3 + torch.randn(150, 6, generator=draw)


@pytest.mark.slow
def test_the_last_point_is_all_images(sides):
    """And the first one a seeded subset, by the same formulas."""
    real, fake = sides
    steps = []
    found = measure_growth(fake, Ruler(Sample.of(real), 1, ScoringOptions(seed=3)), None, steps.append)
    whole = frechet_estimate(real, fake)
    assert found.plain[-1] == pytest.approx(frechet_distance(Moments.of(real), Moments.of(fake)))
    assert found.corrected[-1] == pytest.approx(whole.corrected)
    order = torch.randperm(150, generator=torch.Generator().manual_seed(3))[:32]
    assert found.plain[0] == pytest.approx(frechet_distance(Moments.of(real), Moments.of(fake[order])))
    assert sum(steps) == len(found.counts)


@pytest.mark.slow
def test_what_is_known_is_not_computed_again(sides):
    """The score of all images stands at the end as it is; without intervals there are plain distances only."""
    real, fake = sides
    known = Score("fid", 7.0, corrected=5.0, low=4.0, high=6.0)
    assert measure_growth(fake, Ruler(Sample.of(real), 1, ScoringOptions()), known, print).plain[-1] == 7.0
    found = measure_growth(fake, Ruler(Sample.of(real), 0, ScoringOptions(interval=False)), None, print)
    assert set(found.corrected) == {None}
    biased = frechet_distance(Moments.of(real).with_ddof(0), Moments.of(fake).with_ddof(0))
    assert found.plain[-1] == pytest.approx(biased)


def test_wide_bands_do_not_press_the_lines_together():
    """The axis ends near the plain distance, whatever the band of 32 images is."""
    found = DistanceGrowth((32, 64), (100.0, 60.0), (20.0, 20.0), (-5000.0, 10.0), (9000.0, 30.0))
    axis = _axis("fid", found)
    assert -50 <= axis.low <= 0
    assert 100 <= axis.high < 200
