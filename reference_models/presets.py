"""Every model as data: what differs from the defaults of `TrainConfig`, and one line on what it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ganmetrics import shown
from reference_models.arguments import check_type
from reference_models.config import TrainConfig
from reference_models.errors import ConfigError
from reference_models.settings import from_flat


@dataclass(frozen=True)
class Preset:
    """A named configuration.

    Attributes:
        summary: what it is, in one line.
        keys: what differs from the defaults.
    """

    summary: str
    keys: Mapping[str, object]


_HINGE = {"objective.adversarial": "hinge", "opt_g.betas": (0.0, 0.9), "opt_d.betas": (0.0, 0.9)}
_CONCAT = {"net.condition": "concat"}
_WASSERSTEIN = {"objective.adversarial": "wasserstein", "n_critic": 5}
_PENALTY = {
    **_WASSERSTEIN,
    "objective.penalty": 10.0,
    "net.norm_d": "layer",
    "opt_g.lr": 1e-4,
    "opt_d.lr": 1e-4,
    "opt_g.betas": (0.0, 0.9),
    "opt_d.betas": (0.0, 0.9),
}
_AUXILIARY = {"net.head": "auxiliary", "objective.auxiliary_d": 1.0, "objective.auxiliary_g": 1.0}

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "dcgan": Preset("deep convolutional GAN at 32x32 (Radford et al. 2016)", {}),
        "dcgan-64": Preset(
            "the same at 64x64 with the paper's widths, 1024 to 128",
            {"net.size": 64, "net.width": 128, "batch": 128},
        ),
        "dcgan-64-reduced": Preset(
            "the same at 64x64 with half the paper's widths, 512 to 64",
            {"net.size": 64, "net.width": 64, "batch": 128},
        ),
        "dcgan-fm": Preset(
            "DCGAN whose generator matches mean features alone (Salimans et al. 2016)",
            {"objective.feature_matching": 100.0, "objective.adversarial_weight": 0.0},
        ),
        "cgan": Preset(
            "conditional GAN: an embedding beside the latent, a label map after the discriminator's first layer",
            {**_CONCAT, "net.head": "concat"},
        ),
        "cgan-additive": Preset(
            "conditional GAN whose head adds the label's score to the image's, and so cannot use the label",
            {**_CONCAT, "net.head": "additive", "net.features": 8},
        ),
        "cgan-projection": Preset(
            "conditional GAN with a projection discriminator (Miyato and Koyama 2018): hinge, spectral normalisation",
            {
                **_HINGE,
                "net.condition": "batch-norm",
                "net.head": "projection",
                "net.norm_d": "none",
                "net.spectral_d": True,
            },
        ),
        "acgan": Preset(
            "auxiliary classifier GAN (Odena et al. 2017): classifies real and generated images",
            {**_CONCAT, **_AUXILIARY},
        ),
        "sagan": Preset(
            "self-attention GAN (Zhang et al. 2019): attention at 16x16, spectral normalisation of both, hinge",
            {
                **_HINGE,
                "net.attention": (16,),
                "net.norm_d": "none",
                "net.spectral_g": True,
                "net.spectral_d": True,
                "opt_g.lr": 1e-4,
                "opt_d.lr": 4e-4,
            },
        ),
        "sngan": Preset(
            "spectral normalisation of the discriminator alone, hinge, five of its steps for one (Miyato et al. 2018)",
            {**_HINGE, "net.norm_d": "none", "net.spectral_d": True, "n_critic": 5},
        ),
        "dcgan-r1": Preset(
            "DCGAN without normalisation in the discriminator, with R1 (Mescheder et al. 2018)",
            {"net.norm_d": "none", "objective.r1": 1.0, "opt_g.betas": (0.0, 0.99), "opt_d.betas": (0.0, 0.99)},
        ),
        "r3gan": Preset(
            "relativistic pairs with R1 and R2, residual networks without normalisation (Huang et al. 2024), narrow",
            {
                "objective.adversarial": "relativistic",
                "objective.r1": 0.05,
                "objective.r2": 0.05,
                "objective.gamma_end": 0.1,
                "net.backbone": "r3",
                "net.norm_d": "none",
                "net.width": 64,
                "net.latent_dim": 64,
                "ema_decay": 0.999,
                **{
                    f"{network}.{key}": value
                    for network in ("opt_g", "opt_d")
                    for key, value in (
                        ("betas", (0.0, 0.9)),
                        ("beta2_end", 0.99),
                        ("schedule", "cosine"),
                        ("lr_end", 5e-5),
                    )
                },
            },
        ),
        "flow": Preset(
            "flow matching, no GAN: a small U-Net, averaged weights, sampled by an ODE solver (Lipman et al. 2023)",
            {
                "net.backbone": "flow",
                "net.norm_d": "none",
                "net.latent_dim": 3 * 32**2,
                "ema_decay": 0.999,
                "opt_g.lr": 1e-3,
                "opt_g.betas": (0.9, 0.999),
            },
        ),
        "wgan": Preset(
            "Wasserstein GAN with clipped weights (Arjovsky et al. 2017)",
            {
                **_WASSERSTEIN,
                "objective.clip": 0.01,
                "opt_g.name": "rmsprop",
                "opt_d.name": "rmsprop",
                "opt_g.lr": 5e-5,
                "opt_d.lr": 5e-5,
            },
        ),
        "wgan-gp": Preset("Wasserstein GAN with gradient penalty (Gulrajani et al. 2017)", _PENALTY),
        "wgan-gp-acgan": Preset(
            "both, as first published by Gulrajani et al.: the classifier learns from real images, G gets 0.1 of it",
            {
                **_PENALTY,
                **_AUXILIARY,
                "objective.auxiliary_g": 0.1,
                "objective.auxiliary_on_fake": False,
                "objective.fake_labels": "shared",
                "net.condition": "batch-norm",
                "net.latent_dim": 128,
                "opt_g.lr": 2e-4,
                "opt_d.lr": 2e-4,
                "reuse_fake": False,
                "g_batch_factor": 2,
            },
        ),
        "wgan-gp-acgan-seed": Preset(
            "both, as a course report built it: 3x3 layers of 196 channels, classifies both, equal steps",
            {
                **_PENALTY,
                **_AUXILIARY,
                **_CONCAT,
                "net.backbone": "seed-hybrid",
                "net.width": 196,
                "net.embedding": 10,
                "n_critic": 1,
                "batch": 128,
            },
        ),
    }
)


def build_config(preset: str, changes: Mapping[str, object] | None = None) -> TrainConfig:
    """Return the configuration of a preset with some keys changed.

    Raises:
        ConfigError: the preset or a key is unknown, or the combination cannot work.

    >>> build_config("wgan-gp", {"net.norm_d": "batch"})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    reference_models.errors.ConfigError: a gradient penalty is of each image by itself, batch normalisation mixes ...
    """
    if not isinstance(preset, str) or preset not in PRESETS:
        raise ConfigError(f"the presets are {', '.join(PRESETS)}; got {shown(preset)}")
    if changes is not None:
        check_type("changes", changes, Mapping, "a mapping of keys")
    return from_flat({**PRESETS[preset].keys, **(changes or {}), "preset": preset})
