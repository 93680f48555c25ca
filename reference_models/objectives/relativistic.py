"""The relativistic pairing game (Jolicoeur-Martineau 2019; Huang et al. 2024, "The GAN is dead", equation 2)."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus

from reference_models.objectives.scene import Losses, Scene


@dataclass(frozen=True)
class Relativistic:
    """Is the real image of each pair more real than the generated one? -log sigmoid(D(x) - D(G(z))), and its mirror.

    Whether an image passes depends on the one beside it: there is no threshold that all fakes could pass at one place,
    which is how modes are dropped in the games of single logits.

    Attributes:
        weight: in the generator's loss.
    """

    weight: float = 1.0

    def discriminator(self, scene: Scene) -> Losses:
        """Return the loss of telling which of a pair is real."""
        return {"D_pair": softplus(-_margin(scene)).mean()}

    def generator(self, scene: Scene) -> Losses:
        """Return the loss of having it told the wrong way round."""
        return {"G_adversarial": self.weight * softplus(_margin(scene)).mean()} if self.weight else {}


def _margin(scene: Scene) -> Tensor:
    if scene.real is None or scene.real.logit.shape != scene.fake.logit.shape:
        raise TypeError("pairs need a real image for each generated one")
    return scene.real.logit - scene.fake.logit
