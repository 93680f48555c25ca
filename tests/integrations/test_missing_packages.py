"""A module whose package is not installed says so in one line, with the command that installs it."""

import importlib
import sys

import pytest

from ganmetrics.errors import InputError
from ganmetrics.integrations.loggers import TensorBoardLog, WandbLog
from ganmetrics.report import Report


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("ganmetrics.compat.torchmetrics", "torchmetrics"),
        ("ganmetrics.compat.ignite", "ignite"),
        ("ganmetrics.integrations.ignite", "ignite"),
        ("ganmetrics.integrations.lightning", "lightning"),
    ],
)
def test_an_import_tells_the_remedy(module, package, monkeypatch):
    """As it is imported, not later."""
    for known in [name for name in sys.modules if name == module or name.startswith(f"{module}.")]:
        monkeypatch.delitem(sys.modules, known)
    for known in [name for name in sys.modules if name.startswith(f"{package}.")]:
        monkeypatch.setitem(sys.modules, known, None)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match=rf'needs the package {package}, .*: pip install "ganmetrics\[{package}\]"$'):
        importlib.import_module(module)


def test_logs_tell_it_too(monkeypatch, tmp_path):
    """When they are first used."""
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(InputError, match=r'WandbLog needs the package wandb, .*"ganmetrics\[wandb\]"$'):
        WandbLog(Run()).log(Report({}), 0)
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    with pytest.raises(InputError, match=r'TensorBoardLog needs the package .*"ganmetrics\[tensorboard\]"$'):
        TensorBoardLog(tmp_path)


class Run:
    """A stand-in for a run of W&B."""

    def log(self, numbers):
        assert numbers == {"step": 0}

    def log_artifact(self, artifact):
        raise AssertionError(artifact)
