"""Tests of `ganmetrics.integrations.ignite` with the installed ignite."""

import pytest
import torch
from torch import nn

from ganmetrics import Evaluator
from ganmetrics.integrations.loggers import CsvLog
from ganmetrics.testing import ChannelMeans, random_images

engines = pytest.importorskip("ignite.engine")

from ganmetrics.integrations.ignite import ScoreHandler  # noqa: E402


@pytest.mark.slow
def test_it_scores_at_the_engines_events(tmp_path):
    """Before the first epoch and every second one, in evaluation mode; numbers are in the engine's state."""
    generator = nn.Sequential(nn.Linear(4, 48), nn.BatchNorm1d(48), nn.Tanh(), nn.Unflatten(1, (3, 4, 4)))
    optimizer, modes, seen = torch.optim.SGD(generator.parameters(), lr=0.5), [], []

    def step(*_):
        optimizer.zero_grad()
        generator(torch.randn(8, 4)).square().mean().backward()
        optimizer.step()

    def generate(count, rng):
        modes.append(generator.training)
        return generator(torch.randn(count, 4, generator=rng))

    evaluator = Evaluator(random_images(40), extractor=ChannelMeans(), workers=0, device="cpu")
    handler = ScoreHandler(evaluator, generator, generate, count=20, logs=[CsvLog(tmp_path / "scores.csv")])
    engine = engines.Engine(step)
    handler.attach(engine, every=2)
    engine.add_event_handler(
        engines.Events.EPOCH_COMPLETED, lambda: seen.append(engine.state.metrics["fd_channel-means"])
    )
    engine.run([0, 1, 2], max_epochs=4)
    assert modes == [False] * 3
    assert generator.training
    assert seen[0] != seen[1] == seen[2] != seen[3]
    steps = [line.split(",")[0] for line in (tmp_path / "scores.csv").read_text(encoding="utf-8").splitlines()[1:]]
    assert steps == ["0", "6", "12"]
    assert {"fd_channel-means_corrected", "fd_channel-means_low"} <= set(engine.state.metrics)
