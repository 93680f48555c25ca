"""A device that this machine lacks, played by the CPU: what mixes devices, or asks it for what it has not, fails."""

from contextlib import contextmanager

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

MOVES = {"_to_copy", "_local_scalar_dense", "copy_", "index", "index_put_", "_index_put_impl_"}
"""Operations that read tensors of two devices, on hardware as well."""


class Elsewhere(torch.Tensor):
    """A tensor that says it is on another device; its values lie here."""

    @staticmethod
    def __new__(cls, values, device):
        """Wrap the values; for torch's own code it lies on the meta device, which every build has."""
        return torch.Tensor._make_wrapper_subclass(
            cls, values.shape, strides=values.stride(), dtype=values.dtype, device="meta"
        )

    def __init__(self, values, device):
        self.values_here, self.said_device = values, device

    @property
    def device(self):
        """What it says."""
        return self.said_device

    def __repr__(self):
        """Say where it is."""
        return f"Elsewhere({self.values_here}, {self.device})"

    @classmethod
    def __torch_dispatch__(cls, function, types, args=(), kwargs=None):
        """Compute, outside the mode of `other_device`, where something was forgotten."""
        raise NotImplementedError(f"{function} on a tensor of another device, outside other_device")


class _NamedToTorch(TorchFunctionMode):
    """Says "meta" to torch's own code wherever the device is named."""

    def __init__(self, device):
        super().__init__()
        self.device = device

    def __torch_function__(self, function, types, args=(), kwargs=None):
        """Run one function."""

        def known(value):
            return torch.device("meta") if isinstance(value, torch.device | str) and value == self.device else value

        named = kwargs or {}
        return function(*map(known, args), **{name: known(value) for name, value in named.items()})


class _OtherDevice(TorchDispatchMode):
    """Carries out every operation on the CPU, and refuses those that the device would."""

    def __init__(self, device):
        super().__init__()
        self.device = torch.device(device)

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        """Run one operation."""
        kwargs = dict(kwargs or {})
        there, here = [], []
        for value in torch.utils._pytree.tree_leaves((args, kwargs)):
            if isinstance(value, Elsewhere):
                there.append(value)
            elif isinstance(value, torch.Tensor) and value.ndim:
                here.append(value)
        name = function.overloadpacket.__name__
        if there and here and name not in MOVES:
            raise RuntimeError(f"Expected all tensors to be on the same device, but {name} got {self.device} and cpu")
        asked = kwargs.get("device")
        result_there = bool(there) if asked is None else torch.device(asked).type == "meta"
        if name == "copy_":
            result_there = isinstance(args[0], Elsewhere)
        if asked is not None:
            kwargs["device"] = "cpu"
        kwargs.pop("pin_memory", None)
        args, kwargs = tree_map(lambda x: x.values_here if isinstance(x, Elsewhere) else x, (args, kwargs))
        result = function(*args, **kwargs)
        return tree_map(self._wrapped, result) if result_there else result

    def _wrapped(self, value):
        if not isinstance(value, torch.Tensor):
            return value
        if self.device.type == "mps" and value.dtype in (torch.float64, torch.complex128):
            raise TypeError(
                "Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support float64."
            )
        return Elsewhere(value, self.device)


@contextmanager
def other_device(device):
    """Give a function that moves a tensor to a device of the name `device`, such as ``cuda`` or ``mps``."""
    mode = _OtherDevice(device)
    with mode, _NamedToTorch(mode.device):
        yield mode._wrapped
