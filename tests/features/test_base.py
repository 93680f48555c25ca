"""What an extractor is, and what is told about something that is none."""

import pytest
import torch

from ganmetrics.errors import InputError
from ganmetrics.features.base import Extractor, Outputs, check_extractor
from ganmetrics.testing import ChannelMeans


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (ChannelMeans, "got the class ChannelMeans: make an object of it"),
        (torch.nn.Identity(), "got Identity: ganmetrics.ModuleExtractor"),
        (abs, r"got builtin_function_or_method: ganmetrics\.ModuleExtractor"),
        (3, "got int$"),
    ],
)
def test_what_is_no_extractor_is_told_what_would_be(value, message):
    """In one line, with the wrapper where one would do."""
    with pytest.raises(InputError, match=message):
        check_extractor(value)


def test_anything_with_the_three_members_is_one():
    """No base class is needed."""
    plain = ChannelMeans()
    assert isinstance(plain, Extractor)
    assert check_extractor(plain) is plain


def test_outputs_come_to_the_host_without_gradients():
    """All three, where they are there."""
    grown = torch.ones(2, 3, requires_grad=True) * 2
    found = Outputs(grown, logits=grown, spatial=None).on_host()
    assert not found.features.requires_grad and not found.logits.requires_grad
    assert found.spatial is None
