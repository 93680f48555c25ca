"""That every reference model learns, and which conditional ones use their labels: several seeds on procedural shapes.

For each preset, narrow and at 32x32 or 64x64, the Fréchet distance of 2,000 samples from 8,000 real images on a fixed
random network's features: its best value must be below 0.2 of that of the untrained generator, for every seed. A run
of an unconditional model ends at the first of its four scores that is. Of conditional models the accuracy of a linear
classifier, taught on real images, on samples of known class: at least 0.5 where the discriminator can use the label,
and at chance (0.1) where its head adds the label's score to the image's.

Runs go to a CSV file, and a second call makes what is missing there. Two calls may share a file, each with its presets:

    python benchmarks/proof.py --seeds 0 1 2 --csv benchmarks/proof.csv --page docs/reference-models.md
    python benchmarks/proof.py --presets dcgan acgan --csv proof.csv      # these only
"""

import argparse
import csv
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch
from page import write_page
from torch import Tensor

from ganmetrics import FrechetInceptionDistance, Reference, extract, to_uint8
from reference_models import (
    PRESETS,
    LabelledImages,
    Sampler,
    TrainConfig,
    build_config,
    load_images,
    score_samples,
)
from reference_models.testing import RandomFeatures
from reference_models.training.flow import build_trainer

SAMPLES = 2000
CLASSIFIER = 512
"""Features that the classifier works on; the distance has 128."""
CHANCE = 0.1
BOUND = 0.2
ACCURACY = 0.5

_ADAM = {"opt_g.lr": 1e-3, "opt_d.lr": 1e-3}
RATES: dict[str, dict[str, object]] = {
    "sagan": {"opt_g.lr": 4e-4, "opt_d.lr": 8e-4},
    "wgan": {"opt_g.lr": 4e-4, "opt_d.lr": 4e-4},
    "r3gan": {"opt_g.lr": 1e-3, "opt_d.lr": 1e-3, "ema_decay": 0.98},
    "flow": {"ema_decay": 0.98},
}
"""Learning rates for networks so narrow, where they differ from 1e-3."""
STEPS = {
    "cgan": 1600,
    "cgan-projection": 1200,
    "wgan": 1500,
    "wgan-gp": 1500,
    "wgan-gp-acgan": 3000,
    "wgan-gp-acgan-seed": 1500,
    "sagan": 500,
    "sngan": 2000,
    "dcgan-r1": 1000,
    "r3gan": 2000,
    "flow": 1000,
}
"""Steps of the discriminator; 800 elsewhere."""
CANNOT = ("cgan-additive",)
"""Conditional presets whose head cannot use the label."""
CONDITIONAL = ("cgan", "cgan-additive", "cgan-projection", "acgan", "wgan-gp-acgan", "wgan-gp-acgan-seed")


class Classifier:
    """Linear discriminant analysis on random features: classes of equal covariance (Fisher 1936)."""

    def __init__(self, data: LabelledImages, extractor: RandomFeatures) -> None:
        if data.labels is None:
            raise SystemExit("a classifier needs labels")
        self._extractor = extractor
        features = self._features(data.images)
        means = torch.stack([features[data.labels == label].mean(dim=0) for label in range(data.classes)])
        within = features - means[data.labels]
        self._weights = torch.linalg.solve(within.T @ within / len(features), means.T)
        self._bias = -(means.T * self._weights).sum(dim=0) / 2

    def _features(self, images: Tensor) -> Tensor:
        return extract(images, extractor=self._extractor, workers=0, batch_size=250).features.double()

    def accuracy(self, images: Tensor, labels: Tensor) -> float:
        """Return the share of images that it finds to be of their class."""
        found = (self._features(images) @ self._weights + self._bias).argmax(dim=1)
        return (found == labels).double().mean().item()


def class_accuracy(sampler: Sampler, classifier: Classifier, seed: int) -> float:
    """Return the classifier's accuracy on samples of known classes."""
    rng = torch.Generator().manual_seed(seed)
    right = 0.0
    for _ in range(4):
        latent, labels = sampler.draw(250, rng)
        if labels is None:
            raise SystemExit("an unconditional model has no classes")
        right += classifier.accuracy(to_uint8(sampler.images(latent, labels)), labels)
    return right / 4


@dataclass(frozen=True)
class Run:
    """One preset from one seed.

    Attributes:
        preset: its name.
        seed: of weights, noise and order.
        distances: of the untrained generator and of those after each quarter of the steps, with arrows between.
        share: the best of them over the first.
        accuracy: of the samples' classes; empty for models without.
        steps: of the discriminator.
        seconds: of the processor, training only.
    """

    preset: str
    seed: int
    distances: str
    share: float
    accuracy: str
    steps: int
    seconds: float

    @classmethod
    def parse(cls, row: dict[str, str]) -> "Run":
        """Return the run of a row of a CSV file."""
        return cls(
            row["preset"],
            int(row["seed"]),
            row["distances"],
            float(row["share"]),
            row["accuracy"],
            int(row["steps"]),
            float(row["seconds"]),
        )

    @property
    def passes(self) -> bool:
        """Whether it shows what it must."""
        if self.share >= BOUND:
            return False
        if not self.accuracy:
            return True
        found = float(self.accuracy)
        return abs(found - CHANCE) < CHANCE if self.preset in CANNOT else found >= ACCURACY


