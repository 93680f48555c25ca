"""The relativistic game and the penalties towards a flat discriminator, by closed forms."""

import pytest
import torch

from reference_models.config import NetConfig, ObjectiveConfig
from reference_models.errors import ConfigError
from reference_models.networks.build import build_discriminator
from reference_models.networks.discriminator import Verdict
from reference_models.objectives.compose import build_objective
from reference_models.objectives.penalty import ZeroCentredPenalty, slopes
from reference_models.objectives.relativistic import Relativistic
from reference_models.objectives.scene import Scene
from reference_models.presets import build_config
from tests.reference_models.objectives.test_terms import Slope, pairs

REAL, FAKE = torch.tensor([2.0, -1.0, 0.5]), torch.tensor([-3.0, 1.0, 0.0])


def scene(real, fake, progress=0.0):
    images = torch.zeros(len(fake), 1)
    return Scene(
        None, Verdict(fake, None, images), images, None, Verdict(real, None, images), images, progress=progress
    )


def test_both_losses_are_of_the_margin():
    """-log sigmoid(D(x) - D(G(z))) and its mirror; their sum is |margin| where one side is sure."""
    term = Relativistic()
    loss_d, loss_g = term.discriminator(scene(REAL, FAKE))["D_pair"], term.generator(scene(REAL, FAKE))["G_adversarial"]
    torch.testing.assert_close(loss_d, -torch.log(torch.sigmoid(REAL - FAKE)).mean())
    torch.testing.assert_close(loss_g, -torch.log(torch.sigmoid(FAKE - REAL)).mean())
    assert not torch.isclose(loss_d, loss_g)


def test_only_the_margin_counts():
    """Any constant added to both logits changes nothing, as it does in the games of single logits."""
    moved = Relativistic().discriminator(scene(REAL + 7, FAKE + 7))["D_pair"]
    torch.testing.assert_close(moved, Relativistic().discriminator(scene(REAL, FAKE))["D_pair"])


def test_the_generator_step_has_real_images():
    """Pairs need them; the objective says so, and a step without them is refused."""
    assert build_objective(ObjectiveConfig(adversarial="relativistic")).generator_needs_real
    assert not build_objective(ObjectiveConfig()).generator_needs_real
    images = torch.zeros(3, 1)
    with pytest.raises(TypeError, match="pairs need a real image"):
        Relativistic().generator(Scene(None, Verdict(FAKE, None, images), images, None))


@pytest.mark.parametrize("norm", [0.0, 0.5, 3.0])
def test_the_penalty_of_a_known_slope(norm):
    """Gamma / 2 times the squared norm, at real and at generated images, and a share of it at the end."""
    critic = Slope(norm)
    losses = ZeroCentredPenalty(2.0, 4.0).discriminator(pairs(5, critic))
    assert losses["R1"].item() == pytest.approx(norm**2, rel=1e-4, abs=1e-9)
    assert losses["R2"].item() == pytest.approx(2 * norm**2, rel=1e-4, abs=1e-9)
    assert set(ZeroCentredPenalty(real=1.0).discriminator(pairs(5, critic))) == {"R1"}
    late = vars(pairs(5, critic)) | {"progress": 1.0}
    assert ZeroCentredPenalty(2.0, end=0.1).discriminator(Scene(**late))["R1"].item() == pytest.approx(
        0.1 * norm**2, rel=1e-4, abs=1e-9
    )


def test_slopes_are_by_finite_differences():
    """The gradient of a whole network's logit, against a small step in a random direction, in float64."""
    network = build_discriminator(NetConfig(backbone="r3", norm_d="none", size=8, width=8)).double()
    for residual in network.stages:
        torch.nn.init.normal_(residual.narrow.weight, 0, 0.1)
    rng = torch.Generator().manual_seed(0)
    images, way = (torch.randn(2, 3, 8, 8, generator=rng).double() for _ in range(2))

    def judge(seen, _labels):
        last = network.maps(seen.double())[-1]
        return Verdict(network.logit((last * network.basis).sum(dim=(2, 3))).flatten(), None, last)

    found = (slopes(judge, images, None).double() * way.flatten(1)).sum(dim=1)
    step = 1e-7  # short enough that no unit changes its slope within it
    with torch.no_grad():
        expected = (judge(images + step * way, None).logit - judge(images - step * way, None).logit) / (2 * step)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)


def test_what_does_not_go_together():
    """One way to a bounded slope at a time; none with batch normalisation; pairs of as many images."""
    for changes, words in (
        ({"objective.r1": 1.0}, "batch normalisation mixes them"),
        ({"objective.r1": 1.0, "objective.penalty": 1.0, "net.norm_d": "none"}, "ways to one end"),
        ({"objective.r2": 1.0, "objective.clip": 1.0, "net.norm_d": "none"}, "ways to one end"),
        ({"objective.r2": -1.0}, "objective.r2 must be at least 0"),
        ({"opt_g.beta2_end": 1.5}, "beta2_end goes with Adam"),
        ({"augment": "mirror"}, "augment must be one of none, diffaugment"),
    ):
        with pytest.raises(ConfigError, match=words):
            build_config("dcgan", changes)
    pairs_of_more = {"g_batch_factor": 2, "reuse_fake": False}
    with pytest.raises(ConfigError, match="pairs images"):
        build_config("r3gan", pairs_of_more)
    with pytest.raises(ConfigError, match="a multiple of 8"):
        build_config("r3gan", {"net.width": 12})
