"""The auxiliary classifier (Odena et al. 2017, equations 2 and 3)."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import cross_entropy

from reference_models.networks.discriminator import Verdict
from reference_models.objectives.scene import Losses, Scene


@dataclass(frozen=True)
class AuxiliaryClassifier:
    """-log P(C = y | x): the discriminator learns to tell the class, the generator to have it told.

    The cross entropy takes class scores as they are; a softmax before it, a common slip, is a second one.

    Attributes:
        weight_d: in the discriminator's loss.
        weight_g: in the generator's loss.
        on_fake: the discriminator learns from generated images too, as first published; without them the classifier
            is not taught by a generator that it cannot yet trust.
    """

    weight_d: float = 1.0
    weight_g: float = 1.0
    on_fake: bool = True

    def discriminator(self, scene: Scene) -> Losses:
        """Return the classification losses on real and, where wanted, on generated images."""
        losses = {"auxiliary_real": self.weight_d * _loss(scene.real, scene.real_labels)}
        if self.on_fake:
            losses["auxiliary_fake"] = self.weight_d * _loss(scene.fake, scene.fake_labels)
        return losses

    def generator(self, scene: Scene) -> Losses:
        """Return the classification loss on generated images."""
        return {"G_auxiliary": self.weight_g * _loss(scene.fake, scene.fake_labels)} if self.weight_g else {}


def accuracy(verdict: Verdict, labels: Tensor) -> Tensor:
    """Return the share of images whose class the auxiliary classifier tells."""
    if verdict.classes is None:
        raise TypeError("this discriminator has no auxiliary classifier")
    return (verdict.classes.argmax(dim=1) == labels).float().mean()


def _loss(verdict: Verdict | None, labels: Tensor | None) -> Tensor:
    if verdict is None or verdict.classes is None or labels is None:
        raise TypeError("an auxiliary classifier needs class scores and labels")
    return cross_entropy(verdict.classes, labels)
