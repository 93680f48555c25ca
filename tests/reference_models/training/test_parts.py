"""Schedules, averages and processes."""

import math
import warnings

import pytest
import torch
from torch import nn

from reference_models.cli import main
from reference_models.config import OptimizerConfig
from reference_models.schedule import learning_rate
from reference_models.training.checkpoint import LAST, read_checkpoint
from reference_models.training.ema import update_average
from reference_models.training.ranks import TrainingRanks, total_norm
from tests.forked import Forked, ranks, run_main


@pytest.mark.parametrize(
    ("t", "rate"), [(0, 0.002), (0.25, 0.001709), (0.5, 0.001005), (0.75, 0.000301), (1, 1e-5), (3, 1e-5)]
)
def test_the_cosine(t, rate):
    """A19: from 2e-3 to 1e-5 along half a period, and at the end value from then on."""
    config = OptimizerConfig(lr=2e-3, schedule="cosine", lr_end=1e-5)
    assert learning_rate(config, t) == pytest.approx(rate, abs=5e-7)


def test_linear_and_constant():
    """The other two courses."""
    linear = OptimizerConfig(lr=4.0, schedule="linear", lr_end=2.0)
    assert [learning_rate(linear, t) for t in (0, 0.5, 1, 2)] == [4, 3, 2, 2]
    assert learning_rate(OptimizerConfig(lr=4.0), 0.7) == 4


def test_the_average_takes_buffers_along():
    """Weights move by 1 - decay towards the network's; running statistics are copied."""
    average, network = nn.BatchNorm2d(2), nn.BatchNorm2d(2)
    with torch.no_grad():
        network.weight.fill_(3.0)
    network(torch.randn(8, 2, 4, 4) + 5)
    update_average(average, network, decay=0.75)
    torch.testing.assert_close(average.weight, torch.full((2,), 1.5))
    assert torch.equal(average.running_mean, network.running_mean)
    assert average.running_mean.abs().min() > 0.1


def test_the_average_begins_where_the_weights_are(trainer):
    """Before ema_start the average is the generator itself; after it, it lags."""
    ours = trainer("dcgan", ema_decay=0.9, ema_start=2)
    for expected in (True, True, False):
        ours.step()
        pairs = zip(ours.average.parameters(), ours.generator.parameters(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs) == expected
    assert ours.sampled is ours.average


def test_one_process_averages_with_itself():
    """A run of one process changes no gradient, and agrees with itself."""
    layer = nn.Linear(2, 1)
    layer.weight.grad = torch.tensor([[3.0, 4.0]])
    TrainingRanks().average_gradients(layer)
    assert layer.weight.grad.tolist() == [[3.0, 4.0]]
    assert total_norm(layer.parameters()).item() == 5
    assert TrainingRanks().agree(stop=True)
    assert not TrainingRanks().agree(stop=False)


def quiet():
    """Warn of nothing, as a program of its own."""
    warnings.simplefilter("ignore")


@pytest.mark.slow
def test_two_processes_are_one_run(tmp_path):
    """With gloo and what torchrun gives them each has its share of the data, and the run can be resumed."""
    keys = ["net.size=8", "net.width=4", "net.norm_d=layer", "data.count=64", "batch=8", "eval.epochs=none"]
    options = [part for key in keys for part in ("--set", key)]
    for arguments in (
        ["train", "dcgan", "--epochs", "1", "--out", str(tmp_path / "run"), *options],
        ["train", "--resume", str(tmp_path / "run"), "--more-epochs", "1"],
    ):
        started = [
            Forked(run_main, main, *arguments, output=tmp_path / own["RANK"], prepare=quiet, **own) for own in ranks(2)
        ]
        for process in started:
            assert process.wait(240) == 0, process.err
    stored = read_checkpoint(tmp_path / "run" / LAST)
    assert stored.trainer["steps"] == 8
    first, second = stored.trainer["rng"]
    assert not torch.equal(first, second)
    assert math.isfinite(stored.trainer["generator"]["out.weight"].sum().item())
