"""Tests of `ganmetrics.features.torchscript`, on archives that torch itself writes."""

import pickle
import zipfile

import pytest
import torch
from torch import nn

from ganmetrics.errors import WeightsError
from ganmetrics.features.torchscript import is_torchscript, read_torchscript

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning")


class Module(nn.Module):
    """Parameters of several types and depths, buffers, numbers and lists."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4))
        self.narrow = nn.Parameter(torch.randn(2, 3).half())
        self.register_buffer("count", torch.arange(4))
        self.register_buffer("turned", torch.randn(5, 2).mT)
        self.number, self.numbers = 3, [1, 2]

    def forward(self, x):
        return self.layers(x)


@pytest.fixture
def module():
    """The module, seeded."""
    torch.manual_seed(0)
    return Module()


@pytest.mark.parametrize("traced", [False, True])
def test_all_tensors_are_read_under_their_names(module, traced, tmp_path):
    """Those of the state dict and no others, to the last bit, strides and all."""
    written = torch.jit.trace(module, torch.randn(2, 3)) if traced else torch.jit.script(module)
    written.save(tmp_path / "module.pt")
    assert is_torchscript(tmp_path / "module.pt")
    found = read_torchscript(tmp_path / "module.pt")
    truth = module.state_dict() if not traced else written.state_dict()
    assert found.keys() == truth.keys()
    assert all(torch.equal(found[name], value) and found[name].dtype == value.dtype for name, value in truth.items())


def test_a_state_dict_is_no_archive(module, tmp_path):
    """Both are zip files; only one has a program."""
    torch.save(module.state_dict(), tmp_path / "state.pth")
    assert not is_torchscript(tmp_path / "state.pth")


class Payload:
    """Pickles into a call."""

    def __reduce__(self):
        return print, ("called",)


def test_nothing_that_the_file_names_is_called(tmp_path, capsys):
    """A pickle that would call a function is refused, naming it."""
    with zipfile.ZipFile(tmp_path / "evil.pt", "w") as archive:
        archive.writestr("evil/data.pkl", pickle.dumps(Payload()))
        archive.writestr("evil/code/__torch__.py", "")
    with pytest.raises(WeightsError, match=r"tensors and modules only; the archive names builtins\.print"):
        read_torchscript(tmp_path / "evil.pt")
    assert capsys.readouterr().out == ""


def test_a_damaged_archive_is_one_line(module, tmp_path):
    """A tensor whose bytes are missing, and a pickle that ends early."""
    torch.jit.script(module).save(tmp_path / "whole.pt")
    with zipfile.ZipFile(tmp_path / "whole.pt") as whole:
        members = {name: whole.read(name) for name in whole.namelist()}
    for lost in ("data/0", "data.pkl"):
        with zipfile.ZipFile(tmp_path / "damaged.pt", "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content[:1] if name.endswith(lost) else content)
        with pytest.raises(WeightsError, match=r"a whole TorchScript archive; .*damaged\.pt: ") as caught:
            read_torchscript(tmp_path / "damaged.pt")
        assert "\n" not in str(caught.value)
