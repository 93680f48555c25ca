"""Names of extractors and precisions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganmetrics.features.names import (
    DEFAULT_EXTRACTOR,
    EXTRACTOR_NAMES,
    FULL_PRECISION,
    PRECISIONS,
    WIDTHS,
    split_precision,
    with_precision,
)

NAMES = st.one_of(
    st.sampled_from(EXTRACTOR_NAMES), st.text(min_size=1).filter(lambda name: split_precision(name)[0] == name)
)


@given(NAMES, st.sampled_from(PRECISIONS))
def test_a_name_and_its_precision_come_back(name, precision):
    """Whatever an extractor is called."""
    assert split_precision(with_precision(name, precision)) == (name, precision)


@pytest.mark.parametrize("name", ["@bf16", "inception-v3@", "inception-v3@fp64", "timm:vit@mine", "inception-v3@fp32"])
def test_what_is_no_precision_stays_in_the_name(name):
    """A name is changed only where the whole of it is understood."""
    assert split_precision(name) == (name, FULL_PRECISION)


def test_every_bundled_extractor_has_a_width():
    """So that statistics can be taken for one of them without opening it."""
    assert [*WIDTHS, "timm:NAME"] == sorted([*WIDTHS, "timm:NAME"], key=EXTRACTOR_NAMES.index)
    assert {*WIDTHS, "timm:NAME"} == set(EXTRACTOR_NAMES)
    assert WIDTHS[DEFAULT_EXTRACTOR] == 2048
