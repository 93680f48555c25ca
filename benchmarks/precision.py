"""How far scores move in reduced precision: both sides extracted in each, over levels of blur of the fake side.

The table has the score in float32 and by how many per cent (of FID and KID; by how much, of the shares) each precision
moves it. Features pass once through the network for each precision and set.

    python benchmarks/precision.py IMAGES.zip --count 1000 --extractor inception-v3 --weights STATE_DICT
"""

import argparse
import io
import time
import zipfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageFilter

import ganmetrics

PRECISIONS = ("fp32", "bf16", "bf16-stem-fp32")
BLURS = (0.0, 0.5, 1.0, 2.0)
NEIGHBOUR = 5


def images(archive: Path, count: int) -> tuple[torch.Tensor, dict[float, torch.Tensor]]:
    """Return a seeded choice of `count` images for the real side, and as many others under each blur."""
    with zipfile.ZipFile(archive) as opened:
        names = sorted(name for name in opened.namelist() if name.lower().endswith((".png", ".jpg", ".jpeg")))
        chosen = np.random.default_rng(0).permutation(len(names))[: 2 * count]
        found = [Image.open(io.BytesIO(opened.read(names[number]))).convert("RGB") for number in chosen]
    real, others = found[:count], found[count:]
    return stacked(real), {
        blur: stacked([image.filter(ImageFilter.GaussianBlur(blur)) if blur else image for image in others])
        for blur in BLURS
    }


def stacked(pictures: list[Image.Image]) -> torch.Tensor:
    """Return uint8 [n, 3, h, w]."""
    return torch.from_numpy(np.stack([np.asarray(image) for image in pictures])).permute(0, 3, 1, 2).contiguous()


def scores(real: torch.Tensor, fake: torch.Tensor) -> dict[str, float]:
    """Return every score of two sets of features."""
    shares = ganmetrics.precision_recall(real, fake, k=NEIGHBOUR)
    return {
        "fid": float(ganmetrics.frechet_distance(ganmetrics.Moments.of(real), ganmetrics.Moments.of(fake))),
        "kid": float(ganmetrics.kernel_distance(real, fake, subsets=20, subset_size=min(1000, len(real))).value),
        **{name: float(getattr(shares, name)) for name in ("precision", "recall", "density", "coverage")},
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--extractor", default="inception-v3")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--precisions", nargs="+", default=list(PRECISIONS))
    options = parser.parse_args()
    real, fakes = images(options.archive, options.count)
    found: dict[str, dict[float, dict[str, float]]] = {}
    taken = dict.fromkeys(options.precisions, 0.0)
    for precision in options.precisions:
        name = options.extractor if precision == "fp32" else f"{options.extractor}@{precision}"
        started = time.process_time()
        sides = [
            ganmetrics.extract(side, extractor=name, weights=options.weights, workers=0, offline=True).features
            for side in (real, *fakes.values())
        ]
        taken[precision] = time.process_time() - started
        found[precision] = {blur: scores(sides[0], side) for blur, side in zip(fakes, sides[1:], strict=True)}
    base = found[options.precisions[0]]
    names = list(next(iter(base.values())))
    print(f"| {options.extractor}, blur | precision | {' | '.join(names)} |")
    print("|" + "---|" * (2 + len(names)))
    for blur, exact in base.items():
        for precision, rows in found.items():
            cells = []
            for name, value in rows[blur].items():
                if rows is base:
                    cells.append(f"{value:.5g}")
                elif name in ("fid", "kid"):
                    cells.append(f"{100 * (value / exact[name] - 1):+.2f} %")
                else:
                    cells.append(f"{value - exact[name]:+.4f}")
            print(f"| {blur} | {precision} | {' | '.join(cells)} |")
    for precision, seconds in taken.items():
        ratio = taken[options.precisions[0]] / seconds
        print(f"\n{precision}: {seconds:.0f} s of the processor, {ratio:.2f} times as fast")


if __name__ == "__main__":
    main()
