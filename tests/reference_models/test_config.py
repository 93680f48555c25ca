"""Configurations that cannot work are refused when they are built."""

import dataclasses

import pytest

from reference_models.config import NetConfig, TrainConfig
from reference_models.errors import ConfigError
from reference_models.presets import PRESETS, build_config

REFUSED = [
    ("wgan-gp", {"net.norm_d": "batch"}, "gradient penalty is of each image by itself, batch normalisation mixes them"),
    ("wgan-gp", {"objective.clip": 0.01}, "clipping, a gradient penalty, and R1 with R2 are ways to one end"),
    ("dcgan", {"objective.adversarial": "wasserstein"}, r"needs objective.penalty or objective.clip; got neither"),
    ("wgan", {"net.spectral_d": True, "net.norm_d": "none"}, "clipping weights that spectral normalisation rescales"),
    ("sagan", {"net.width": 4}, "attention at 16x16 needs at least 8 channels; net.width = 4 gives 4"),
    ("sagan", {"net.attention": (12,)}, r"must name sizes of inner maps \(4, 8, 16\); got 12"),
    ("dcgan", {"net.size": 48}, "must be 4 x 2.k, at least 8; got 48, the nearest are 32 and 64"),
    ("dcgan", {"net.size": 4}, "got 4, the nearest is 8"),
    ("dcgan", {"net.widht": 8}, r"there is no key net.widht; did you mean net.width\?"),
    ("dcgan", {"nonsense": 1}, "there is no key nonsense"),
    ("dcgan", {"net.width": "wide"}, "net.width must be a whole number; got 'wide'"),
    ("dcgan", {"net.width": 8.5}, "net.width must be a whole number; got 8.5"),
    ("dcgan", {"opt_g.lr": "nan"}, "a learning rate must be above 0; got nan"),
    ("dcgan", {"opt_g.lr_end": 0.1}, "lr_end goes with schedule = linear or cosine"),
    ("dcgan", {"opt_g.schedule": "cosine"}, "lr_end goes with schedule"),
    ("dcgan", {"objective.auxiliary_d": 1.0}, "need net.head = auxiliary; got plain"),
    ("acgan", {"objective.auxiliary_d": 0.0}, "needs objective.auxiliary_d above 0"),
    ("acgan", {"net.condition": "none"}, "asks for a class that net.condition = none never tells"),
    ("cgan-additive", {"net.features": 0}, "needs net.features"),
    ("cgan-projection", {"objective.penalty": 10.0}, "needs objective.fake_labels = shared; got uniform"),
    (
        "wgan-gp-acgan-seed",
        {"net.head": "plain", "objective.auxiliary_d": 0, "objective.auxiliary_g": 0},
        "auxiliary head",
    ),
    ("dcgan-fm", {"objective.feature_matching": 0.0}, "the generator needs .* both are 0"),
    ("dcgan", {"g_batch_factor": 2}, "set reuse_fake = false"),
    ("dcgan", {"batch": 1}, "batch must be at least 2; got 1"),
    ("dcgan", {"ema_decay": 1.0}, "ema_decay must be below 1"),
    ("dcgan", {"eval.metrics": "is"}, "must have fid among them; got is"),
    ("dcgan", {"eval.epochs": "-1"}, "eval.epochs must be 0 or more"),
    ("dcgan", {"data.resize": "stretch"}, "data.resize must be one of squash, crop, none; got 'stretch'"),
    ("dcgan", {"precision": "fp16"}, "precision must be one of fp32, bf16; got 'fp16'"),
    ("stylegan", {}, "the presets are dcgan, .*; got 'stylegan'"),
]


@pytest.mark.parametrize(("preset", "changes", "message"), REFUSED)
def test_what_cannot_work_is_refused(preset, changes, message):
    """One line says what is needed and what came, before any data or weight is touched."""
    with pytest.raises(ConfigError, match=message):
        build_config(preset, changes)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_can_be_built(preset):
    """A preset is valid as it is, and remembers its name."""
    assert build_config(preset).preset == preset


def test_all_named_presets_exist():
    """The list is complete."""
    assert set(PRESETS) == {
        "dcgan", "dcgan-64", "dcgan-64-reduced", "dcgan-fm", "cgan", "cgan-additive", "cgan-projection", "acgan",
        "sagan",
        "wgan", "wgan-gp", "wgan-gp-acgan", "wgan-gp-acgan-seed",
        "sngan", "dcgan-r1", "r3gan", "flow",
    }  # fmt: skip


@pytest.mark.parametrize("preset", ["cgan", "cgan-additive", "cgan-projection", "acgan", "wgan-gp-acgan"])
def test_missing_labels_are_refused(preset):
    """A model that needs classes is refused for data that have none, and not for data that have."""
    config = build_config(preset)
    with pytest.raises(ConfigError, match=f"{preset} needs images with labels .*; shapes has none"):
        config.with_classes(0)
    assert config.with_classes(7).net.classes == 7


def test_an_unconditional_model_takes_any_data():
    """Labels that nothing uses are no reason to refuse, nor is their absence."""
    config = build_config("dcgan")
    assert config.with_classes(0) == config.with_classes(10) == config


@pytest.mark.parametrize("size", [8, 16, 32, 64, 128, 256])
def test_every_size_of_the_form_is_taken(size):
    """Sizes are 4 x 2^k, and the widest map has twice the channels for every doubling."""
    channels = NetConfig(size=size, width=4).channels()
    assert list(channels) == [4 * 2**level for level in range(len(channels))]
    assert max(channels) == size // 2
    assert channels[size // 2] == 4


def test_configurations_are_frozen():
    """What was checked cannot be changed afterwards."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainConfig().batch = 3
