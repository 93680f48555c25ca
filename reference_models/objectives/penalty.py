"""Penalties on a discriminator's slope: towards one (Gulrajani et al. 2017), towards zero (Mescheder et al. 2018)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from reference_models.objectives.scene import Judge, Losses, Scene
from reference_models.schedule import cosine


def gradient_norms(scene: Scene) -> Tensor:
    """Return the norm [n] of the critic's gradient at a random point between each real and generated image.

    The norm is over all pixels of one image, so that the penalty does not depend on the batch size. All of it is in
    float32: the gradient of a gradient in half precision is mostly rounding.
    """
    if scene.real_images is None or scene.mix is None:
        raise TypeError("a penalty needs real images and where to take it")
    share = scene.mix[:, None, None, None]
    between = torch.lerp(scene.fake_images.detach().float(), scene.real_images.float(), share)
    norms: Tensor = torch.linalg.vector_norm(slopes(scene.judge, between, scene.real_labels), dim=1)
    return norms


def slopes(judge: Judge, images: Tensor, labels: Tensor | None) -> Tensor:
    """Return the gradient [n, pixels] of each image's logit, which itself has gradients."""
    seen = images.detach().float().requires_grad_()
    # The sum over the batch has each image's own gradient, since no image's judgement depends on another.
    (gradient,) = torch.autograd.grad(judge(seen, labels).logit.sum(), seen, create_graph=True)
    flat: Tensor = gradient.flatten(1)
    return flat


@dataclass(frozen=True)
class GradientPenalty:
    """weight times the mean of (norm - 1)²: a critic whose slope is one everywhere it matters.

    Attributes:
        weight: lambda of the paper, 10 there.
    """

    weight: float = 10.0

    def discriminator(self, scene: Scene) -> Losses:
        """Return the penalty."""
        return {"penalty": self.weight * (gradient_norms(scene) - 1).square().mean()}

    def generator(self, scene: Scene) -> Losses:  # noqa: ARG002 - a term's two halves have one signature
        """Return nothing: the generator is not penalised."""
        return {}


@dataclass(frozen=True)
class ZeroCentredPenalty:
    """R1 and R2: gamma/2 times the mean of the squared slope at real images, and at generated ones.

    At the balance a discriminator has nothing left to tell, and is flat. R1 alone makes the non-saturating game
    converge there (Mescheder et al. 2018, section 4.1); the relativistic one needs both (Huang et al. 2024, section 2).

    Attributes:
        real: gamma of R1; 0 for none.
        fake: gamma of R2; 0 for none.
        end: share of both that is left at the end of the scheduled epochs, reached along a cosine.
    """

    real: float = 0.0
    fake: float = 0.0
    end: float = 1.0

    def discriminator(self, scene: Scene) -> Losses:
        """Return the penalties."""
        if scene.real_images is None:
            raise TypeError("a penalty needs real images")
        share = cosine(1.0, self.end, scene.progress) / 2
        losses = {}
        for name, gamma, images, labels in (
            ("R1", self.real, scene.real_images, scene.real_labels),
            ("R2", self.fake, scene.fake_images, scene.fake_labels),
        ):
            if gamma:
                squares = slopes(scene.judge, images, labels).square().sum(dim=1)
                losses[name] = gamma * share * squares.mean()
        return losses

    def generator(self, scene: Scene) -> Losses:  # noqa: ARG002 - a term's two halves have one signature
        """Return nothing: the generator is not penalised."""
        return {}
