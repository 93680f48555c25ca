"""The disturbance study of docs/sanity.md in two steps: features of every set to disk once, then scores from them.

    python benchmarks/sanity_cifar.py extract cifar10-train.zip features/ --count 5000

The images of another kind are crops of the photographs that ship with scikit-image. Sets that are on disk already are
not extracted again.
"""

import argparse
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

import ganmetrics
from ganmetrics.data.sources import open_source
from ganmetrics.features.registry import load_extractor
from ganmetrics.sanity.series import Sets, make_sets

EXTRACTOR = "efficientnet-lite0"
SIDE = 32
PHOTOGRAPHS = (
    "astronaut",
    "chelsea",
    "coffee",
    "rocket",
    "immunohistochemistry",
    "hubble_deep_field",
    "retina",
)


def photograph_crops(count: int, *, seed: int) -> np.ndarray:
    """Return square crops from random places of the photographs, 1 to 8 times `SIDE` wide, reduced to it."""
    rng = np.random.default_rng(seed)
    photographs = [Image.fromarray(getattr(skimage.data, name)()[..., :3]) for name in PHOTOGRAPHS]
    crops = []
    for index in range(count):
        photograph = photographs[index % len(photographs)]
        side = int(SIDE * 2 ** rng.uniform(0, 3))
        left = int(rng.integers(photograph.width - side + 1))
        top = int(rng.integers(photograph.height - side + 1))
        crop = photograph.crop((left, top, left + side, top + side))
        crops.append(np.array(crop.resize((SIDE, SIDE), Image.Resampling.LANCZOS)))
    return np.stack(crops)


def study_sets(path: Path, count: int) -> Sets:
    """Return the sets of the study."""
    return make_sets(open_source(path), others=open_source(photograph_crops(count, seed=0)), count=count, seed=0)


def extract_all(sets: Sets, folder: Path) -> None:
    """Write features and logits of every set that is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    extractor = load_extractor(EXTRACTOR)
    jobs = {"real": sets.real, "clean": sets.clean}
    worse = {f"{one.name}-{step.level:g}": step.source for one in sets.series for step in one.steps[1:]}
    for name, source in {**jobs, **worse}.items():
        if (folder / f"{name}.features.npy").exists():
            continue
        extracted = ganmetrics.extract(source, extractor=extractor, workers=1, batch_size=64)
        np.save(folder / f"{name}.logits.npy", extracted.logits.numpy())
        np.save(folder / f"{name}.features.npy", extracted.features.numpy())
        print(name, len(source), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("real", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=5000)
    options = parser.parse_args()
    extract_all(study_sets(options.real, options.count), options.folder)
