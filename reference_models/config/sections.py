"""Losses, optimisers, data and scoring of a run."""

import math
from dataclasses import dataclass

from ganmetrics import clipped, shown
from reference_models.config.checks import check_among, check_at_least, check_kinds
from reference_models.errors import ConfigError

ADVERSARIAL = ("nonsaturating", "saturating", "hinge", "wasserstein", "relativistic")
FEATURE_NORMS = ("l2", "l1")
FAKE_LABELS = ("uniform", "data", "shared")
OPTIMIZERS = ("adam", "rmsprop")
SCHEDULES = ("constant", "linear", "cosine")
MOST_IMAGES = 10_000_000
LARGEST_CLIP = 1e30
"""Of weights in single precision, which ends at 3e38."""
RESIZES = ("squash", "crop", "none")


@dataclass(frozen=True)
class ObjectiveConfig:
    """What the two networks are trained for; the terms add up.

    Attributes:
        adversarial: ``nonsaturating`` (the default of all practice), ``saturating`` (as first stated; its gradient
            vanishes where the discriminator is sure), ``hinge``, ``wasserstein``, or ``relativistic`` (pairs of a real
            and a generated image).
        adversarial_weight: of that term in the generator's loss; 0 leaves feature matching alone.
        penalty: weight of the gradient penalty; 0 for none.
        r1: gamma of the squared slope at real images; 0 for none.
        r2: gamma of the squared slope at generated images; 0 for none.
        gamma_end: share of both gammas at the end of the epochs, reached along a cosine.
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
    r1: float = 0.0
    r2: float = 0.0
    gamma_end: float = 1.0
    clip: float = 0.0
    feature_matching: float = 0.0
    feature_norm: str = "l2"
    auxiliary_d: float = 0.0
    auxiliary_g: float = 0.0
    auxiliary_on_fake: bool = True
    fake_labels: str = "uniform"

    def __post_init__(self) -> None:
        check_kinds(self, "objective.")
        check_among(ADVERSARIAL, self, "adversarial", "objective.")
        check_among(FEATURE_NORMS, self, "feature_norm", "objective.")
        check_among(FAKE_LABELS, self, "fake_labels", "objective.")
        weights = (
            "adversarial_weight",
            "penalty",
            "r1",
            "r2",
            "gamma_end",
            "clip",
            "feature_matching",
            "auxiliary_d",
            "auxiliary_g",
        )
        check_at_least(0, self, *weights, prefix="objective.")
        if self.clip > LARGEST_CLIP:
            raise ConfigError(f"objective.clip must be at most {LARGEST_CLIP:g}; got {self.clip:g}")
        if sum(map(bool, (self.penalty, self.clip, self.r1 or self.r2))) > 1:
            raise ConfigError(
                "clipping, a gradient penalty, and R1 with R2 are ways to one end; "
                "set one of objective.clip, .penalty, and .r1 with .r2"
            )
        if self.adversarial == "wasserstein" and not (self.penalty or self.clip):
            raise ConfigError(
                "objective.adversarial = wasserstein needs objective.penalty or objective.clip; got neither"
            )
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
        beta2_end: second beta of Adam at the end, reached along a cosine; None keeps it.
    """

    name: str = "adam"
    lr: float = 2e-4
    betas: tuple[float, float] = (0.5, 0.999)
    schedule: str = "constant"
    lr_end: float | None = None
    beta2_end: float | None = None

    def __post_init__(self) -> None:
        check_kinds(self, "optimizer ")
        check_among(OPTIMIZERS, self, "name", "optimizer ")
        check_among(SCHEDULES, self, "schedule", "optimizer ")
        if not (math.isfinite(self.lr) and self.lr > 0):
            raise ConfigError(f"a learning rate must be above 0; got {self.lr:g}")
        if len(self.betas) != 2 or not all(0 <= beta < 1 for beta in self.betas):  # noqa: PLR2004 - Adam has two
            raise ConfigError(f"betas must be two numbers in [0, 1); got {', '.join(map(str, self.betas))}")
        if (self.schedule == "constant") != (self.lr_end is None):
            raise ConfigError(
                f"lr_end goes with schedule = linear or cosine and they need it; got {self.schedule} and {self.lr_end}"
            )
        if self.beta2_end is not None and not (self.name == "adam" and 0 <= self.beta2_end < 1):
            raise ConfigError(f"beta2_end goes with Adam and must be in [0, 1); got {self.beta2_end:g} and {self.name}")
        if self.lr_end is not None and not (math.isfinite(self.lr_end) and self.lr_end >= 0):
            raise ConfigError(f"lr_end must be at least 0; got {self.lr_end:g}")


@dataclass(frozen=True)
class DataConfig:
    """The real images.

    Attributes:
        source: ``shapes``, ``shapes-modes``, ``cifar10:DIR``, or the path of a folder, .zip or .npz.
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
        check_kinds(self, "data.")
        check_among(RESIZES, self, "resize", "data.")
        check_at_least(0, self, "count", "seed", prefix="data.")
        if self.count > MOST_IMAGES:
            raise ConfigError(f"data.count must be at most {MOST_IMAGES:,}; got {shown(self.count)}")
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
        check_kinds(self, "eval.")
        if any(epoch < 0 for epoch in self.epochs):
            raise ConfigError(f"eval.epochs must be 0 or more; got {', '.join(map(str, self.epochs))}")
        check_at_least(2, self, "count", prefix="eval.")
        check_at_least(1, self, "batch", prefix="eval.")
        check_at_least(0, self, "real_count", "seed", prefix="eval.")
        if self.real_count == 1:
            raise ConfigError("eval.real_count must be 0 (all) or at least 2; got 1")
        if "fid" not in self.metrics:
            names = ", ".join(clipped(metric) for metric in self.metrics[:8])
            raise ConfigError(f"eval.metrics must have fid among them; got {names or 'none'}")
        if self.weights and not self.extractor:
            raise ConfigError("eval.weights goes with eval.extractor; got weights alone")
