"""The two networks of a run."""

import math
from dataclasses import dataclass

from reference_models.config.checks import check_among, check_at_least, check_kinds
from reference_models.errors import ConfigError

BACKBONES = ("conv", "seed-hybrid", "r3", "flow")
LATENTS = ("normal", "uniform")
CONDITIONS = ("none", "concat", "batch-norm")
_HEADS = ("plain", "concat", "additive", "projection", "auxiliary")
NORMS = ("batch", "layer", "none")

SMALLEST_SIZE = 8
ATTENTION_CHANNELS = 8
"""Self-attention divides the channels of its queries and keys by eight, so fewer would leave none."""


def levels(size: int) -> int:
    """Return how many times a 4x4 map doubles to reach `size`.

    >>> levels(32), levels(64)
    (3, 4)
    """
    return int(math.log2(size // 4))


def check_size(size: int) -> None:
    """Refuse a size that doubling a 4x4 map does not reach, and name the nearest that it does.

    >>> check_size(48)
    Traceback (most recent call last):
        ...
    reference_models.errors.ConfigError: net.size must be 4 x 2^k, at least 8; got 48, the nearest are 32 and 64
    """
    if size >= SMALLEST_SIZE and size % 4 == 0 and (size // 4) & (size // 4 - 1) == 0:
        return
    below = SMALLEST_SIZE
    while below * 2 <= size:
        below *= 2
    nearest = f"the nearest are {below} and {below * 2}" if size > SMALLEST_SIZE else "the nearest is 8"
    raise ConfigError(f"net.size must be 4 x 2^k, at least 8; got {size}, {nearest}")


@dataclass(frozen=True)
class NetConfig:
    """The two networks.

    Attributes:
        backbone: ``conv`` (DCGAN) ``seed-hybrid`` (the layer-normalised 3x3 network of the combined model),
            ``r3`` (residual, without normalisation), or ``flow`` (a U-Net that an image's noise follows).
        size: height and width of the images, 4 x 2^k.
        width: channels of the widest map; each halving of the map doubles them (in seed-hybrid and r3 all maps have
            as many).
        latent_dim: length of the latent vector.
        latent: its distribution, ``normal`` or ``uniform`` (on [-1, 1]).
        condition: how the generator is told the class: ``none``, ``concat`` (an embedding beside the latent) or
            ``batch-norm`` (gain and bias of each normalisation).
        head: how the discriminator uses the class: ``plain`` (not at all), ``concat`` (a label map mid-network),
            ``additive`` (an embedding beside the last features), ``projection`` or ``auxiliary`` (a classifier).
        norm_d: normalisation in the discriminator, never on its first layer.
        spectral_g: spectral normalisation of every weight of the generator.
        spectral_d: the same for the discriminator.
        attention: sizes of the maps after which both networks attend to themselves.
        embedding: length of a class embedding where there is one.
        features: length of the features before the head; 0 takes the last map as it is.
        classes: number of classes; 0 until the data are known, or where there are none.
    """

    backbone: str = "conv"
    size: int = 32
    width: int = 64
    latent_dim: int = 100
    latent: str = "normal"
    condition: str = "none"
    head: str = "plain"
    norm_d: str = "batch"
    spectral_g: bool = False
    spectral_d: bool = False
    attention: tuple[int, ...] = ()
    embedding: int = 32
    features: int = 0
    classes: int = 0

    def __post_init__(self) -> None:
        check_kinds(self, "net.")
        check_size(self.size)
        for name, choices in (
            ("backbone", BACKBONES),
            ("latent", LATENTS),
            ("condition", CONDITIONS),
            ("head", _HEADS),
            ("norm_d", NORMS),
        ):
            check_among(choices, self, name, "net.")
        check_at_least(1, self, "width", "latent_dim", "embedding", prefix="net.")
        check_at_least(0, self, "features", "classes", prefix="net.")
        if self.head == "additive" and not self.features:
            raise ConfigError("net.head = additive needs net.features, the length of what it stands beside; got 0")
        if self.backbone == "seed-hybrid" and (self.head != "auxiliary" or self.attention or self.features):
            raise ConfigError("net.backbone = seed-hybrid has an auxiliary head, no attention and no net.features")
        plain = not (self.needs_labels or self.norm_d != "none" or self.attention or self.features)
        if self.backbone in {"r3", "flow"} and not plain:
            raise ConfigError(f"net.backbone = {self.backbone} has no labels, net.norm_d, attention or net.features")
        if self.backbone == "flow" and (self.latent_dim != 3 * self.size**2 or self.latent != "normal"):
            raise ConfigError(
                f"net.backbone = flow begins with an image of normal noise: net.latent_dim must be 3 x net.size² = "
                f"{3 * self.size**2}; got {self.latent_dim}, {self.latent}"
            )
        if self.backbone == "r3" and self.width % 8:
            raise ConfigError(
                f"net.backbone = r3 groups its channels: net.width must be a multiple of 8; got {self.width}"
            )
        if self.classes == 1:
            raise ConfigError("net.classes must be 0 or at least 2; got 1")
        self._check_attention()

    def _check_attention(self) -> None:
        for size in self.attention:
            channels = self.channels().get(size)
            if channels is None:
                known = ", ".join(map(str, self.channels()))
                raise ConfigError(f"net.attention must name sizes of inner maps ({known}); got {size}")
            if channels < ATTENTION_CHANNELS:
                needed = f"attention at {size}x{size} needs at least {ATTENTION_CHANNELS} channels"
                raise ConfigError(f"{needed}; net.width = {self.width} gives {channels}")

    @property
    def levels(self) -> int:
        """How many times the smallest map, 4x4, doubles."""
        return levels(self.size)

    @property
    def needs_labels(self) -> bool:
        """Whether either network is told, or has to tell, the class."""
        return self.condition != "none" or self.head != "plain"

    @property
    def judges_labels(self) -> bool:
        """Whether the discriminator's judgement depends on the class that it is told."""
        return self.head in {"concat", "additive", "projection"}

    def channels(self) -> dict[int, int]:
        """Return size of each inner map to its channels, from 4x4 on.

        >>> NetConfig(size=32, width=64).channels()
        {4: 256, 8: 128, 16: 64}
        """
        return {4 * 2**level: self.width * 2 ** (self.levels - 1 - level) for level in range(self.levels)}
