"""A whole run, and which parts of it go together."""

import dataclasses
from dataclasses import dataclass, field

from reference_models.config.checks import check_among, check_at_least, check_kinds
from reference_models.config.net import NetConfig
from reference_models.config.sections import DataConfig, EvalConfig, ObjectiveConfig, OptimizerConfig
from reference_models.errors import ConfigError

TRAINING_PRECISIONS = ("fp32", "bf16")
AUGMENTS = ("none", "diffaugment")


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
        augment: ``none``, or ``diffaugment``: colours, shifts and cut-outs of all that the discriminator sees.
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
    augment: str = "none"
    channels_last: bool = True
    log_every: int = 20
    patience: int = 0
    tensorboard: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        check_kinds(self)
        check_among(TRAINING_PRECISIONS, self, "precision")
        check_among(AUGMENTS, self, "augment")
        check_at_least(0, self, "epochs", "ema_decay", "ema_start", "patience", "seed")
        # A batch of one has no statistics for batch normalisation to use.
        check_at_least(2, self, "batch")
        check_at_least(1, self, "n_critic", "g_batch_factor", "log_every")
        if self.ema_decay >= 1:
            raise ConfigError(f"ema_decay must be below 1; got {self.ema_decay:g}")
        if self.reuse_fake and self.g_batch_factor > 1:
            raise ConfigError("g_batch_factor above 1 needs fresh images for the generator: set reuse_fake = false")
        self._check_penalty()
        self._check_auxiliary()
        if self.net.backbone == "flow" and (self.objective != ObjectiveConfig() or self.augment != "none"):
            raise ConfigError("a flow plays no game: objective.* and augment have no effect on it")

    def _check_penalty(self) -> None:
        if (self.objective.penalty or self.objective.r1 or self.objective.r2) and self.net.norm_d == "batch":
            raise ConfigError(
                "a gradient penalty is of each image by itself, batch normalisation mixes them: "
                "set net.norm_d to layer or none"
            )
        if self.objective.penalty and self.net.judges_labels and self.objective.fake_labels != "shared":
            raise ConfigError(
                "a gradient penalty between real and fake images of one class needs objective.fake_labels = shared; "
                f"got {self.objective.fake_labels}"
            )
        if self.objective.adversarial == "relativistic" and self.g_batch_factor > 1:
            raise ConfigError("objective.adversarial = relativistic pairs images: g_batch_factor must be 1")
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
