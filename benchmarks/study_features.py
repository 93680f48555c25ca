"""Features of a network for `joint_fit.py`, `half_widths.py` and the gallery: real ones, and fakes that are disturbed.

    python benchmarks/study_features.py --train cifar10-train.zip --test cifar10-test.zip --out FOLDER

Real are training images; fakes are test images that are blurred, noised, compressed, or of another mix of classes: of
the first half of the classes all, of the others a quarter. Each set is a file in FOLDER, float32 [n, d] in random
order; one that is there is not made again. Both sources need a folder for each class.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from coverage_real import DISTURBANCES

from ganmetrics import extract
from reference_models import load_images
from reference_models.config import DataConfig

SETS = ("blur", "noise", "jpeg", "mix")
SEED = 5
RARE = 4
"""Of so many images of a class that is rare in the mix one is taken."""


def images_of(source: str) -> tuple[np.ndarray, np.ndarray]:
    """Return images [n, h, w, 3] and the number of each one's class, in random order."""
    data = load_images(DataConfig(source), size=32)
    if data.labels is None:
        raise SystemExit(f"{source} has no classes: a folder for each is needed")
    order = np.random.default_rng(SEED).permutation(len(data.images))
    return data.images.permute(0, 2, 3, 1).numpy()[order], data.labels.numpy()[order]


def mixed(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the images of another mix of classes."""
    common = labels <= labels.max() // 2
    return images[common | (np.arange(len(images)) % RARE == 0)]


def fakes(name: str, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return a set of fakes."""
    if name == "mix":
        return mixed(images, labels)
    return np.stack([DISTURBANCES[name](image, np.random.default_rng(n)) for n, image in enumerate(images)])


def main() -> None:
    """Make what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", required=True, help="source of the real images")
    parser.add_argument("--test", required=True, help="source of the fakes")
    parser.add_argument("--out", type=Path, required=True, help="folder of features")
    parser.add_argument("--extractor", default="efficientnet-lite0")
    parser.add_argument("--weights", type=Path, help="of the extractor, where it has none with it")
    parser.add_argument("--real-count", type=int, default=16_000)
    parser.add_argument("--fake-count", type=int, default=6000)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)

    def store(name: str, images: np.ndarray) -> None:
        features, _ = extract(images, extractor=options.extractor, weights=options.weights, workers=0)
        np.save(options.out / f"{name}.npy", features.numpy())
        print(f"{name}: {list(features.shape)}", flush=True)

    if not (options.out / "real.npy").exists():
        store("real", images_of(options.train)[0][: options.real_count])
    images, labels = images_of(options.test)
    for name in options.sets:
        if not (options.out / f"{name}.npy").exists():
            store(name, fakes(name, images, labels)[: options.fake_count])


if __name__ == "__main__":
    main()
