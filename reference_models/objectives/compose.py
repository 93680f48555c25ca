"""The terms of one run, added up."""

from dataclasses import dataclass

from torch import nn

from reference_models.config import ObjectiveConfig
from reference_models.networks.discriminator import clip_weights
from reference_models.objectives.adversarial import Adversarial
from reference_models.objectives.auxiliary import AuxiliaryClassifier
from reference_models.objectives.matching import FeatureMatching
from reference_models.objectives.penalty import GradientPenalty, ZeroCentredPenalty
from reference_models.objectives.relativistic import Relativistic
from reference_models.objectives.scene import Losses, Scene, Term


@dataclass(frozen=True)
class Objective:
    """What both networks are trained for.

    Attributes:
        terms: whose contributions add up.
        clip: bound of the critic's weights after each of its steps; 0 for none.
        takes_penalty: a discriminator step needs `Scene.mix`.
        generator_needs_real: a generator step needs real images.
    """

    terms: tuple[Term, ...]
    clip: float
    takes_penalty: bool
    generator_needs_real: bool

    def discriminator(self, scene: Scene) -> Losses:
        """Return the contributions to the discriminator's loss."""
        return {name: loss for term in self.terms for name, loss in term.discriminator(scene).items()}

    def generator(self, scene: Scene) -> Losses:
        """Return the contributions to the generator's loss."""
        return {name: loss for term in self.terms for name, loss in term.generator(scene).items()}

    def after_discriminator_step(self, network: nn.Module) -> None:
        """Do what the weights need once the optimiser has moved them; clipping before would leave them outside."""
        if self.clip:
            clip_weights(network, self.clip)


def build_objective(config: ObjectiveConfig) -> Objective:
    """Return the objective of a configuration."""
    pairs = config.adversarial == "relativistic"
    weight = config.adversarial_weight
    terms: list[Term] = [Relativistic(weight) if pairs else Adversarial(config.adversarial, weight)]
    if config.auxiliary_d:
        terms.append(AuxiliaryClassifier(config.auxiliary_d, config.auxiliary_g, config.auxiliary_on_fake))
    if config.feature_matching:
        terms.append(FeatureMatching(config.feature_matching, config.feature_norm))
    if config.penalty:
        terms.append(GradientPenalty(config.penalty))
    if config.r1 or config.r2:
        terms.append(ZeroCentredPenalty(config.r1, config.r2, config.gamma_end))
    return Objective(tuple(terms), config.clip, bool(config.penalty), pairs or bool(config.feature_matching))
