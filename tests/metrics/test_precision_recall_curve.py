"""The precision-recall curve: the paper's definition, its corners, and what moves it."""

import math

import numpy as np
import pytest
import torch

from ganmetrics.errors import InputError
from ganmetrics.metrics.precision_recall_curve import curve_of_shares, precision_recall_curve


def drawn(count, seed=0):
    """Gaussian features."""
    return np.random.default_rng(seed).standard_normal((count, 2))


def test_the_curve_is_the_papers():
    """Sums of minima at each slope, one by one."""
    real, fake = (torch.tensor(shares, dtype=torch.float64) for shares in ([0.5, 0.3, 0.2, 0.0], [0.1, 0.3, 0.2, 0.4]))
    precision, recall = curve_of_shares(real, fake, angles=7)
    for at in range(7):
        slope = math.tan((at + 1) * math.pi / 16)
        assert float(precision[at]) == pytest.approx(sum(min(slope * p, q) for p, q in zip(real, fake, strict=True)))
        assert float(recall[at]) == pytest.approx(sum(min(p, q / slope) for p, q in zip(real, fake, strict=True)))
    assert float(precision.max()) <= 0.6 + 1e-9  # what lies in real cells
    assert float(recall.max()) <= 1 + 1e-9


def test_the_middle_is_one_less_the_total_variation():
    """At slope 1 precision and recall are both 1 - sum |p - q| / 2."""
    real, fake = (torch.tensor(shares, dtype=torch.float64) for shares in ([0.7, 0.3], [0.4, 0.6]))
    precision, recall = curve_of_shares(real, fake, angles=3)
    assert (float(precision[1]), float(recall[1])) == pytest.approx((0.7, 0.7))


def test_equal_sets_have_the_whole_square():
    """Precision and recall 1 at slope 1, and both F scores 1."""
    curve = precision_recall_curve(drawn(100), drawn(100), runs=2)
    assert float(curve.precision[500]) == pytest.approx(1)
    assert (curve.precision_weighted, curve.recall_weighted) == pytest.approx((1, 1))


def groups(*at):
    """Thirty images around each place."""
    return np.concatenate([drawn(30, seed) + place for seed, place in enumerate(at)])


def test_dropped_and_invented_modes_show_at_their_end():
    """Half the modes dropped: precise, half recalled. As many invented as there are: recalled, half precise."""
    real, half = groups((0, 0), (0, 99), (99, 0), (99, 99)), groups((0, 0), (0, 99))
    dropped = precision_recall_curve(real, half, clusters=4, runs=3)
    assert dropped.precision_weighted > 0.95
    assert dropped.recall_weighted < 0.6
    invented = precision_recall_curve(half, real, clusters=4, runs=3)
    assert (invented.precision_weighted, invented.recall_weighted) == pytest.approx(
        (dropped.recall_weighted, dropped.precision_weighted), abs=0.02
    )


def test_sets_apart_have_nothing():
    """No cell in common."""
    curve = precision_recall_curve(drawn(40), drawn(40, 1) + 500, clusters=2, runs=2)
    assert float(curve.precision.max()) == float(curve.recall.max()) == 0
    assert (curve.precision_weighted, curve.recall_weighted) == (0, 0)


def test_the_seed_decides():
    """The same seed gives the same curve; another gives other cells."""
    real, fake = drawn(200), 1.4 * drawn(200, 1)
    one, same, other = (precision_recall_curve(real, fake, runs=1, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(one.precision, same.precision)
    assert not torch.equal(one.precision, other.precision)


def test_bad_options_are_one_line():
    """Widths that differ, and a curve of two points."""
    with pytest.raises(InputError, match="both sides need one dimension; got real 2 and fake 1"):
        precision_recall_curve(drawn(40), drawn(40)[:, :1])
    with pytest.raises(InputError, match="angles must be at least 3; got 2"):
        precision_recall_curve(drawn(40), drawn(40), angles=2)
