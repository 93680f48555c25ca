"""Single precision as IEEE 754 has it, whatever a training loop has allowed its matrix products."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import torch

_lock = Lock()
_inside = 0
_restore: Callable[[], None] | None = None


@contextmanager
def ieee_float32() -> Iterator[None]:
    """Compute float32 convolutions and matrix products in float32, and restore the caller's settings after.

    TF32 keeps 10 of float32's 23 mantissa bits, and torch allows it for convolutions on CUDA by default; a caller may
    have allowed bfloat16 on CPUs too. The settings are those of the whole process: of several threads inside, the first
    one changes them, and the last one restores them.
    """
    global _inside, _restore  # noqa: PLW0603 - torch has the settings once a process, so this has their users once
    with _lock:
        if _inside == 0:
            _restore = _set_ieee()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0 and _restore is not None:
                _restore()


def _set_ieee() -> Callable[[], None]:
    """Change the settings, and return what restores the caller's."""
    backends = torch.backends
    if not hasattr(backends.cudnn, "conv"):
        return _set_ieee_before_torch_2_9()
    cpu: Any = backends.mkldnn  # torch puts its settings there at import, out of a type checker's sight
    operations = (backends.cuda.matmul, backends.cudnn.conv, cpu.matmul, cpu.conv)
    before = [operation.fp32_precision for operation in operations]
    for operation in operations:
        operation.fp32_precision = "ieee"

    def restore() -> None:
        for operation, precision in zip(operations, before, strict=True):
            operation.fp32_precision = precision

    return restore


def _set_ieee_before_torch_2_9() -> Callable[[], None]:
    # One switch for matrix products on all devices, another for convolutions. From 2.9 on they cannot be read once a
    # caller has used the settings that replace them.
    products, convolutions = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False

    def restore() -> None:
        torch.set_float32_matmul_precision(products)
        torch.backends.cudnn.allow_tf32 = convolutions

    return restore
