"""The games: what each network wants the discriminator's logits to be.

Losses take logits, never probabilities: a sigmoid followed by a logarithm loses its gradient where it is needed most.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import relu, softplus

from reference_models.objectives.scene import Losses, Scene

Real = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Game:
    """Three functions of logits [n], each giving a loss per image.

    Attributes:
        real: the discriminator's loss on real images.
        fake: the discriminator's loss on generated images.
        generator: the generator's loss.
    """

    real: Real
    fake: Real
    generator: Real


def _cross_entropy_of_real(logit: Tensor) -> Tensor:
    return softplus(-logit)  # -log sigmoid(logit)


def _cross_entropy_of_fake(logit: Tensor) -> Tensor:
    return softplus(logit)  # -log(1 - sigmoid(logit))


def _saturating(logit: Tensor) -> Tensor:
    return -softplus(logit)  # log(1 - sigmoid(logit)): flat where the discriminator is sure of a fake


GAMES = {
    "nonsaturating": Game(_cross_entropy_of_real, _cross_entropy_of_fake, _cross_entropy_of_real),
    "saturating": Game(_cross_entropy_of_real, _cross_entropy_of_fake, _saturating),
    "hinge": Game(lambda logit: relu(1 - logit), lambda logit: relu(1 + logit), lambda logit: -logit),
    "wasserstein": Game(lambda logit: -logit, lambda logit: logit, lambda logit: -logit),
}
"""By name. Goodfellow et al. 2014 (algorithm 1, and the remark on its gradient in section 3); Lim and Ye 2017; Arjovsky
et al. 2017 (algorithm 1)."""


@dataclass(frozen=True)
class Adversarial:
    """The game of the two networks.

    Attributes:
        game: one of `GAMES`.
        weight: in the generator's loss.
    """

    game: str = "nonsaturating"
    weight: float = 1.0

    def discriminator(self, scene: Scene) -> Losses:
        """Return the losses on real and on generated images."""
        if scene.real is None:
            raise TypeError("a discriminator step has real images")
        game = GAMES[self.game]
        return {"D_real": game.real(scene.real.logit).mean(), "D_fake": game.fake(scene.fake.logit).mean()}

    def generator(self, scene: Scene) -> Losses:
        """Return the loss on generated images."""
        if not self.weight:
            return {}
        return {"G_adversarial": self.weight * GAMES[self.game].generator(scene.fake.logit).mean()}
