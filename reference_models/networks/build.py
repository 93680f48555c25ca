"""Networks from a configuration, with initial weights that depend on the seed alone."""

import math
from collections.abc import Callable

import torch
from torch import nn

from reference_models.config import NetConfig
from reference_models.errors import ConfigError
from reference_models.networks.discriminator import Discriminator
from reference_models.networks.flow import FlowGenerator, NoDiscriminator
from reference_models.networks.generator import Generator
from reference_models.networks.layers import initialise, normalise_spectrally
from reference_models.networks.r3 import R3Discriminator, R3Generator
from reference_models.networks.seed_hybrid import SeedHybridDiscriminator, SeedHybridGenerator

MOST_PARAMETERS = 2_000_000_000

_GENERATORS: dict[str, Callable[[NetConfig], nn.Module]] = {
    "conv": Generator,
    "seed-hybrid": SeedHybridGenerator,
    "r3": R3Generator,
    "flow": FlowGenerator,
}
_DISCRIMINATORS: dict[str, Callable[[NetConfig], nn.Module]] = {
    "conv": Discriminator,
    "seed-hybrid": SeedHybridDiscriminator,
    "r3": R3Discriminator,
    "flow": NoDiscriminator,
}


def build_generator(config: NetConfig, *, seed: int = 0) -> nn.Module:
    """Return a generator: latents [n, d] and classes [n] or None to images [n, 3, s, s] in [-1, 1].

    Raises:
        ConfigError: a conditional network is asked for before the number of classes is known.
    """
    return _build(_GENERATORS[config.backbone], config, spectral=config.spectral_g, seed=seed)


def build_discriminator(config: NetConfig, *, seed: int = 0) -> nn.Module:
    """Return a discriminator: images [n, 3, s, s] and classes [n] or None to a `Verdict`.

    Raises:
        ConfigError: a conditional network is asked for before the number of classes is known.
    """
    return _build(_DISCRIMINATORS[config.backbone], config, spectral=config.spectral_d, seed=seed)


def build_outlines(config: NetConfig) -> tuple[nn.Module, nn.Module]:
    """Return generator and discriminator whose weights have shapes and take no memory.

    Raises:
        ConfigError: a network has more than `MOST_PARAMETERS`, or is conditional and does not know how many classes.

    >>> build_outlines(NetConfig(width=100_000))
    Traceback (most recent call last):
        ...
    reference_models.errors.ConfigError: a network must have at most 2,000,000,000 parameters; net.width = 100000 at ...
    """
    try:
        with torch.device("meta"):
            outlines = build_generator(config), build_discriminator(config)
        most: float = max(map(parameter_count, outlines))
    except (RuntimeError, OverflowError, TypeError):  # sizes that no tensor can have
        most = math.inf
    if most > MOST_PARAMETERS:
        raise ConfigError(
            f"a network must have at most {MOST_PARAMETERS:,} parameters; net.width = {config.width} at "
            f"net.size = {config.size} with net.latent_dim = {config.latent_dim} has more"
        )
    return outlines


def _build(kind: Callable[[NetConfig], nn.Module], config: NetConfig, *, spectral: bool, seed: int) -> nn.Module:
    if config.needs_labels and not config.classes:
        raise ConfigError("a conditional network needs net.classes, the number of classes of the data; got 0")
    # torch's layers draw from the global generator, whose state is the caller's.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = kind(config)
        if config.backbone not in {"r3", "flow"}:  # whose layers begin in their own ways
            initialise(network)
        if spectral:
            normalise_spectrally(network)
    return network


def parameter_count(network: nn.Module) -> int:
    """Return how many numbers a network learns."""
    return sum(parameter.numel() for parameter in network.parameters())
