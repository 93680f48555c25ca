"""Tests of `ganmetrics.compat.torch_fidelity.generative_model`."""

import numpy as np
import pytest
import torch

from ganmetrics.compat.torch_fidelity.generative_model import _noise, stream_of
from ganmetrics.errors import InputError


def test_noise_of_unit_length():
    """Each row has length one."""
    rows = _noise(np.random.RandomState(0), "unit", (5, 7))
    torch.testing.assert_close(rows.norm(dim=1), torch.ones(5))


def test_other_noise_is_refused():
    """torch-fidelity lets users register more; they are not known here."""

    class Model(torch.nn.Identity):
        z_size, z_type, num_classes = 1, "cauchy", 0

    with pytest.raises(InputError, match=r"^z_type must be normal, unit or uniform_0_1; got 'cauchy'$"):
        stream_of(Model(), count=1, batch_size=1, seed=0, name="input1")
