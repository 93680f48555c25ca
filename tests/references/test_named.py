"""Published statistics by name: each entry is whole, and an unknown name is told those that there are."""

import pytest

from ganmetrics.errors import InputError
from ganmetrics.protocols import PROTOCOLS
from ganmetrics.references.named import NAMED, PREFIX, named_reference


@pytest.mark.parametrize("name", NAMED)
def test_every_entry_is_whole(name):
    """An https address of an npz, a count, and conventions that are known."""
    entry = named_reference(PREFIX + name)
    assert entry is named_reference(name)
    assert entry.url.startswith("https://")
    assert entry.url.endswith(".npz")
    assert entry.count >= 10_000
    assert "inception-v3" in PROTOCOLS[entry.protocol].extractors


def test_addresses_are_of_one_file_each():
    """No two names share one."""
    assert len({entry.url for entry in NAMED.values()}) == len(NAMED)


def test_an_unknown_name_is_told_the_known_ones():
    """In one line."""
    with pytest.raises(InputError, match="ref:edm/cifar10.*; got") as caught:
        named_reference("ref:edm/mnist")
    assert "\n" not in str(caught.value)
