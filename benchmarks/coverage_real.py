"""The corrected distance of few real images against that of many, by the features of a network.

    python benchmarks/coverage_real.py --train cifar10-train.zip --test cifar10-test.zip --features FOLDER

Real are images of the first source; fake are those of the second after a disturbance. For each disturbance, many draws
of a fifth of the images a side are compared with all of them: the interval of the few should contain the corrected
distance of the many. Features are extracted once and kept as float32 in FOLDER.
"""

import argparse
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageFilter

from ganmetrics import Estimate, Extractor, ExtractorSpec, Outputs, extract, frechet_estimate, load_extractor

Pixels = np.ndarray
EXTRACTOR = "efficientnet-lite0"


def blurred(pixels: Pixels, rng: np.random.Generator) -> Pixels:  # noqa: ARG001 - all disturbances take one
    """Return the image blurred by 0.7 pixels."""
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(0.7)))


def noisy(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return the image with Gaussian noise of standard deviation 8."""
    return np.clip(np.rint(pixels + rng.normal(0, 8, pixels.shape)), 0, 255).astype(np.uint8)


def compressed(pixels: Pixels, rng: np.random.Generator) -> Pixels:  # noqa: ARG001
    """Return the image after JPEG of quality 30."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="JPEG", quality=30)
    return np.asarray(Image.open(buffer))


def unchanged(pixels: Pixels, rng: np.random.Generator) -> Pixels:  # noqa: ARG001
    """Return the image: the truth is then close to 0."""
    return pixels


DISTURBANCES: dict[str, Callable[[Pixels, np.random.Generator], Pixels]] = {
    "blur": blurred,
    "noise": noisy,
    "jpeg": compressed,
    "none": unchanged,
}


@dataclass(frozen=True)
class Disturbed:
    """An extractor that sees every image after a disturbance, whose noise is seeded by the image."""

    extractor: Extractor
    disturbance: str

    @property
    def spec(self) -> ExtractorSpec:
        """The identity of the extractor, with the disturbance as a part of its preparation."""
        spec = self.extractor.spec
        return replace(spec, name=f"{spec.name}-{self.disturbance}", canonical=False)

    def prepare(self, image: Pixels) -> np.ndarray:
        """Return what the extractor is given of the disturbed image."""
        rng = np.random.default_rng(zlib.crc32(image.tobytes()))
        return self.extractor.prepare(DISTURBANCES[self.disturbance](image, rng))

    def __call__(self, batch: torch.Tensor, device: torch.device) -> Outputs:
        """Return the extractor's outputs."""
        return self.extractor(batch, device)


def features_of(source: Path, disturbance: str, *, count: int, folder: Path) -> np.ndarray:
    """Return the features of `count` images after a disturbance, extracted unless they are in `folder`."""
    stored = folder / f"{source.stem}-{disturbance}-{count}-{EXTRACTOR}.npy"
    if not stored.exists():
        disturbed = Disturbed(load_extractor(EXTRACTOR), disturbance)
        features, _ = extract(source, extractor=disturbed, count=count, seed=0, workers=0)
        folder.mkdir(parents=True, exist_ok=True)
        np.save(stored, features.numpy())
    return np.load(stored)


def agreement(real: np.ndarray, fake: np.ndarray, *, count: int, draws: int) -> tuple[Estimate, list[Estimate]]:
    """Return the estimate from all images, and those from `draws` choices of `count` images a side."""
    few = []
    for draw in range(draws):
        rng = np.random.default_rng(draw)
        chosen = [side[rng.choice(len(side), count, replace=False)] for side in (real, fake)]
        few.append(frechet_estimate(*chosen))
    return frechet_estimate(real, fake), few


def row(disturbance: str, whole: Estimate, few: list[Estimate]) -> str:
    """Return the Markdown row of a disturbance."""
    values = np.array([estimate.corrected for estimate in few])
    inside = sum(estimate.low <= whole.corrected <= estimate.high for estimate in few)
    half_width = np.mean([estimate.high - estimate.low for estimate in few]) / 2
    trusted = sum(estimate.calibrated for estimate in few)
    return (
        f"| {disturbance} | {np.mean([estimate.value for estimate in few]):.2f} | {values.mean():.3f} | "
        f"{values.std(ddof=1):.3f} | {half_width:.3f} | {trusted} | {whole.value:.2f} | {whole.corrected:.3f} | "
        f"{whole.low:.3f} to {whole.high:.3f} | {inside} of {len(few)} |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, required=True, help="source of the real images")
    parser.add_argument("--test", type=Path, required=True, help="source of the images to disturb")
    parser.add_argument("--features", type=Path, required=True, help="folder for extracted features")
    parser.add_argument("--many", type=int, default=10_000, help="images a side that stand for the truth")
    parser.add_argument("--few", type=int, default=2_000, help="images a side of each draw")
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--extract-only", action="store_true")
    options = parser.parse_args()
    print(
        "| disturbance | plain, few | corrected, few | sd | half-width | calibrated | plain, many | corrected, many "
        "| interval, many | few contain many |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    real = features_of(options.train, "none", count=options.many, folder=options.features)
    for disturbance in DISTURBANCES:
        fake = features_of(options.test, disturbance, count=options.many, folder=options.features)
        if not options.extract_only:
            print(row(disturbance, *agreement(real, fake, count=options.few, draws=options.draws)), flush=True)


if __name__ == "__main__":
    main()
