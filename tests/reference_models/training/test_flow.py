"""A flow: what it learns, how it is followed, and that it goes through the same runs as the others."""

import pytest
import torch

from reference_models.config import NetConfig
from reference_models.errors import ConfigError
from reference_models.export.sample import write_best, write_samples
from reference_models.networks.flow import SOLVER_STEPS, FlowGenerator
from reference_models.presets import build_config
from reference_models.training.checkpoint import LAST, read_checkpoint
from tests.reference_models.training.test_resume import equal, learnt

NET = NetConfig(backbone="flow", norm_d="none", size=8, width=8, latent_dim=192)


@pytest.mark.parametrize(
    ("velocity", "end"), [(lambda x, _t: 0.5 * x, 0.5), (lambda x, t: x * t[:, None, None, None], 0.5)]
)
def test_the_solver_is_of_second_order(monkeypatch, velocity, end):
    """dx/dt = x/2 and dx/dt = t x both end at x e^(1/2); Heun's error at ten steps is below 1e-3 of it."""
    network = FlowGenerator(NET)
    monkeypatch.setattr(network, "velocity", velocity)
    latent = torch.full((2, 192), 0.3)
    found, expected = network(latent), 0.3 * torch.tensor(end).exp()
    assert SOLVER_STEPS == 10
    assert (found / expected - 1).abs().max() < 1e-3
    assert (found / expected - 1).abs().max() > 1e-6, "an exact answer would be another solver"


def test_images_are_bounded():
    """What the flow carries beyond the range is cut, as scoring needs."""
    assert FlowGenerator(NET)(5 * torch.randn(4, 192)).abs().max() <= 1


def test_the_loss_of_knowing_nothing(trainer):
    """A network that says zero has the loss E (x - z)², by hand from the same numbers."""
    flow = trainer("flow")
    torch.nn.init.zeros_(flow.generator.out[-1].weight)
    torch.nn.init.zeros_(flow.generator.out[-1].bias)
    copy = trainer("flow")
    real, _ = copy._real()
    noise = copy.draws.latent(len(real)).view_as(real)
    expected = (real - noise).square().mean()
    torch.testing.assert_close(flow.step().losses["G_flow"], expected)


@pytest.mark.slow
def test_ten_steps_are_five_and_five(trainer):
    """The state is the whole of it."""
    straight, first, second = (trainer("flow", ema_decay=0.9) for _ in range(3))
    for _ in range(10):
        straight.step()
    for _ in range(5):
        first.step()
    second.load_state(first.state())
    for _ in range(5):
        second.step()
    assert equal(learnt(straight), learnt(second))


@pytest.mark.slow
def test_a_run(run, tmp_path):
    """Trained, scored, stored and sampled as the others; a discriminator is not there to be asked."""
    outcome = run("flow", epochs=1, **{"eval.epochs": (0, 1), "eval.count": 20})
    assert outcome.epochs == 1
    assert read_checkpoint(tmp_path / "run" / LAST).trainer["discriminator"] == {}
    write_samples(tmp_path / "run", tmp_path / "a.npz", count=5)
    with pytest.raises(ConfigError, match="a flow has no discriminator to ask"):
        write_best(tmp_path / "run", tmp_path / "best.png", count=5, best=2)


def test_what_a_flow_does_not_read_is_refused():
    """A game, an augmentation, another latent."""
    for changes, words in (
        ({"objective.r1": 1.0}, "a flow plays no game"),
        ({"augment": "diffaugment"}, "a flow plays no game"),
        ({"net.latent_dim": 100}, "must be 3 x net.size² = 3072; got 100, normal"),
        ({"net.attention": (16,)}, "has no labels"),
    ):
        with pytest.raises(ConfigError, match=words):
            build_config("flow", changes)
