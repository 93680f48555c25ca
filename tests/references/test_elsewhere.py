"""What lies elsewhere, once it is here: where it came from, and what the register knows of it."""

from pathlib import Path

import numpy as np
import pytest

from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import InputError
from ganmetrics.extraction.layer import Layer
from ganmetrics.references.elsewhere import Located, is_elsewhere, locate
from ganmetrics.references.named import named_reference
from ganmetrics.references.reference import Reference


def reference(width):
    """Statistics that do not say how they were made."""
    return Reference(Layer(Moments.gaussian(np.zeros(width), np.eye(width), None)), None, None, "file", (), None, {})


@pytest.mark.parametrize(
    ("source", "elsewhere"),
    [("ref:edm/cifar10", True), ("s3://a/b.npz", True), ("a/ref:b.npz", False), (Path("ref:a"), False), (None, False)],
)
def test_only_text_with_a_prefix_is_elsewhere(source, elsewhere):
    """A path is a path, whatever it is called."""
    assert is_elsewhere(source) == elsewhere


def test_a_bare_address_is_said_and_nothing_else():
    """Who made the statistics stays unknown."""
    found = Located("https://example.org/a.npz", Path("a.npz"), "ab").said(reference(4))
    assert (found.source, found.identity) == ("https://example.org/a.npz", None)
    assert found.made_by == {"address": "https://example.org/a.npz", "file_sha256": "ab"}


@pytest.mark.slow
def test_the_register_says_network_protocol_and_count():
    """Of the published network; another width is refused."""
    known = named_reference("ref:edm/cifar10")
    here = Located("ref:edm/cifar10", Path("a.npz"), "ab", known)
    found = here.said(reference(2048))
    assert (found.count, found.protocol, found.spec.name, found.spec.canonical) == (
        50_000,
        "ttur",
        "inception-v3",
        True,
    )
    with pytest.raises(InputError, match="needs to be statistics of 2,048 features; what came has 4"):
        here.said(reference(4))


def test_an_unknown_name_is_refused_before_any_network():
    """Also offline."""
    with pytest.raises(InputError, match="published statistics are"):
        locate("ref:nobody/nothing", offline=True)
