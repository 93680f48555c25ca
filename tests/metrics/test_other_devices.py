"""Features that lie on a GPU give what they give on the CPU, also where the device has no float64.

The device is played by the CPU (`tests/other_device.py`): mixing devices fails as it does on hardware, and so does
float64 on MPS.
"""

import pytest
import torch

from tests.metrics.calls import CALLS, REAL, numbers
from tests.other_device import other_device


@pytest.mark.slow
@pytest.mark.parametrize("device", ["ipu", "mps"])
@pytest.mark.parametrize("name", CALLS)
def test_features_may_lie_on_another_device(name, device):
    """Both sides there: the same numbers, on the CPU."""
    call = CALLS[name]
    expected = numbers(call(*call.arrays))
    with other_device(device) as there:
        found = call(*(there(part.clone()) for part in call.arrays))
    assert expected
    assert numbers(found) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", ["frechet_estimate", "kernel_distance", "precision_recall", "memorisation_distance"])
def test_the_sides_may_lie_on_two_devices(name):
    """The real features on the CPU, the fakes there."""
    call = CALLS[name]
    real, fake = call.arrays
    with other_device("ipu") as there:
        found = call(real, there(fake.clone()))
    assert numbers(found) == pytest.approx(numbers(call(real, fake)), rel=1e-9)


def test_the_played_device_refuses_what_hardware_does():
    """Two devices in one operation, NumPy, and double precision on MPS."""
    with other_device("mps") as there:
        with pytest.raises(RuntimeError, match="same device"):
            there(REAL.clone()) + REAL
        with pytest.raises((RuntimeError, TypeError), match="numpy"):
            there(REAL.clone()).numpy()
        with pytest.raises(TypeError, match="float64"):
            there(REAL.clone()).double()


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_a_callers_autocast_changes_nothing(name):
    """Reduced precision that a training loop has switched on is for its own products."""
    call = CALLS[name]
    expected = numbers(call(*call.arrays))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert numbers(call(*call.arrays)) == pytest.approx(expected, rel=1e-9, abs=1e-12)
