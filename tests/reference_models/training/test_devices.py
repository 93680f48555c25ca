"""Devices that this torch cannot use are refused in one line."""

import pytest
import torch

from reference_models.errors import ConfigError
from reference_models.training.devices import open_device


def test_what_is_there_is_opened():
    """By name, as a device, and by default."""
    assert open_device("cpu") == open_device(torch.device("cpu")) == torch.device("cpu")
    assert open_device(None).type in ("cpu", "cuda")


@pytest.mark.parametrize("name", ["half", "", "cpu:99999999999", "meta", "xla", "hpu:0"])
def test_what_is_not_there_is_refused(name):
    with pytest.raises(ConfigError, match="--device must be one that this torch can use; got") as caught:
        open_device(name)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500
