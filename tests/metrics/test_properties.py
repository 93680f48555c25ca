"""What each metric of the catalogue does when the images change in a known way: a row each, or the suite fails."""

import math

import numpy as np
import pytest

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.testing import ChannelMeans

PROPERTIES = {
    "fid": {"symmetric", "order free", "zero on equal", "shift seen"},
    "sfid": {"inception only"},
    "kid": {"symmetric", "order free", "shift seen"},  # drawn subsets: an order changes them, and so the last digits
    "mmd": {"symmetric", "order free", "zero on equal", "shift seen"},
    "cmmd": {"clip only"},
    "is": {"order seen", "one-sided"},
    "precision": {"order free", "one on equal", "shift seen"},
    "recall": {"order free", "one on equal", "shift seen"},
    "density": {"order free", "shift seen"},
    "coverage": {"order free", "one on equal", "shift seen"},
    "clipped_density": {"order free", "one on equal", "shift seen"},
    "clipped_coverage": {"order free", "one on equal", "shift seen"},
    "symmetric_precision": {"order free", "one on equal", "shift seen"},
    "symmetric_recall": {"order free", "one on equal", "shift seen"},
    "p_precision": {"order free", "one on equal", "shift seen"},
    "p_recall": {"order free", "one on equal", "shift seen"},
    "fwd": {"symmetric", "order free", "zero on equal", "shift seen"},
    "mind": {"symmetric", "order free", "zero on equal", "shift seen"},
    "realism": {"order free", "shift seen"},
    "authenticity": {"order free", "zero on equal", "shift praised"},
    "mifid": {"order free", "zero on equal", "shift seen"},
    # Halves of the real images, k-means and exchanges are drawn by place: an order changes the last digits.
    "fld": {"shift seen"},
    "fld_gap": {"memory"},
    "data_copying": {"many only"},  # more than 20 fakes in each of three cells (tests/scoring/test_held_out.py)
    "copied_share": {"memory"},
    "curve_precision": {"shift seen"},
    "curve_recall": {"shift seen"},
    "vendi": {"order free", "one-sided"},
    "vendi_by_class": {"order free", "one-sided"},
    "rke": {"order free", "one-sided"},
    "duplicates": {"order free"},
    "intra_fid": {"symmetric", "order free", "zero on equal", "shift seen"},
    "class_agreement": {"order free"},
}
"""Not symmetric, and so tested to differ: precision and recall exchange when the sides do."""

RNG = np.random.default_rng(0)
REAL = RNG.integers(0, 156, (40, 2, 2, 3), dtype=np.uint8)
FAKE = RNG.integers(20, 200, (40, 2, 2, 3), dtype=np.uint8)
FRESH = np.random.default_rng(9).integers(0, 156, (40, 2, 2, 3), dtype=np.uint8)
TEST = RNG.integers(0, 156, (40, 2, 2, 3), dtype=np.uint8)
CLASSES = ["cat", "dog"] * 20


def score(name, real, fake, *, real_labels=CLASSES, fake_labels=CLASSES):
    """The number of one metric, all images in each of KID's subsets so that these cannot differ."""
    report = evaluate(
        real,
        fake,
        metrics=(name,),
        extractor=ChannelMeans(),
        workers=0,
        interval=False,
        subset_size=len(real),
        subsets=1,
        splits=2,
        bandwidth=30.0,
        wavelet_level=1,  # images of 2 x 2
        test=TEST if METRICS[name].test else None,
        real_labels=real_labels,
        fake_labels=fake_labels,
    )
    (found,) = report.values()
    return found.value


def having(prop):
    return [name for name in PROPERTIES if prop in PROPERTIES[name]]


def test_no_metric_is_forgotten():
    """The table covers exactly the catalogue."""
    assert PROPERTIES.keys() == METRICS.keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", having("symmetric"))
