"""The file that tells the story does what the trainer does."""

from pathlib import Path

import pytest
import torch
from torch import optim

from reference_models import dcgan
from reference_models.data.shapes import draw_shapes
from reference_models.errors import DataError
from reference_models.networks.build import build_discriminator, build_generator
from reference_models.training.draws import Draws

ROOT = Path(__file__).parents[2]
TOUR = ("dcgan.py", "networks/generator.py", "networks/discriminator.py", "scoring/pattern.py")


def test_its_step_is_the_trainer_s(trainer):
    """From the same weights, images and latents both come to the same weights and running statistics."""
    whole = trainer("dcgan", channels_last=False)
    net, draws = whole.config.net, Draws(whole.config, None)
    networks = build_generator(net, seed=0).train(), build_discriminator(net, seed=1).train()
    optimizers = [optim.Adam(network.parameters(), dcgan.RATE, dcgan.BETAS) for network in networks]
    for number in range(4):
        real, _ = whole.batches(number)
        losses = dcgan.step(*networks, *optimizers, real=real, latent=draws.latent(len(real)))
        taken = whole.step().losses
        assert float(losses[0]) == pytest.approx(float(taken["D_real"] + taken["D_fake"]), rel=1e-5)
        assert float(losses[1]) == pytest.approx(float(taken["G_adversarial"]), rel=1e-5)
    for ours, theirs in zip(networks, (whole.generator, whole.discriminator), strict=True):
        for name, value in theirs.state_dict().items():
            torch.testing.assert_close(ours.state_dict()[name], value, rtol=1e-4, atol=1e-6, msg=name)
    started = build_generator(net, seed=0).state_dict()
    assert not torch.allclose(started["out.weight"], networks[0].state_dict()["out.weight"], atol=1e-5)


@pytest.mark.slow
def test_it_learns(extractor):
    """The distance at its best is far below that of the untrained generator."""
    images = draw_shapes(512, size=16).images
    scores = [float(score) for score in dcgan.train(images, extractor, width=8, epochs=10, batch=32, count=200)]
    assert len(scores) == 11
    assert min(scores) < 0.8 * scores[0]


def test_fewer_images_than_a_step_takes_are_refused(extractor):
    """Before, no step was taken, and nothing said so."""
    with pytest.raises(DataError, match="a step takes 64 images; got 50"):
        next(dcgan.train(draw_shapes(50, size=8).images, extractor, width=4))


def test_the_tour_is_four_short_files():
    """The files that the page names are there, each under 150 lines."""
    page = (ROOT / "docs" / "reference-models.md").read_text(encoding="utf-8")
    for name in TOUR:
        assert f"reference_models/{name}" in page
        assert len((ROOT / "reference_models" / name).read_text(encoding="utf-8").splitlines()) < 150
