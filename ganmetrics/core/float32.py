"""Single precision as IEEE 754 has it, whatever a training loop has allowed its matrix products."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch


@contextmanager
def ieee_float32() -> Iterator[None]:
    """Compute float32 convolutions and matrix products in float32, and restore the caller's settings after.

    TF32 keeps 10 of float32's 23 mantissa bits, and torch allows it for convolutions on CUDA by default; a caller may
    have allowed bfloat16 on CPUs too.
    """
    backends = torch.backends
    if not hasattr(backends.cudnn, "conv"):
        with _ieee_float32_before_torch_2_9():
            yield
        return
    cpu: Any = backends.mkldnn  # torch puts its settings there at import, out of a type checker's sight
    operations = (backends.cuda.matmul, backends.cudnn.conv, cpu.matmul, cpu.conv)
    before = [operation.fp32_precision for operation in operations]
    try:
        for operation in operations:
            operation.fp32_precision = "ieee"
        yield
    finally:
        for operation, precision in zip(operations, before, strict=True):
            operation.fp32_precision = precision


@contextmanager
def _ieee_float32_before_torch_2_9() -> Iterator[None]:
    # One switch for matrix products on all devices, another for convolutions. From 2.9 on they cannot be read once a
    # caller has used the settings that replace them.
    products, convolutions = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    try:
        torch.set_float32_matmul_precision("highest")
        torch.backends.cudnn.allow_tf32 = False
        yield
    finally:
        torch.set_float32_matmul_precision(products)
        torch.backends.cudnn.allow_tf32 = convolutions