def test_sides_may_be_exchanged(name):
    """The distance there is the distance back."""
    assert score(name, REAL, FAKE) == pytest.approx(score(name, FAKE, REAL), rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["precision", "recall", "density", "coverage", "realism", "authenticity", "clipped_density", "p_precision"]
)
def test_sides_may_not_be_exchanged(name):
    """The control: what is asked of the fake images is not asked of the real ones."""
    assert score(name, REAL, FAKE) != pytest.approx(score(name, FAKE, REAL), rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("prefix", ["", "symmetric_", "p_"])
def test_precision_and_recall_exchange_when_the_sides_do(prefix):
    """They are one question, asked of either side."""
    one, other = score(f"{prefix}precision", REAL, FAKE), score(f"{prefix}recall", FAKE, REAL)
    assert one == pytest.approx(other, rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("name", having("order free"))
def test_order_does_not_matter(name):
    """Images and their classes, shuffled on either side."""
    real, fake = RNG.permutation(40), RNG.permutation(40)
    shuffled = score(
        name,
        REAL[real],
        FAKE[fake],
        real_labels=[CLASSES[row] for row in real],
        fake_labels=[CLASSES[row] for row in fake],
    )
    # Its kernel is summed in float32.
    rel = 1e-6 if name == "rke" else 1e-9
    assert shuffled == pytest.approx(score(name, REAL, FAKE), rel=rel)


@pytest.mark.parametrize("name", having("order seen"))
def test_order_matters_where_images_are_cut_in_order(name):
    """The Inception Score's splits are of neighbours in the list."""
    assert score(name, REAL, FAKE[RNG.permutation(40)]) != score(name, REAL, FAKE)


@pytest.mark.slow
@pytest.mark.parametrize("name", having("zero on equal"))
def test_equal_sets_are_at_zero(name):
    """No image of one is missing in the other."""
    rounding = 1e-7 * METRICS["mmd"].high if name == "mmd" else 1e-9
    assert score(name, REAL, REAL) == pytest.approx(0, abs=rounding)


@pytest.mark.slow
@pytest.mark.parametrize("name", having("one on equal"))
def test_equal_sets_share_everything(name):
    """Every image lies in its own ball."""
    assert score(name, REAL, REAL) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", having("shift seen"))
def test_a_far_shift_is_worse_than_a_near_one(name):
    """In the direction that the catalogue declares."""
    # Images moved by 1 are copies of training images to FLD, which punishes them more than any shift.
    near = 20 if name == "fld" else 1
    near, far = score(name, REAL, REAL + near), score(name, REAL, REAL + 99)
    assert far > near if METRICS[name].lower_is_better else far < near


@pytest.mark.slow
@pytest.mark.parametrize("name", having("shift praised"))
def test_a_far_shift_is_better_than_a_near_one_where_only_copies_count(name):
    """What is far from every real image repeats none: authenticity is no measure of quality."""
    near, far = score(name, REAL, REAL + 1), score(name, REAL, REAL + 99)
    assert far < near if METRICS[name].lower_is_better else far > near


def test_every_metric_says_what_it_makes_of_a_shift():
    """Seen, praised, or left out for a reason: of one side only, a count, or a share of classes."""
    silent = {name for name, found in PROPERTIES.items() if not found & {"shift seen", "shift praised"}}
    one_sided = {"is", "vendi", "vendi_by_class", "rke"}
    assert silent == one_sided | {
        "sfid",
        "cmmd",
        "duplicates",
        "class_agreement",
        "fld_gap",
        "copied_share",
        "data_copying",
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", [*having("memory"), "fld"])
def test_copies_of_training_images_are_worse_than_held_out_ones(name):
    """Each image a step away from a real one, or from one that training never saw."""
    copied, fresh = score(name, REAL, REAL + 1), score(name, REAL, FRESH)
    assert copied > fresh if METRICS[name].lower_is_better else copied < fresh


@pytest.mark.slow
@pytest.mark.parametrize("name", having("one-sided"))
def test_the_real_side_does_not_enter(name):
    """The number is of the fake images alone."""
    assert score(name, REAL, FAKE) == score(name, FAKE, FAKE)


def test_ranges_are_declared_and_ordered():
    """Every metric says where it lies."""
    assert all(metric.low < metric.high for metric in METRICS.values())
    assert math.isinf(METRICS["fid"].high)
    assert METRICS["precision"].high == 1
