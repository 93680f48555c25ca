"""The disturbance study of docs/sanity.md: ``ganmetrics sanity`` on CIFAR-10, with every image's features kept on disk.

    python benchmarks/sanity_cifar.py cifar10-train.zip --features features/ --out study/ --count 2500

The images of another kind are crops of the photographs that ship with scikit-image. An interrupted run goes on where it
stopped, and other metrics are computed later without the network. With --real-class the real images are those of one
class, and the others those of all the other classes.
"""

import argparse
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
import skimage.data
import torch
from PIL import Image

from ganmetrics import Extractor, ExtractorSpec, Outputs, load_extractor, sanity

SIDE = 32
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket", "immunohistochemistry", "hubble_deep_field", "retina")
PART = 500


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


def raw_pixels(image: np.ndarray) -> np.ndarray:
    """Return an image as it is: what features are remembered by."""
    return image.astype(np.float32)


class Remembered:
    """An extractor that computes the features of an image once, and finds them in a folder ever after."""

    def __init__(self, extractor: Extractor, folder: Path) -> None:
        self._extractor = extractor
        self._folder = folder
        self._known: dict[bytes, tuple[np.ndarray, np.ndarray]] = {}
        self._new: list[bytes] = []
        folder.mkdir(parents=True, exist_ok=True)
        for part in sorted(folder.glob("*.npz")):
            with np.load(part) as stored:
                arrays = (stored["digests"], stored["features"], stored["logits"])
            self._known |= {digest.tobytes(): (f, c) for digest, f, c in zip(*arrays, strict=True)}

    @property
    def spec(self) -> ExtractorSpec:
        """The identity of the extractor whose features these are."""
        return self._extractor.spec

    @property
    def prepare(self) -> object:
        """The pixels themselves: preparation is for images that are new."""
        return raw_pixels

    def __call__(self, batch: torch.Tensor, device: torch.device) -> Outputs:
        """Return the outputs, from the network for images that are new."""
        images = [image.numpy().astype(np.uint8) for image in batch]
        digests = [hashlib.sha256(image.tobytes()).digest() for image in images]
        new = {digest: image for digest, image in zip(digests, images, strict=True) if digest not in self._known}
        if new:
            inputs = np.stack([self._extractor.prepare(image) for image in new.values()])
            outputs = self._extractor(torch.from_numpy(inputs), device)
            self._known |= dict(
                zip(new, zip(outputs.features.numpy(), outputs.logits.numpy(), strict=True), strict=True)
            )
            self._new += new
            if len(self._new) >= PART:
                self.save()
        features, logits = (np.stack(rows) for rows in zip(*(self._known[digest] for digest in digests), strict=True))
        return Outputs(features=torch.from_numpy(features), logits=torch.from_numpy(logits))

    def save(self) -> None:
        """Write what is new as one more file."""
        if not self._new:
            return
        features, logits = (np.stack(rows) for rows in zip(*(self._known[digest] for digest in self._new), strict=True))
        digests = np.frombuffer(b"".join(self._new), np.uint8).reshape(-1, 32)
        path = self._folder / f"{self._new[0].hex()[:16]}.npz"
        np.savez(path, digests=digests, features=features.astype(np.float32), logits=logits.astype(np.float32))
        self._new = []


def by_class(archive: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of a class (the first-level folder of a zip), and those of all others, uint8 [n, h, w, 3]."""
    own, others = [], []
    with zipfile.ZipFile(archive) as opened:
        for file in sorted(name for name in opened.namelist() if name.lower().endswith((".png", ".jpg", ".jpeg"))):
            image = np.array(Image.open(io.BytesIO(opened.read(file))).convert("RGB"))
            (own if file.split("/")[0] == name else others).append(image)
    return np.stack(own), np.stack(others)


def main() -> None:
    """Run the study and write what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("real", type=Path, help="a folder or zip; with --real-class a zip of class folders")
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=2500)
    parser.add_argument("--metrics", default="fid,is")
    parser.add_argument("--only", default="", help="disturbances, separated by commas")
    parser.add_argument("--real-class", default="", help="study this class, mixed with the others")
    options = parser.parse_args()

    real, others = options.real, photograph_crops(options.count, seed=0)
    if options.real_class:
        real, others = by_class(real, options.real_class)
    extractor = Remembered(load_extractor("efficientnet-lite0"), options.features)
    study = sanity(
        real,
        metrics=options.metrics.split(","),
        others=others,
        count=options.count,
        extractor=extractor,
        workers=0,
        **({"disturbances": options.only.split(",")} if options.only else {}),
    )
    extractor.save()
    print(study.to_text())
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "sanity.json").write_text(study.to_json())
    study.save(options.out)


if __name__ == "__main__":
    main()
