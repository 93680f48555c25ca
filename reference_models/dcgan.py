"""One GAN from beginning to end, in plain PyTorch: read this file first (docs/reference-models.md, "A guided tour").

Everything else in this package is what a reader then asks for: other losses, labels, several processes, records,
checkpoints that go on to the bit. A test holds `step` equal to the step of `Trainer`: this is the real thing, no toy.
(The order of images and the latents are drawn in another way there, so whole runs agree in kind, not in numbers.)
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn, optim
from torch.nn.functional import softplus

from ganmetrics import Extractor, FrechetInceptionDistance, Reference, Score
from reference_models.config import NetConfig
from reference_models.data.batches import to_floats
from reference_models.errors import DataError
from reference_models.networks.build import build_discriminator, build_generator
from reference_models.scoring.pattern import evaluating, score_samples

RATE, BETAS = 2e-4, (0.5, 0.999)
"""Of Adam, as the paper has them: with a first beta of 0.9 the training oscillates."""


def train(
    images: Tensor, extractor: str | Extractor, *, width: int = 64, epochs: int = 20, batch: int = 64, count: int = 5000
) -> Iterator[Score]:
    """Train a DCGAN and give its distance from the real images before training and after each epoch.

    Args:
        images: real, uint8 [n, 3, s, s], s = 4 x 2^k.
        extractor: of the features that the distance is of.
        width: channels of the inner map of s/2 x s/2; each halving of the map doubles them.
        epochs: passes over the images.
        batch: images a step.
        count: generated images a score.

    Raises:
        DataError: there are fewer images than a step takes.

    >>> from ganmetrics.testing import ChannelMeans, random_images
    >>> scores = train(random_images(16, size=8), ChannelMeans(), width=4, epochs=2, batch=8, count=20)
    >>> [score.name for score in scores]
    ['fd_channel-means', 'fd_channel-means', 'fd_channel-means']
    """
    if len(images) < batch:
        raise DataError(f"a step takes {batch} images; got {len(images)}")
    # By default 100 latents, no labels, no attention, batch normalisation on both sides: at first skip what asks for
    # others in the networks' files. Their first weights are drawn from N(0, 0.02^2), as the paper has them.
    config = NetConfig(size=images.shape[-1], width=width)
    generator, discriminator = build_generator(config, seed=0), build_discriminator(config, seed=1)
    opt_g = optim.Adam(generator.parameters(), RATE, BETAS)
    opt_d = optim.Adam(discriminator.parameters(), RATE, BETAS)
    # The real side is computed once; without workers, since the images are in memory.
    reference = Reference.from_images(images, extractor=extractor, workers=0)
    metric = FrechetInceptionDistance(reference, extractor=extractor)
    rng = torch.Generator().manual_seed(0)

    # What a score is worth: an untrained normalisation has mean 0 and variance 1, so that all images are nearly one
    # gray. Its running statistics take tens of steps to become those of the maps.
    yield score(metric, generator, config, count=count)
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=rng)
        for start in range(0, len(images) - batch + 1, batch):  # what does not fill a batch waits for the next epoch
            real = to_floats(images[order[start : start + batch]])
            latent = torch.randn(batch, config.latent_dim, generator=rng)
            step(generator, discriminator, opt_g, opt_d, real=real, latent=latent)
        yield score(metric, generator, config, count=count)


def step(
    generator: nn.Module,
    discriminator: nn.Module,
    opt_g: optim.Optimizer,
    opt_d: optim.Optimizer,
    *,
    real: Tensor,
    latent: Tensor,
) -> tuple[Tensor, Tensor]:
    """Take one step of both networks and return both losses (Goodfellow et al. 2014, algorithm 1).

    The same fakes serve both networks, where algorithm 1 draws new ones for the generator: a pass through it is saved.

    Args:
        generator: G: latents [n, d] to images in [-1, 1].
        discriminator: D before its sigmoid: images to a logit each.
        opt_g: of the generator.
        opt_d: of the discriminator.
        real: images x, [n, 3, s, s] in [-1, 1].
        latent: z, [n, d].
    """
    fake = generator(latent)  # G(z)

    # The discriminator: -log D(x) - log(1 - D(G(z))). With a logit l, -log sigmoid(l) = softplus(-l) and
    # -log(1 - sigmoid(l)) = softplus(l). The fakes are detached: this step does not move the generator. Real and fake
    # images are judged apart: in a mixed batch the normalisation would give each image something of the other kind.
    loss_d = softplus(-discriminator(real).logit).mean() + softplus(discriminator(fake.detach()).logit).mean()
    opt_d.zero_grad()
    torch.autograd.backward(loss_d)  # loss_d.backward(), with types
    opt_d.step()

    # The generator: -log D(G(z)), the non-saturating form (the same paper, section 3): log(1 - D(G(z))) has no gradient
    # where D is sure. Its gradient goes through the discriminator; that of D's own weights, which no one would use, is
    # not computed.
    discriminator.requires_grad_(requires_grad=False)
    loss_g = softplus(-discriminator(fake).logit).mean()
    opt_g.zero_grad()
    torch.autograd.backward(loss_g)
    opt_g.step()
    discriminator.requires_grad_(requires_grad=True)
    return loss_d.detach(), loss_g.detach()


def score(metric: FrechetInceptionDistance, generator: nn.Module, config: NetConfig, *, count: int) -> Score:
    """Return the distance of `count` images, of the same latents each time and with no trace in the training."""
    rng = torch.Generator().manual_seed(1)

    def generate(number: int) -> Tensor:
        with evaluating(generator):  # evaluation mode and no gradients, and every part's own mode back afterwards
            images: Tensor = generator(torch.randn(number, config.latent_dim, generator=rng))
        return images

    return score_samples(metric, generate, count=count)
