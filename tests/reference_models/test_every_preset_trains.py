"""Every preset learns: its distance from the real images falls within seconds."""

import pytest

from ganmetrics import FrechetInceptionDistance, Reference
from reference_models import Sampler, score_samples
from reference_models.data.load import load_images
from reference_models.presets import PRESETS
from reference_models.training.flow import build_trainer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unchecked")]

FAST = {"opt_g.lr": 1e-3, "opt_d.lr": 1e-3, "data.count": 512, "batch": 32, "net.latent_dim": 100}
STEPS = dict.fromkeys(PRESETS, 200) | {
    "sagan": 80,
    "sngan": 600,
    "r3gan": 100,
    "flow": 150,
    "wgan": 250,
    "wgan-gp": 300,
    "wgan-gp-acgan": 300,
    "wgan-gp-acgan-seed": 80,
}
WIDTHS = {"wgan-gp-acgan-seed": 16}
OWN = {
    "flow": {"ema_decay": 0.9, "opt_g.lr": 2e-3},
    "r3gan": {"ema_decay": 0.9, "opt_g.lr_end": 1e-3, "opt_d.lr_end": 1e-3},
}
"""An average over a thousand steps has seen too little of a hundred."""
LOOKS = 5
"""How often the distance is measured, which ends the training as soon as it has fallen far enough."""


@pytest.mark.parametrize("preset", PRESETS)
def test_the_distance_falls(preset, tiny, extractor):
    """After a few seconds a distance is below 0.6 of that of the untrained generator."""
    config = tiny(preset, **{**FAST, "net.width": WIDTHS.get(preset, 8), **OWN.get(preset, {})})
    data = load_images(config.data, size=config.net.size)
    metric = FrechetInceptionDistance(
        Reference.from_images(data.images, extractor=extractor, workers=0), extractor=extractor
    )
    trainer = build_trainer(config, data)

    def distance():
        return float(score_samples(metric, Sampler(trainer.sampled).source(seed=0), count=200))

    untrained = distance()
    for step in range(STEPS[preset]):
        trainer.step()
        if (step + 1) % (STEPS[preset] // LOOKS) == 0 and distance() < 0.6 * untrained:
            return
    pytest.fail(f"{distance():g} after {STEPS[preset]} steps, {untrained:g} before")
