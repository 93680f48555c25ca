"""What a run is: frozen dataclasses that refuse combinations which cannot work.

A configuration is checked when it is built, so that nothing long begins with one that fails an hour later. Most of the
refusals are faults that published code has had: batch normalisation in a critic with a gradient penalty, a clipped
critic that is also penalised, options that nothing reads.
"""

import dataclasses
import math
from dataclasses import dataclass, field

from reference_models.errors import ConfigError

BACKBONES = ("conv", "seed-hybrid")
LATENTS = ("normal", "uniform")
CONDITIONS = ("none", "concat", "batch-norm")
HEADS = ("plain", "concat", "additive", "projection", "auxiliary")
NORMS = ("batch", "layer", "none")
ADVERSARIAL = ("nonsaturating", "saturating", "hinge", "wasserstein")
FEATURE_NORMS = ("l2", "l1")
FAKE_LABELS = ("uniform", "data", "shared")
OPTIMIZERS = ("adam", "rmsprop")
SCHEDULES = ("constant", "linear", "cosine")
RESIZES = ("squash", "crop", "none")
PRECISIONS = ("fp32", "bf16")

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


def _check_among(choices: tuple[str, ...], section: object, name: str, prefix: str = "") -> None:
    value = getattr(section, name)
    if value not in choices:
        raise ConfigError(f"{prefix}{name} must be one of {', '.join(choices)}; got {value!r}")


def _check_at_least(least: float, section: object, *names: str, prefix: str = "") -> None:
    for name in names:
        value = getattr(section, name)
        if not (value >= least and math.isfinite(value)):
            raise ConfigError(f"{prefix}{name} must be at least {least:g}; got {value:g}")


