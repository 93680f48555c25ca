"""What must agree before statistics are compared."""

from dataclasses import replace

import pytest

from ganmetrics.references.identity import Identity
from ganmetrics.testing import ChannelMeans

SPEC = ChannelMeans().spec
BASE = Identity(SPEC, "native", "white")


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (BASE, None),
        (replace(BASE, spec=replace(SPEC, name="other")), ("extractor", "channel-means", "other")),
        (replace(BASE, protocol="ttur"), ("protocol", "native", "ttur")),
        (replace(BASE, spec=replace(SPEC, weights_sha256="ab")), ("weights", None, "ab")),
        (replace(BASE, spec=replace(SPEC, layer="max")), ("layer", "mean", "max")),
        (replace(BASE, spec=replace(SPEC, preprocessing="none")), ("preprocessing", "mean of pixels", "none")),
        (replace(BASE, alpha="black"), ("alpha", "white", "black")),
        (replace(BASE, alpha=None), None),
    ],
)
def test_the_first_difference_is_named(other, found):
    """With both values; transparency counts only where both sides had some."""
    assert BASE.difference(other) == found
    turned = None if found is None else (found[0], found[2], found[1])
    assert other.difference(BASE) == turned