def prove(preset: str, seed: int, options: argparse.Namespace) -> Run:
    """Train a preset and return what came of it."""
    config, data = prepared(preset, seed, options)
    extractor = RandomFeatures(128)
    metric = FrechetInceptionDistance(
        Reference.from_images(data.images, extractor=extractor, workers=0), extractor=extractor
    )
    trainer = build_trainer(config, data)
    steps = int(STEPS.get(preset, 800) * options.scale)
    began = time.process_time()
    course = []
    spent = 0.0
    for step in range(steps + 1):
        if step % max(steps // 4, 1) == 0:
            paused = time.process_time()
            source = Sampler(trainer.sampled).source(seed=1)
            course.append(float(score_samples(metric, source, count=SAMPLES, batch=250)))
            spent += time.process_time() - paused
            if preset not in CONDITIONAL and course[-1] < BOUND * course[0]:
                break
        if step < steps:
            trainer.step()
    seconds = time.process_time() - began - spent
    accuracy = ""
    if preset in CONDITIONAL:
        classifier = Classifier(data, RandomFeatures(CLASSIFIER))
        accuracy = f"{class_accuracy(Sampler(trainer.sampled), classifier, seed):.3f}"
    distances = " → ".join(f"{value:.2f}" for value in course)
    return Run(preset, seed, distances, round(min(course) / course[0], 4), accuracy, step, round(seconds, 1))


def prepared(preset: str, seed: int, options: argparse.Namespace) -> tuple[TrainConfig, LabelledImages]:
    """Return the configuration of a run, and its images."""
    size = 64 if preset.startswith("dcgan-64") else 32
    keys: dict[str, object] = {
        "net.width": 32 if preset == "wgan-gp-acgan-seed" else options.width,
        "batch": 64,
        "data.count": options.images,
        "seed": seed,
        **_ADAM,
        **RATES.get(preset, {}),
    }
    config = build_config(preset, keys).with_classes(10)
    return config, load_images(config.data, size=size)


def read(path: Path) -> list[Run]:
    """Return the runs that a CSV file has."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [Run.parse(row) for row in csv.DictReader(file)]


def add(path: Path, run: Run) -> None:
    """Add a run to a CSV file."""
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Run)])
        if not file.tell():
            writer.writeheader()
        writer.writerow(asdict(run))


def table(runs: list[Run]) -> str:
    """Return a row for each preset: every seed's figures side by side."""
    lines = [
        "| preset | seeds | distances of the first seed | best / first | class accuracy | steps | CPU s | pass |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for preset in PRESETS:
        chosen = sorted((run for run in runs if run.preset == preset), key=lambda run: run.seed)
        if not chosen:
            continue
        columns = (
            f"`{preset}`",
            ", ".join(str(run.seed) for run in chosen),
            chosen[0].distances,
            ", ".join(f"{run.share:.3f}" for run in chosen),
            ", ".join(run.accuracy for run in chosen if run.accuracy),
            ", ".join(f"{run.steps:,}" for run in chosen),
            ", ".join(f"{run.seconds:.0f}" for run in chosen),
            f"{sum(run.passes for run in chosen)} of {len(chosen)}",
        )
        lines.append(f"| {' | '.join(columns)} |")
    return "\n".join(lines)


def main() -> None:
    """Make the runs that are missing and print the table; the exit status is 1 if one fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--presets", nargs="+", default=list(PRESETS), choices=list(PRESETS))
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--images", type=int, default=8000)
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies every number of steps")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--csv", type=Path, default=Path("proof.csv"), help="runs made; what it has is not repeated")
    parser.add_argument("--page", type=Path, help="put the table between the marks of this page")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    held_out = load_images(build_config("dcgan", {"data.count": 2000, "data.seed": 1}).data, size=32)
    real = load_images(build_config("dcgan", {"data.count": options.images}).data, size=32)
    if held_out.labels is not None:
        found = Classifier(real, RandomFeatures(CLASSIFIER)).accuracy(held_out.images, held_out.labels)
        print(f"the classifier finds {found:.3f} of held-out real images; chance is {CHANCE}\n", flush=True)
    wanted = [(preset, seed) for seed in options.seeds for preset in options.presets]
    for preset, seed in wanted:
        if not any((run.preset, run.seed) == (preset, seed) for run in read(options.csv)):
            run = prove(preset, seed, options)
            add(options.csv, run)
            print(run, flush=True)
    runs = read(options.csv)
    print(table(runs))
    if options.page:
        write_page(options.page, table(runs), mark="proof")
    failed = sum(not run.passes for run in runs)
    if failed:
        raise SystemExit(f"{failed} of {len(runs)} runs fail")


if __name__ == "__main__":
    main()
