"""Tests of `ganmetrics.integrations.accelerate` with the installed accelerate."""

import pytest
import torch
from torch import nn

from ganmetrics import Evaluator
from ganmetrics.integrations.accelerate import score_and_log
from ganmetrics.testing import ChannelMeans, random_images

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def test_trackers_get_the_series(tmp_path):
    """Through TensorBoard, from a prepared network, whose average is scored and whose modes come back."""
    accelerate = pytest.importorskip("accelerate")
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    accelerator = accelerate.Accelerator(cpu=True, log_with="tensorboard", project_dir=tmp_path)
    accelerator.init_trackers("run")
    generator = accelerator.prepare(nn.Sequential(nn.Linear(4, 48), nn.Tanh(), nn.Unflatten(1, (3, 4, 4))))
    evaluator = Evaluator(random_images(40), extractor=ChannelMeans(), workers=0, device="cpu")
    average = {
        name: torch.zeros_like(value) for name, value in accelerator.unwrap_model(generator).state_dict().items()
    }

    def generate(count, rng):
        return generator(torch.randn(count, 4, generator=rng))

    plain = score_and_log(accelerator, evaluator, generator, generate, count=20, step=1)
    grey = score_and_log(accelerator, evaluator, generator, generate, count=20, step=2, average=average)
    accelerator.end_training()
    assert generator.training
    assert float(plain["fd_channel-means"]) != float(grey["fd_channel-means"])
    events = EventAccumulator(str(tmp_path / "run")).Reload()
    assert [event.step for event in events.Scalars("fd_channel-means")] == [1, 2]
    assert "fd_channel-means_corrected" in events.Tags()["scalars"]
