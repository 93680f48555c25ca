"""Feature matching (Salimans et al. 2016, section 3.1)."""

from dataclasses import dataclass

from torch import Tensor

from reference_models.objectives.scene import Losses, Scene


def feature_distance(real: Tensor, fake: Tensor, *, norm: str = "l2") -> Tensor:
    """Return the mean square (``l2``) or mean absolute (``l1``) difference of the mean features of two batches.

    The features are averaged over each batch first. Without that, pairs of images that have nothing to do with each
    other are compared, which is another loss: it is not zero for equal distributions.

    >>> import torch
    >>> batch = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
    >>> feature_distance(batch, batch.flip(0)).item()
    0.0
    """
    difference = fake.mean(dim=0) - real.detach().mean(dim=0)
    return difference.abs().mean() if norm == "l1" else difference.square().mean()


@dataclass(frozen=True)
class FeatureMatching:
    """The generator matches the mean of the discriminator's last features over a real batch.

    The equation of the paper is a squared norm, its usual code a mean square or mean absolute value: they differ by the
    number of features, which `weight` absorbs.

    Attributes:
        weight: in the generator's loss.
        norm: ``l2`` or ``l1``.
    """

    weight: float = 1.0
    norm: str = "l2"

    def discriminator(self, scene: Scene) -> Losses:  # noqa: ARG002 - a term's two halves have one signature
        """Return nothing: the discriminator plays its game alone."""
        return {}

    def generator(self, scene: Scene) -> Losses:
        """Return the distance of the mean features."""
        if scene.real is None:
            raise TypeError("feature matching needs real images")
        return {"G_matching": self.weight * feature_distance(scene.real.features, scene.fake.features, norm=self.norm)}
