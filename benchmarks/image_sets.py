"""Two folders of images to measure on: small ones of CIFAR-10, and photographs made of those that a package ships."""

import io
import zipfile
from importlib import import_module
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

SIDE = 768
Sides = tuple[Path, Path]
"""The folders of the real and the fake images."""


def cifar(archive: Path, folder: Path, count: int) -> Sides:
    """Write a seeded choice of `count` images a side, the fake ones blurred by half a pixel."""
    with zipfile.ZipFile(archive) as opened:
        names = sorted(name for name in opened.namelist() if name.lower().endswith((".png", ".jpg", ".jpeg")))
        chosen = np.random.default_rng(0).permutation(len(names))[: 2 * count]
        for role, part in (("real", chosen[:count]), ("fake", chosen[count:])):
            (folder / role).mkdir(parents=True)
            for number in part:
                image = Image.open(io.BytesIO(opened.read(names[number]))).convert("RGB")
                image = image.filter(ImageFilter.GaussianBlur(0.5)) if role == "fake" else image
                image.save(folder / role / f"{number:05d}.png")
    return folder / "real", folder / "fake"


def photographs(folder: Path, count: int, *, size: int = SIDE) -> Sides:
    """Write `count` JPEG files a side of `size` x `size` pixels, made of those that scikit-image ships."""
    data = import_module("skimage.data")
    names = ("astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field", "immunohistochemistry", "retina")
    originals = [getattr(data, name)() for name in names]
    random = np.random.default_rng(0)
    for role in ("real", "fake"):
        (folder / role).mkdir(parents=True)
        for number in range(count):
            image = Image.fromarray(originals[random.integers(len(originals))])
            side = int(min(image.size) * random.uniform(0.5, 1))
            left, top = (int(random.integers(length - side + 1)) for length in image.size)
            image = image.crop((left, top, left + side, top + side)).resize((size, size), Image.Resampling.BICUBIC)
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if random.random() < 0.5 else image
            image = image.filter(ImageFilter.GaussianBlur(2)) if role == "fake" else image
            image.save(folder / role / f"{number:05d}.jpg", quality=92)
    return folder / "real", folder / "fake"
