"""The gradient penalty (Gulrajani et al. 2017, equation 3)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from reference_models.objectives.scene import Losses, Scene


def gradient_norms(scene: Scene) -> Tensor:
    """Return the norm [n] of the critic's gradient at a random point between each real and generated image.

    The norm is over all pixels of one image, so that the penalty does not depend on the batch size. All of it is in
    float32: the gradient of a gradient in half precision is mostly rounding.
    """
    if scene.real_images is None or scene.mix is None:
        raise TypeError("a penalty needs real images and where to take it")
    share = scene.mix[:, None, None, None]
    between = torch.lerp(scene.fake_images.detach().float(), scene.real_images.float(), share).requires_grad_()
    # The sum over the batch has each image's own gradient, since no image's judgement depends on another.
    judged = scene.judge(between, scene.real_labels).logit.sum()
    (gradient,) = torch.autograd.grad(judged, between, create_graph=True)
    norms: Tensor = torch.linalg.vector_norm(gradient.flatten(1), dim=1)
    return norms


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
