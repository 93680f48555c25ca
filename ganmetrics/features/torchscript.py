"""Tensors out of a TorchScript archive, whose program is neither compiled nor run.

OpenAI publishes CLIP as such archives. An archive is a zip file: a pickle of the modules' attributes, and one member
for each tensor's bytes. The pickle is read by an unpickler that makes plain holders of the modules and calls nothing
that the file names.
"""

import pickle
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ganmetrics._zips import names_in_zip
from ganmetrics.errors import WeightsError
from ganmetrics.features.state_dict import State

_STORAGES = {
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "BoolStorage": torch.bool,
    "ByteStorage": torch.uint8,
}


class _Storage(NamedTuple):
    member: str
    dtype: torch.dtype


class _Module:
    """Stands for a module: its attributes are what the pickle says."""


def is_torchscript(path: Path) -> bool:
    """Tell whether a file is a TorchScript archive: a zip file with a program inside.

    >>> is_torchscript(Path("nowhere"))
    False
    """
    return any(_parts(name)[1:2] == ["code"] for name in names_in_zip(path))


def read_torchscript(path: Path) -> State:
    """Return the tensors of a TorchScript archive under the names that its state dict would have.

    Raises:
        WeightsError: the archive is damaged, or holds what no module of weights does.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            (pickled,) = (name for name in archive.namelist() if _parts(name)[1:] == ["data.pkl"])
            with archive.open(pickled) as file:
                root = _Reader(file, archive, _parts(pickled)[0]).load()
    except WeightsError:
        raise
    except Exception as error:  # a damaged pickle or zip file fails in any of many ways
        reason = (str(error).splitlines() or [""])[0] or type(error).__name__
        raise WeightsError(f"weights must be a whole TorchScript archive; {path}: {reason}") from None
    return _tensors(root, "")


def _parts(name: str) -> list[str]:
    return name.split("/")


def _tensors(module: object, prefix: str) -> State:
    found: State = {}
    for name, value in vars(module).items():
        if isinstance(value, Tensor):
            found[f"{prefix}{name}"] = value
        elif isinstance(value, _Module):
            found |= _tensors(value, f"{prefix}{name}.")
    return found


class _Reader(pickle.Unpickler):
    """Makes holders of modules and tensors of storages; every other name in the file is refused."""

    def __init__(self, file: Any, archive: zipfile.ZipFile, root: str) -> None:  # noqa: ANN401
        super().__init__(file)
        self._archive = archive
        self._root = root

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401
        if module.startswith("__torch__"):
            return _Module
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return self._rebuilt
        if module == "torch.jit._pickle" and name.startswith("build_"):
            return list
        if (module, name) == ("collections", "OrderedDict"):
            return dict
        raise WeightsError(f"weights must be tensors and modules only; the archive names {module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:  # noqa: ANN401
        _, dtype, key, _, _ = pid
        return _Storage(f"{self._root}/data/{key}", dtype)

    def _rebuilt(
        self, storage: _Storage, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: object
    ) -> Tensor:
        values = torch.frombuffer(bytearray(self._archive.read(storage.member)), dtype=storage.dtype)
        return values.as_strided(tuple(shape), tuple(stride), offset)
