"""Every metric claims something, and every check says what a claim asks for."""

import pytest

from ganmetrics import _plugins
from ganmetrics.commands.sanity.synthetic.claims import CLAIM_MEANINGS, CLAIMS, expected
from ganmetrics.commands.sanity.synthetic.draws import CHECKS
from ganmetrics.commands.sanity.synthetic.synthetic_sanity import OF_FEATURES


def test_every_metric_of_ours_has_a_claim():
    """A new metric cannot be left out of the table."""
    ours = set(OF_FEATURES) - set(_plugins.names(_plugins.METRIC_GROUP))
    assert ours <= set(CLAIMS)
    assert set(CLAIMS.values()) == set(CLAIM_MEANINGS)


@pytest.mark.parametrize("metric", CLAIMS)
def test_no_claim_allows_everything_everywhere(metric):
    """Each metric can fail some check, and none is asked what it cannot say."""
    asked = [expected(metric, check.name) for check in CHECKS]
    assert any(one is not None and len(one) < 3 for one in asked)
    assert all(one is None or one for one in asked)


def test_a_metric_of_another_package_is_not_judged():
    """Its claim is not known."""
    assert expected("mean_gap", CHECKS[0].name) is None
