"""What a discriminator's features know of classes: a linear classifier on them (Radford et al. 2016, section 5.1)."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

import torch
from torch import Tensor, nn

from reference_models.analyses.split import labelled_sides
from reference_models.analyses.svm import LinearSVM
from reference_models.analyses.target import Target
from reference_models.data.batches import to_floats
from reference_models.data.images import LabelledImages
from reference_models.errors import ConfigError
from reference_models.networks.build import build_discriminator
from reference_models.networks.discriminator import has_batch_norm
from reference_models.training.checkpoint import Checkpoint, read_checkpoint

_GRID = 4
COSTS = (1e-4, 1e-3, 1e-2, 1e-1)
"""Among which a fifth of the training images, set aside, decides."""
_CHUNK = 250


@dataclass(frozen=True)
class Accuracy:
    """Accuracies of one kind of features over the repeats.

    Attributes:
        name: of the features.
        values: on the test images, one a repeat.
        dimension: of the features.
    """

    name: str
    values: tuple[float, ...]
    dimension: int

    @property
    def mean(self) -> float:
        """Of the repeats."""
        return fmean(self.values)

    @property
    def std(self) -> float | None:
        """Of the repeats; None of a single one."""
        return stdev(self.values) if len(self.values) > 1 else None


def probe(
    checkpoint: Checkpoint, train: LabelledImages, test: LabelledImages, *, per_class: int, repeats: int, seed: int
) -> list[Accuracy]:
    """Return the accuracy on trained features, on those of an untrained discriminator, and on raw pixels.

    The untrained network is the control: it has the architecture, the pooling and the number of features, and no
    learning; pixels are what a linear classifier does without any of them.

    Args:
        checkpoint: of the run.
        train: labelled images to teach the classifier with.
        test: images of the same classes to try it on.
        per_class: of each class, how many are taught; 0 for all.
        repeats: choices of them.
        seed: of the choices, and of the untrained network.

    Raises:
        ConfigError: there are no labels, too few images, or the discriminator is told the class.
    """
    _check(checkpoint, train, test, per_class, repeats)
    untrained = build_discriminator(checkpoint.config.net, seed=seed + 1_000)
    kinds: dict[str, Callable[[Tensor], Tensor]] = {
        "trained": StageFeatures(checkpoint.discriminator(), train.images),
        "untrained": StageFeatures(untrained, train.images),
        "pixels": lambda images: to_floats(images).flatten(1),
    }
    if train.labels is None or test.labels is None:
        raise ConfigError("a probe needs labels")
    found = []
    for name, features in kinds.items():
        known, tried = features(train.images), features(test.images)
        mean, std = known.mean(dim=0), known.std(dim=0).clamp(min=1e-6)
        # One scale for all, so that C means the same: features of unit variance, divided by the root of their number.
        scale = std * known.shape[1] ** 0.5 / 10
        known, tried = (known - mean) / scale, (tried - mean) / scale
        values = []
        for repeat in range(repeats):
            rng = torch.Generator().manual_seed(seed + repeat)
            rows = choose_rows(train.labels, per_class, rng)
            values.append(_accuracy(known[rows], train.labels[rows], tried, test.labels, classes=train.classes))
        found.append(Accuracy(name, tuple(values), known.shape[1]))
    return found


def write_probe(
    run: Path,
    out: Path,
    *,
    data: str | None,
    test_data: str | None,
    count: int,
    test: int,
    per_class: int,
    repeats: int,
    seed: int,
) -> str:
    """Classify, write ``probe.json``, and return the table of accuracies.

    Raises:
        CheckpointError: there is no model.
        ConfigError: as `probe`.
        DataError: the images are not what is needed.
        StorageError: it has been done there before.
    """
    target = Target(out, "probe")
    checkpoint = read_checkpoint(run)
    sides = labelled_sides(checkpoint.config, data=data, test_data=test_data, count=count, test=test, seed=seed)
    found = probe(checkpoint, *sides, per_class=per_class, repeats=repeats, seed=seed)
    target.numbers(
        {
            "preset": checkpoint.config.preset,
            "epoch": checkpoint.epoch,
            "saw_labels": checkpoint.config.net.needs_labels,
            "train": len(sides[0]),
            "per_class": per_class or None,
            "test": len(sides[1]),
            "accuracies": {kind.name: list(kind.values) for kind in found},
            "dimensions": {kind.name: kind.dimension for kind in found},
        }
    )
    lines = []
    for kind in found:
        spread = "" if kind.std is None else f" ± {kind.std:.2%}"
        lines.append(f"{kind.name:<10}{kind.mean:.2%}{spread}  ({kind.dimension:,} features)")
    return "\n".join(lines)


class StageFeatures:
    """Every stage's maps, each reduced to 4x4 by its maxima, side by side.

    Batch normalisations use the statistics of the whole set, as the original does, and not those that training left.

    Args:
        network: a discriminator; it is copied.
        images: uint8 [n, 3, s, s], the set.
    """

    def __init__(self, network: nn.Module, images: Tensor) -> None:
        self._network = copy.deepcopy(network).eval()
        if has_batch_norm(self._network):
            for module in self._network.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.reset_running_stats()
                    module.momentum = None  # the plain mean over all batches
                    module.train()
            self(images)
            self._network.eval()

    def __call__(self, images: Tensor) -> Tensor:
        """Return features [n, d] of uint8 images [n, 3, s, s]."""
        parts = []
        with torch.no_grad():
            for chunk in torch.split(images, _CHUNK):
                maps: list[Tensor] = self._network.maps(to_floats(chunk))  # type: ignore[operator]
                pooled = [torch.nn.functional.adaptive_max_pool2d(stage, _GRID).flatten(1) for stage in maps]
                parts.append(torch.cat(pooled, dim=1).float())
        return torch.cat(parts)


def choose_rows(labels: Tensor, per_class: int, rng: torch.Generator) -> Tensor:
    """Return rows in a random order, at most `per_class` of each class; 0 for all.

    >>> choose_rows(torch.tensor([0, 0, 1, 1, 1]), 2, torch.Generator()).shape
    torch.Size([4])
    """
    order = torch.randperm(len(labels), generator=rng)
    if not per_class:
        return order
    kept = torch.cat([order[labels[order] == label][:per_class] for label in range(int(labels.max()) + 1)])
    return kept[torch.randperm(len(kept), generator=rng)]


def _accuracy(known: Tensor, labels: Tensor, tried: Tensor, truth: Tensor, *, classes: int) -> float:
    aside = max(len(known) // 5, 1)
    best, cost = -1.0, COSTS[0]
    for candidate in COSTS:
        machine = LinearSVM(candidate).fit(known[aside:], labels[aside:], classes=classes)
        accuracy = machine.accuracy(known[:aside], labels[:aside])
        if accuracy > best:
            best, cost = accuracy, candidate
    return LinearSVM(cost).fit(known, labels, classes=classes).accuracy(tried, truth)


def _check(checkpoint: Checkpoint, train: LabelledImages, test: LabelledImages, per_class: int, repeats: int) -> None:
    if checkpoint.config.net.head == "concat":
        raise ConfigError(f"the maps of {checkpoint.config.preset} are told the class, so a probe would find it there")
    if train.labels is None or test.labels is None:
        raise ConfigError(f"a probe needs labels; {train.source if train.labels is None else test.source} has none")
    if train.class_names != test.class_names:
        raise ConfigError(f"a probe needs the same classes on both sides; {test.source} has others than {train.source}")
    fewest = min(train.class_counts().values())
    if per_class < 0 or per_class > fewest:
        raise ConfigError(f"--per-class must be from 0 to {fewest}, the images of the smallest class; got {per_class}")
    if repeats < 1:
        raise ConfigError(f"--repeats must be at least 1; got {repeats}")