@dataclass(frozen=True)
class NetConfig:
    """The two networks.

    Attributes:
        backbone: ``conv`` (DCGAN) or ``seed-hybrid`` (the layer-normalised 3x3 network of the combined model).
        size: height and width of the images, 4 x 2^k.
        width: channels of the widest map; each halving of the map doubles them (all maps have them in seed-hybrid).
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
        check_size(self.size)
        for name, choices in (
            ("backbone", BACKBONES),
            ("latent", LATENTS),
            ("condition", CONDITIONS),
            ("head", HEADS),
            ("norm_d", NORMS),
        ):
            _check_among(choices, self, name, "net.")
        _check_at_least(1, self, "width", "latent_dim", "embedding", prefix="net.")
        _check_at_least(0, self, "features", "classes", prefix="net.")
        if self.head == "additive" and not self.features:
            raise ConfigError("net.head = additive needs net.features, the length of what it stands beside; got 0")
        if self.backbone == "seed-hybrid" and (self.head != "auxiliary" or self.attention or self.features):
            raise ConfigError("net.backbone = seed-hybrid has an auxiliary head, no attention and no net.features")
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
                raise ConfigError(
                    f"attention at {size}x{size} needs at least {ATTENTION_CHANNELS} channels, net.width gives {channels}"
                )

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


@dataclass(frozen=True)
class ObjectiveConfig:
    """What the two networks are trained for; the terms add up.

    Attributes:
        adversarial: ``nonsaturating`` (the default of all practice), ``saturating`` (as first stated; its gradient
            vanishes where the discriminator is sure), ``hinge`` or ``wasserstein``.
        adversarial_weight: of that term in the generator's loss; 0 leaves feature matching alone.
        penalty: weight of the gradient penalty; 0 for none.
        clip: bound of the critic's weights after each of its steps; 0 for none.
        feature_matching: weight of the distance between mean features in the generator's loss; 0 for none.
        feature_norm: of that distance: ``l2`` (mean square) or ``l1`` (mean absolute value).
        auxiliary_d: weight of the classification loss in the discriminator's loss.
        auxiliary_g: its weight in the generator's loss.
        auxiliary_on_fake: the discriminator learns to classify generated images too.
        fake_labels: classes of generated images: ``uniform`` over all, drawn as in the ``data``, or ``shared`` with
            the batch of real images beside them.
    """

    adversarial: str = "nonsaturating"
    adversarial_weight: float = 1.0
    penalty: float = 0.0
    clip: float = 0.0
    feature_matching: float = 0.0
    feature_norm: str = "l2"
    auxiliary_d: float = 0.0
    auxiliary_g: float = 0.0
    auxiliary_on_fake: bool = True
    fake_labels: str = "uniform"

    def __post_init__(self) -> None:
        _check_among(ADVERSARIAL, self, "adversarial", "objective.")
        _check_among(FEATURE_NORMS, self, "feature_norm", "objective.")
        _check_among(FAKE_LABELS, self, "fake_labels", "objective.")
        weights = ("adversarial_weight", "penalty", "clip", "feature_matching", "auxiliary_d", "auxiliary_g")
        _check_at_least(0, self, *weights, prefix="objective.")
        if self.penalty and self.clip:
            raise ConfigError("clipping and a gradient penalty are two ways to one end; set objective.clip or .penalty")
        if self.adversarial == "wasserstein" and not (self.penalty or self.clip):
            raise ConfigError("objective.adversarial = wasserstein needs objective.penalty or objective.clip; got neither")
        if not (self.adversarial_weight or self.feature_matching):
            raise ConfigError("the generator needs objective.adversarial_weight or .feature_matching; both are 0")


@dataclass(frozen=True)
class OptimizerConfig:
    """One network's optimiser and the course of its learning rate.

    Attributes:
        name: ``adam`` or ``rmsprop``.
        lr: learning rate at the start.
        betas: of Adam.
        schedule: ``constant``, ``linear`` or ``cosine``, over the epochs of the run.
        lr_end: learning rate at the end of a schedule that is not constant.
    """

    name: str = "adam"
    lr: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    schedule: str = "constant"
    lr_end: float | None = None

    def __post_init__(self) -> None:
        _check_among(OPTIMIZERS, self, "name", "optimizer ")
        _check_among(SCHEDULES, self, "schedule", "optimizer ")
        if not (math.isfinite(self.lr) and self.lr > 0):
            raise ConfigError(f"a learning rate must be above 0; got {self.lr:g}")
        if len(self.betas) != 2 or not all(0 <= beta < 1 for beta in self.betas):  # noqa: PLR2004 - Adam has two
            raise ConfigError(f"betas must be two numbers in [0, 1); got {', '.join(map(str, self.betas))}")
        if (self.schedule == "constant") != (self.lr_end is None):
            raise ConfigError(
                f"lr_end goes with schedule = linear or cosine and they need it; got {self.schedule} and {self.lr_end}"
            )
        if self.lr_end is not None and not (math.isfinite(self.lr_end) and self.lr_end >= 0):
            raise ConfigError(f"lr_end must be at least 0; got {self.lr_end:g}")


@dataclass(frozen=True)
class DataConfig:
    """The real images.

    Attributes:
        source: ``shapes``, ``cifar10:DIR``, or the path of a folder, .zip or .npz.
        resize: ``squash`` to the network's size, ``crop`` the centre of the shorter side, or ``none``.
        count: use this many images, chosen by `seed`; 0 for all (8,000 of the procedural shapes).
        flips: mirror training images at random; the scored real side never is.
        seed: of the choice of images and of the procedural shapes.
    """

    source: str = "shapes"
    resize: str = "squash"
    count: int = 0
    flips: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        _check_among(RESIZES, self, "resize", "data.")
        _check_at_least(0, self, "count", "seed", prefix="data.")
        if not self.source:
            raise ConfigError("data.source must be shapes, cifar10:DIR, or a folder, .zip or .npz; got nothing")


@dataclass(frozen=True)
class EvalConfig:
    """Scoring while training.

    Attributes:
        epochs: when; 0 is the untrained generator.
        metrics: names that `ganmetrics.evaluate` knows; ``fid`` decides which checkpoint is best.
        count: generated images a score.
        real_count: real images in the reference, chosen by `seed`; 0 for all.
        extractor: its name; empty chooses (see `reference_models.scoring.extractors`).
        weights: a file of weights for it; empty for the published ones.
        batch: images generated at a time.
        seed: of the latents, which are the same at each evaluation.
        ema: score the moving average of the generator's weights where there is one.
    """

    epochs: tuple[int, ...] = ()
    metrics: tuple[str, ...] = ("fid",)
    count: int = 5000
    real_count: int = 0
    extractor: str = ""
    weights: str = ""
    batch: int = 100
    seed: int = 0
    ema: bool = True

    def __post_init__(self) -> None:
        if any(epoch < 0 for epoch in self.epochs):
            raise ConfigError(f"eval.epochs must be 0 or more; got {', '.join(map(str, self.epochs))}")
        _check_at_least(2, self, "count", prefix="eval.")
        _check_at_least(1, self, "batch", prefix="eval.")
        _check_at_least(0, self, "real_count", "seed", prefix="eval.")
        if self.real_count == 1:
            raise ConfigError("eval.real_count must be 0 (all) or at least 2; got 1")
        if "fid" not in self.metrics:
            raise ConfigError(f"eval.metrics must have fid among them; got {', '.join(self.metrics) or 'none'}")
        if self.weights and not self.extractor:
            raise ConfigError("eval.weights goes with eval.extractor; got weights alone")


@dataclass(frozen=True)
class TrainConfig:
    """A whole run.

    Attributes:
        preset: the name that it started from.
        net: the networks.
        objective: the losses.
        opt_g: the generator's optimiser.
        opt_d: the discriminator's optimiser.
        data: the real images.
        eval: scoring while training.
        epochs: passes of the discriminator over the data, and the length of the schedules.
        batch: images a step, on each process.
        n_critic: steps of the discriminator for one of the generator.
        reuse_fake: the generator learns from the images that the discriminator has just seen, instead of fresh ones.
        g_batch_factor: images of a generator's step, in batches; more than one excludes `reuse_fake`.
        ema_decay: of the moving average of the generator's weights; 0 for none.
        ema_start: generator steps before the average begins.
        precision: ``fp32``, or ``bf16`` for the networks' passes (losses, penalty and weights stay in fp32).
        channels_last: the memory layout that convolutions are fastest in.
        log_every: discriminator steps between two records of the losses.
        patience: stop after so many evaluations in a row without a better one; 0 never.
        tensorboard: write TensorBoard files too.
        seed: of weights, latents, labels and the order of the images.
    """

    preset: str = "dcgan"
    net: NetConfig = field(default_factory=NetConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    opt_g: OptimizerConfig = field(default_factory=OptimizerConfig)
    opt_d: OptimizerConfig = field(default_factory=OptimizerConfig)
    data: DataConfig = field(default_factory=DataConfig)
    eval: EvalConfig = field(default_factory=EvalConfig)
    epochs: int = 20
    batch: int = 64
    n_critic: int = 1
    reuse_fake: bool = True
    g_batch_factor: int = 1
    ema_decay: float = 0.0
    ema_start: int = 0
    precision: str = "fp32"
    channels_last: bool = True
    log_every: int = 20
    patience: int = 0
    tensorboard: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        _check_among(PRECISIONS, self, "precision")
        _check_at_least(0, self, "epochs", "ema_decay", "ema_start", "patience", "seed")
        # A batch of one has no statistics for batch normalisation to use.
        _check_at_least(2, self, "batch")
        _check_at_least(1, self, "n_critic", "g_batch_factor", "log_every")
        if self.ema_decay >= 1:
            raise ConfigError(f"ema_decay must be below 1; got {self.ema_decay:g}")
        if self.reuse_fake and self.g_batch_factor > 1:
            raise ConfigError("g_batch_factor above 1 needs fresh images for the generator: set reuse_fake = false")
        self._check_penalty()
        self._check_auxiliary()

    def _check_penalty(self) -> None:
        if self.objective.penalty and self.net.norm_d == "batch":
            raise ConfigError(
                "a gradient penalty is of each image by itself, batch normalisation mixes them: set net.norm_d to layer "
                "or none"
            )
        if self.objective.penalty and self.net.judges_labels and self.objective.fake_labels != "shared":
            raise ConfigError(
                "a gradient penalty between real and fake images of one class needs objective.fake_labels = shared; "
                f"got {self.objective.fake_labels}"
            )
        if self.objective.clip and self.net.spectral_d:
            raise ConfigError("clipping weights that spectral normalisation rescales has no effect; set one of the two")

    def _check_auxiliary(self) -> None:
        weighted = self.objective.auxiliary_d > 0 or self.objective.auxiliary_g > 0
        if weighted and self.net.head != "auxiliary":
            raise ConfigError(f"objective.auxiliary_d and _g need net.head = auxiliary; got {self.net.head}")
        if self.net.head == "auxiliary" and not self.objective.auxiliary_d:
            raise ConfigError("net.head = auxiliary needs objective.auxiliary_d above 0, or it learns nothing; got 0")
        if self.objective.auxiliary_g and self.net.condition == "none":
            raise ConfigError("objective.auxiliary_g asks for a class that net.condition = none never tells")

    def with_classes(self, classes: int) -> "TrainConfig":
        """Return the configuration for data of that many classes; 0 for data without.

        Raises:
            ConfigError: the networks need labels and the data have none, or have another number of classes.

        >>> TrainConfig().with_classes(10).net.classes  # an unconditional model has no use for them
        0
        """
        if not self.net.needs_labels:
            return self
        if classes < 2:  # noqa: PLR2004 - one class tells nothing
            raise ConfigError(
                f"{self.preset} needs images with labels of at least 2 classes (a folder for each class); "
                f"{self.data.source} has {classes or 'none'}"
            )
        if self.net.classes not in (0, classes):
            raise ConfigError(f"net.classes is {self.net.classes}; {self.data.source} has {classes}")
        return dataclasses.replace(self, net=dataclasses.replace(self.net, classes=classes))
