"""Gradient penalty, feature matching, auxiliary classifier, and their sum."""

import pytest
import torch
from torch import nn

from reference_models.config import NetConfig, ObjectiveConfig
from reference_models.networks.build import build_discriminator
from reference_models.networks.discriminator import Verdict
from reference_models.objectives.auxiliary import AuxiliaryClassifier, accuracy
from reference_models.objectives.compose import build_objective
from reference_models.objectives.matching import FeatureMatching, feature_distance
from reference_models.objectives.penalty import GradientPenalty, gradient_norms
from reference_models.objectives.scene import Scene


class Slope(nn.Module):
    """A critic whose gradient has one known norm everywhere."""

    def __init__(self, norm: float) -> None:
        super().__init__()
        direction = torch.randn(3 * 8 * 8, generator=torch.Generator().manual_seed(0))
        self.weight = nn.Parameter(direction / direction.norm() * norm)

    def forward(self, images, labels=None):
        return Verdict(images.flatten(1) @ self.weight, None, images.flatten(1))


def pairs(count, critic):
    rng = torch.Generator().manual_seed(3)
    real, fake = (torch.rand(count, 3, 8, 8, generator=rng) * 2 - 1 for _ in range(2))
    return Scene(critic, critic(fake), fake, None, critic(real), real, None, torch.rand(count, generator=rng))


@pytest.mark.parametrize("count", [1, 4, 64])
@pytest.mark.parametrize("norm", [0.0, 0.5, 1.0, 3.0])
def test_the_penalty_of_a_known_slope(count, norm):
    """A14: lambda (norm - 1)², whatever the batch size."""
    critic = Slope(norm)
    loss = GradientPenalty(10.0).discriminator(pairs(count, critic))["penalty"]
    assert loss.item() == pytest.approx(10 * (norm - 1) ** 2, abs=1e-4)


def test_the_penalty_reaches_the_critic_s_weights():
    """A14: its gradient is finite and pulls the slope towards one, from both sides."""
    for norm, direction in ((0.5, 1), (2.0, -1)):
        critic = Slope(norm)
        GradientPenalty(10.0).discriminator(pairs(4, critic))["penalty"].backward()
        moved = -(critic.weight.grad @ critic.weight.detach()).item()
        assert moved * direction > 0.1


def test_norms_are_of_each_image():
    """A network's slope at one image does not depend on which others are in its batch."""
    network = build_discriminator(NetConfig(size=8, width=4, norm_d="layer"))
    whole = pairs(5, network)
    one = Scene(network, whole.fake, whole.fake_images[2:3], None, None, whole.real_images[2:3], None, whole.mix[2:3])
    torch.testing.assert_close(gradient_norms(whole)[2:3], gradient_norms(one), rtol=1e-4, atol=1e-6)


def test_the_penalty_is_taken_between_the_pair():
    """At share 1 it is at the real image, at share 0 at the generated one."""
    seen = []

    def judge(images, _labels):
        seen.append(images.detach().clone())
        return Verdict(images.flatten(1).square().sum(dim=1), None, images.flatten(1))

    real, fake = torch.ones(2, 3, 4, 4), -torch.ones(2, 3, 4, 4)
    empty = Verdict(torch.zeros(2), None, torch.zeros(2, 1))
    gradient_norms(Scene(judge, empty, fake, None, empty, real, None, torch.tensor([1.0, 0.25])))
    assert torch.equal(seen[0][0], real[0])
    torch.testing.assert_close(seen[0][1], torch.full((3, 4, 4), -0.5))


def test_feature_matching_compares_means():
    """A8: zero when the generated batch is the real one in another order, where a distance of pairs is not."""
    real = torch.randn(32, 7, generator=torch.Generator().manual_seed(0))
    fake = real[torch.randperm(32, generator=torch.Generator().manual_seed(1))]
    assert feature_distance(real, fake).item() == pytest.approx(0, abs=1e-12)
    assert (real - fake).square().mean() > 0.5
    shifted = feature_distance(real, real + 2).item()
    assert shifted == pytest.approx(4, rel=1e-4)
    assert feature_distance(real, real + 2, norm="l1").item() == pytest.approx(2, rel=1e-4)


def test_real_features_have_no_gradient():
    """A8: only the generated side is moved."""
    real, fake = torch.randn(4, 3, requires_grad=True), torch.randn(4, 3, requires_grad=True)
    scene = Scene(None, Verdict(None, None, fake), fake, None, Verdict(None, None, real))
    FeatureMatching(2.0).generator(scene)["G_matching"].backward()
    assert real.grad is None
    torch.testing.assert_close(fake.grad.sum(0), 2 * 2 * (fake.detach().mean(0) - real.detach().mean(0)) / 3)


def scored(classes, labels):
    return Verdict(torch.zeros(len(labels)), classes, torch.zeros(len(labels), 1))


def test_the_auxiliary_classifier_takes_scores_as_they_are():
    """A11: -log softmax at the label; a second softmax would keep the loss of a sure answer above 1.4 of 10 classes."""
    labels = torch.tensor([3, 7])
    sure = torch.full((2, 10), -20.0)
    sure[torch.arange(2), labels] = 20.0
    scene = Scene(None, scored(sure, labels), sure, labels, scored(sure.flip(0), labels), sure, labels)
    losses = AuxiliaryClassifier(1.0, 0.5).discriminator(scene)
    assert losses["auxiliary_fake"].item() == pytest.approx(0, abs=1e-6)
    assert losses["auxiliary_real"].item() == pytest.approx(40, rel=1e-4)
    assert AuxiliaryClassifier(1.0, 0.5).generator(scene)["G_auxiliary"].item() == pytest.approx(0, abs=1e-6)
    assert accuracy(scene.fake, labels) == 1
    assert accuracy(scene.real, labels) == 0


def test_learning_from_generated_images_is_a_choice():
    """A11 and A15: both sides as Odena has it, or the real one alone as the hybrid was first published."""
    labels, classes = torch.tensor([0, 1]), torch.randn(2, 2)
    scene = Scene(None, scored(classes, labels), classes, labels, scored(classes, labels), classes, labels)
    assert set(AuxiliaryClassifier(on_fake=True).discriminator(scene)) == {"auxiliary_real", "auxiliary_fake"}
    assert set(AuxiliaryClassifier(on_fake=False).discriminator(scene)) == {"auxiliary_real"}


def test_terms_add_up():
    """A15: the composed objective has every term's contributions, weighted."""
    config = ObjectiveConfig("wasserstein", penalty=10.0, auxiliary_d=1.0, auxiliary_g=0.1, auxiliary_on_fake=False)
    objective = build_objective(config)
    labels = torch.tensor([0, 1, 1, 0])
    critic = Slope(2.0)
    base = pairs(4, critic)
    classes = torch.randn(4, 2, generator=torch.Generator().manual_seed(5))
    scene = Scene(
        critic,
        Verdict(base.fake.logit, classes, base.fake.features),
        base.fake_images,
        labels,
        Verdict(base.real.logit, classes, base.real.features),
        base.real_images,
        labels,
        base.mix,
    )
    assert set(objective.discriminator(scene)) == {"D_real", "D_fake", "auxiliary_real", "penalty"}
    generator = objective.generator(scene)
    assert set(generator) == {"G_adversarial", "G_auxiliary"}
    expected = 0.1 * nn.functional.cross_entropy(classes, labels)
    torch.testing.assert_close(generator["G_auxiliary"], expected)
    assert objective.takes_penalty
    assert not objective.generator_needs_real
