"""What options and numbers of images rule out before the work."""

import pytest

from ganmetrics.data.sources import open_source
from ganmetrics.errors import GanMetricsError, InputError, NotEnoughSamples
from ganmetrics.metrics.catalogue import METRICS, choose_metrics
from ganmetrics.protocols import PROTOCOLS
from ganmetrics.scoring.options import ScoringOptions
from ganmetrics.scoring.preflight import check_classes, check_network, check_options
from ganmetrics.testing import write_images

FORTY = {"real": 40, "fake": 40}


@pytest.mark.parametrize(
    ("metrics", "options", "counts", "error", "message"),
    [
        (["precision"], {"k": 40}, FORTY, NotEnoughSamples, "k=40 neighbours need more than 40 real images; got 40"),
        (["recall"], {"k": 9}, {"fake": 9}, NotEnoughSamples, "k=9 neighbours need more than 9 fake images; got 9"),
        (["kid"], {"subset_size": 41}, FORTY, GanMetricsError, "41"),
        (["is"], {"splits": 41}, FORTY, GanMetricsError, "41"),
        (["is"], {"floor": True}, FORTY, InputError, "a floor needs a metric of real images"),
    ],
)
def test_what_no_images_can_meet_is_refused(metrics, options, counts, error, message):
    """With the numbers that do not fit."""
    with pytest.raises(error, match=message):
        check_options(choose_metrics(metrics), ScoringOptions(**options), PROTOCOLS["ttur"], counts)


@pytest.mark.parametrize(
    ("metrics", "options", "counts"),
    [
        (["precision"], {"k": 39}, FORTY),
        (["kid"], {"subset_size": 40}, FORTY),
        (["is"], {"splits": 40}, FORTY),
        (["fid"], {"k": 99, "subset_size": 99, "splits": 99}, FORTY),
        (["precision", "kid", "is"], {"k": 99, "subset_size": 99, "splits": 99}, {}),
    ],
)
def test_what_fits_or_is_not_known_yet_passes(metrics, options, counts):
    """The largest values that fit, options of metrics that are not asked, and sides that do not say their number."""
    check_options(choose_metrics(metrics), ScoringOptions(**options), PROTOCOLS["ttur"], counts)


def test_a_bandwidth_that_is_missing_is_known_at_once():
    """Before images are read for it."""
    with pytest.raises(InputError, match="rke needs the bandwidth of its kernel"):
        check_options(choose_metrics(["fid", "rke"]), ScoringOptions(), PROTOCOLS["ttur"], {})


def test_fake_classes_are_among_the_real_ones(tmp_path, make_reference):
    """Up to five others are named; where a side is stored there is nothing to compare."""
    for role, names in (("real", "ab"), ("fake", "bcdefgh")):
        for name in names:
            write_images(tmp_path / role / name, 1)
    real, fake = (open_source(tmp_path / role) for role in ("real", "fake"))
    metrics = choose_metrics(["class_agreement"])
    with pytest.raises(InputError, match="class agreement needs fake images of the real classes; c, d, e, f, g has no"):
        check_classes(metrics, real, fake)
    check_classes(metrics, fake, open_source(tmp_path / "fake"))
    check_classes(choose_metrics(["fid"]), real, fake)
    check_classes(metrics, make_reference(), fake)


def test_cmmd_of_another_network_is_refused_by_the_name_alone():
    """Its name is that of one network's features, in whatever precision; other metrics take any."""
    check_network(METRICS["cmmd"], "clip-vit-l14-336")
    check_network(METRICS["mmd"], "efficientnet-lite0")
    with pytest.raises(InputError, match="cmmd needs extractor clip-vit-l14-336; got efficientnet-lite0"):
        check_network(METRICS["cmmd"], "efficientnet-lite0")
