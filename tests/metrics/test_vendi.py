"""The Vendi score: closed forms, an n x n oracle, orders."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.errors import InputError, NumericsError
from ganmetrics.metrics.vendi import vendi_score
from tests.oracles import vendi_by_similarities
from tests.strategies import feature_sets

ORDERS = [0.0, 0.5, 1.0, 2.0, math.inf]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kinds", [1, 2, 7])
def test_equal_groups_of_orthogonal_images_count_as_their_number(kinds, order):
    """In every order, however many images a kind has, and however long their features are."""
    features = torch.eye(8)[:kinds].repeat(6, 1) * torch.arange(1, 6 * kinds + 1)[:, None]
    assert vendi_score(features, order=order) == pytest.approx(kinds, rel=1e-12)


def test_unequal_groups_count_by_the_order():
    """With shares 3/4 and 1/4: both kinds in order 0, and less the higher the order, to 4/3."""
    features = torch.eye(2)[[0, 0, 0, 1]]
    scores = [vendi_score(features, order=order) for order in ORDERS]
    entropy = 0.75 * math.log(4 / 3) + 0.25 * math.log(4)
    expected = [2, (0.75**0.5 + 0.25**0.5) ** 2, math.exp(entropy), 1 / (0.75**2 + 0.25**2), 4 / 3]
    assert scores == pytest.approx(expected, rel=1e-12)


@given(feature_sets(), st.sampled_from([0.5, 1.0, 3.0]))
def test_the_dual_is_the_primal(features, order):
    """The d x d matrix has the eigenvalues of the n x n matrix of cosines."""
    assert vendi_score(features, order=order) == pytest.approx(vendi_by_similarities(features, order), rel=1e-4)


def test_orders_near_one_join():
    """No digits are lost beside order 1, where the formula of the others is 0/0."""
    features = np.random.default_rng(0).standard_normal((30, 6))
    middle = vendi_score(features)
    assert vendi_score(features, order=1 + 1e-9) == pytest.approx(middle, rel=1e-8)
    assert vendi_score(features, order=1 - 1e-9) == pytest.approx(middle, rel=1e-8)
    assert abs(vendi_score(features, order=1.1) / middle - 1) > 1e-4


def test_scale_does_not_matter():
    """Not even one at which squares overflow or vanish."""
    features = np.random.default_rng(0).standard_normal((30, 6))
    scaled = features * 10.0 ** np.arange(-200, 220, 14)[:30, None]
    assert vendi_score(scaled) == pytest.approx(vendi_score(features), rel=1e-12)


def test_what_has_no_score_is_refused():
    """A zero row has no angle; a negative order no meaning."""
    with pytest.raises(NumericsError, match="features that are not all 0, but row 1 is"):
        vendi_score(torch.tensor([[1.0, 0.0], [0.0, 0.0]]))
    with pytest.raises(InputError, match="order must be at least 0; got -1"):
        vendi_score(torch.eye(2), order=-1.0)
    with pytest.raises(InputError, match="order must be at least 0; got nan"):
        vendi_score(torch.eye(2), order=math.nan)


@pytest.mark.parametrize("order", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 40.0, 60.0, 5000.0, 1e308, math.inf])
def test_of_two_kinds_at_any_order(order):
    """Shares p and 1 - p: (p^q + (1 - p)^q)^(1 / (1 - q)), in logarithms; sums of large powers vanish beside 1."""
    features, share = torch.eye(2, dtype=torch.float64).repeat_interleave(torch.tensor([3, 1]), dim=0), 0.75
    if order == 1:
        expected = math.exp(-share * math.log(share) - (1 - share) * math.log(1 - share))
    elif order > 1000:
        expected = 1 / share  # to less than share^-(1 / order)
    else:
        powers = share**order + (1 - share) ** order
        expected = math.exp(math.log(powers) / (1 - order))
    assert vendi_score(features, order=order) == pytest.approx(expected, rel=1e-3 if order == 5000 else 1e-12)
    assert vendi_score(torch.eye(4), order=order) == pytest.approx(4, rel=1e-12)
