"""Single precision that a caller has lowered is whole within the block, and lowered again after it."""

import pytest
import torch

from ganmetrics.core.float32 import ieee_float32


def test_a_callers_settings_come_back():
    """Also where the block fails."""
    if not hasattr(torch.backends.mkldnn, "matmul"):
        pytest.skip("this torch has no setting for products on a CPU")
    matmul = torch.backends.mkldnn.matmul
    before, matmul.fp32_precision = matmul.fp32_precision, "bf16"
    try:
        with pytest.raises(ZeroDivisionError), ieee_float32():
            assert matmul.fp32_precision == "ieee"
            _ = 1 / 0
        assert matmul.fp32_precision == "bf16"
    finally:
        matmul.fp32_precision = before
