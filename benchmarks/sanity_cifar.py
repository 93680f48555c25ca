"""The disturbance study of docs/sanity.md in two steps: features of every image to disk once, then scores from them.

    python benchmarks/sanity_cifar.py extract cifar10-train.zip features/ --count 2500

The images of another kind are crops of the photographs that ship with scikit-image. What is on disk already is not
extracted again, and several processes may share the work: each takes every n-th set (--share 0/2, --share 1/2).
"""

import argparse
from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image

import ganmetrics
from ganmetrics.data.mixtures import PickedSource
from ganmetrics.data.sources import ImageSource, open_source
from ganmetrics.features.registry import load_extractor
from ganmetrics.sanity.series import MIX, MODES, Sets, make_sets

EXTRACTOR = "efficientnet-lite0"
SIDE = 32
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket", "immunohistochemistry", "hubble_deep_field", "retina")
Arrays = tuple[np.ndarray, np.ndarray]


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


def distinct_sets(sets: Sets) -> dict[str, ImageSource]:
    """Return the sets to extract by file name: mixtures of whole images share most of theirs with the clean set."""
    labels = {sets.clean.label(index) for index in range(len(sets.clean))}
    extra = {}
    for series in sets.series:
        for step in series.steps if series.name in (MODES, MIX) else ():
            for index in range(len(step.source)):
                label = step.source.label(index)
                if label not in labels:
                    extra[label] = (step.source, index)
    found: dict[str, ImageSource] = {"real": sets.real, "clean": sets.clean}
    found["extra"] = PickedSource(list(extra.values()), "extra")
    for series in sets.series:
        if series.name not in (MODES, MIX):
            found |= {f"{series.name}-{step.level:g}": step.source for step in series.steps[1:]}
    return found


def extract_all(sets: Sets, folder: Path, share: tuple[int, int]) -> None:
    """Write features and logits of every distinct set that is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    extractor = load_extractor(EXTRACTOR)
    for name, source in list(distinct_sets(sets).items())[share[0] :: share[1]]:
        if (folder / f"{name}.features.npy").exists():
            continue
        extracted = ganmetrics.extract(source, extractor=extractor, workers=1, batch_size=4)
        np.save(folder / f"{name}.logits.npy", extracted.logits.numpy())
        np.save(folder / f"{name}.features.npy", extracted.features.numpy())
        print(name, len(source), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("real", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=2500)
    parser.add_argument("--share", default="0/1")
    options = parser.parse_args()
    part, parts = map(int, options.share.split("/"))
    extract_all(study_sets(options.real, options.count), options.folder, (part, parts))
