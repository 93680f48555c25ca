"""The path of a GPU in one table, in under three minutes: network, resizes, whole loop, waiting, parity with the CPU.

Rows: images/s of the network alone; of a loop's `update`, from uint8 images that lie on the device to statistics; and
of `update` with each resizer and a network that costs nothing, which leaves resizing. Then how far the features of the
same images are from the CPU's. It runs wherever torch has a device, the CPU included, which shows that it works and
nothing of speed. efficientnet-lite0 needs no weights file.

    python benchmarks/gpu.py --device cuda --extractor inception-v3 --weights pt_inception-2015-12-05-6726825d.pth
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

import ganmetrics
from ganmetrics.testing import random_images

SIZES = {"inception-v3": 299, "efficientnet-lite0": 224}
RESIZERS = (
    "tf1-bilinear",
    "half-pixel-bilinear",
    "pillow-bicubic-float",
    "pillow-bilinear-float",
    "pillow-bicubic-uint8",
    "pillow-lanczos-uint8",
)
CPU = torch.device("cpu")
FEW = 8


def rate(device: torch.device, images: int, run: Callable[[], object], seconds: float) -> float:
    """Return the images a second of some work on so many images, until the device has done it."""
    wait = (lambda: None) if device.type == "cpu" else getattr(torch, device.type).synchronize
    run()
    wait()
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        run()
        done += images
    wait()
    return done / (time.perf_counter() - started)


def loop(extractor: ganmetrics.Extractor, images: Tensor, device: torch.device) -> Callable[[], None]:
    """Return the update of a loop with some images."""
    reference = ganmetrics.Reference.from_images(images[:FEW].cpu(), extractor=extractor, workers=0, device=device)
    metric = ganmetrics.FrechetInceptionDistance(reference, extractor=extractor, device=device, interval=False)
    return lambda: metric.update(images)


def means(batch: Tensor) -> Tensor:
    """Return the means of the channels: a network that costs nothing."""
    return batch.mean(dim=(2, 3))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--extractor", choices=list(SIZES), default="efficientnet-lite0")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--pixels", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each row")
    options = parser.parse_args()
    device = torch.device(options.device)
    extractor = ganmetrics.load_extractor(options.extractor, weights=options.weights, offline=True)
    images = random_images(options.batch, size=options.pixels).to(device)
    size = SIZES[options.extractor]
    prepared = torch.rand(options.batch, 3, size, size) * 2 - 1
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    print(f"{name}; torch {torch.__version__}; {options.batch} images of {options.pixels} pixels\n")
    print("| what | images/s | ms an image |\n|---|---|---|")
    there = prepared.to(device)
    rows: dict[str, Callable[[], object]] = {
        f"{options.extractor} alone": lambda: extractor(there, device),
        "`update`": loop(extractor, images, device),
    }
    for resizer in RESIZERS:
        free = ganmetrics.ModuleExtractor(means, name="means", size=299, resize=resizer, dimension=3)
        rows[f"`update`, {resizer} and no network"] = loop(free, images, device)
    rates = []
    for row, run in rows.items():
        rates.append(rate(device, options.batch, run, options.seconds))
        print(f"| {row} | {rates[-1]:.0f} | {1000 / rates[-1]:.3f} |", flush=True)
    print(f"\nshare of a loop in which the network waits: {max(0.0, 1 - rates[1] / rates[0]):.0%}")
    found, expected = (extractor(prepared[:FEW], place).features for place in (device, CPU))
    print(f"features are off the CPU's by {(found - expected).norm() / expected.norm():.1e} of their norm")


if __name__ == "__main__":
    main()
