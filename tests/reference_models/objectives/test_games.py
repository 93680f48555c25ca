"""Adversarial losses."""

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from reference_models.networks.discriminator import Verdict
from reference_models.objectives.adversarial import GAMES, Adversarial
from reference_models.objectives.scene import Scene

REAL, FAKE = torch.tensor([2.0, -1.0, 0.5]), torch.tensor([-3.0, 1.0, 0.0])


def scene(real=REAL, fake=FAKE):
    empty = torch.zeros(len(fake), 1)
    return Scene(None, Verdict(fake, None, empty), empty, None, Verdict(real, None, empty), empty)


def test_the_default_is_binary_cross_entropy():
    """A6: real against 1, generated against 0, and for the generator generated against 1."""
    losses = Adversarial("nonsaturating").discriminator(scene())
    torch.testing.assert_close(losses["D_real"], binary_cross_entropy_with_logits(REAL, torch.ones(3)))
    torch.testing.assert_close(losses["D_fake"], binary_cross_entropy_with_logits(FAKE, torch.zeros(3)))
    generator = Adversarial("nonsaturating").generator(scene())["G_adversarial"]
    torch.testing.assert_close(generator, binary_cross_entropy_with_logits(FAKE, torch.ones(3)))


def test_saturating_is_the_game_as_first_stated():
    """A7: the generator minimises log(1 - D(G(z))), the discriminator's loss on fakes with its sign changed."""
    term = Adversarial("saturating")
    torch.testing.assert_close(term.generator(scene())["G_adversarial"], torch.log(1 - FAKE.sigmoid()).mean())


@pytest.mark.parametrize(("game", "low", "high"), [("saturating", -1e-8, 0.0), ("nonsaturating", -1.0, -1 + 1e-8)])
def test_where_the_discriminator_is_sure(game, low, high):
    """A7: at a logit of -20 the saturating game's gradient is gone, the other's is -1."""
    logit = torch.tensor([-20.0], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(GAMES[game].generator(logit).sum(), logit)
    assert low <= slope.item() <= high
    assert slope.item() != 0


def test_extreme_logits_stay_finite():
    """Losses of logits do not overflow where a sigmoid and a logarithm would."""
    logit = torch.tensor([-1e4, 1e4])
    for game in GAMES.values():
        assert all(loss(logit).isfinite().all() for loss in (game.real, game.fake, game.generator))


def test_hinge_and_wasserstein():
    """Hinge stops at the margin; the critic's losses are plain means and may be negative."""
    hinge = Adversarial("hinge").discriminator(scene())
    assert hinge["D_real"].item() == pytest.approx((0 + 2 + 0.5) / 3)
    assert hinge["D_fake"].item() == pytest.approx((0 + 2 + 1) / 3)
    critic = Adversarial("wasserstein").discriminator(scene())
    assert critic["D_real"].item() == pytest.approx(-0.5)
    assert critic["D_fake"].item() == pytest.approx(-2 / 3)
    assert Adversarial("wasserstein").generator(scene())["G_adversarial"].item() == pytest.approx(2 / 3)


@pytest.mark.parametrize("game", GAMES)
def test_signs(game):
    """Each network's loss falls as it wins: real up and fake down for one, fake up for the other."""
    logit = torch.zeros(1, requires_grad=True)
    slopes = [torch.autograd.grad(loss(logit).sum(), logit)[0].item() for loss in vars(GAMES[game]).values()]
    assert slopes[0] < 0 < slopes[1]
    assert slopes[2] < 0


def test_a_weight_of_zero_leaves_the_generator_without_the_game():
    """Pure feature matching has no adversarial term for the generator, and one for the discriminator."""
    term = Adversarial(weight=0.0)
    assert term.generator(scene()) == {}
    assert set(term.discriminator(scene())) == {"D_real", "D_fake"}
