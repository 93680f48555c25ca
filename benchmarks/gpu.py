"""The path of a GPU in one table, in under three minutes: network, resizes, whole job, waiting, parity with the CPU.

Rows: images/s of the network on prepared images that lie on the device; of each resizer as a batch there; of a loop's
`update` (uint8 on the device in, statistics out); the host's time in `update`'s preparation; and how far features and
prepared images are from the CPU's. It runs wherever torch has a device, the CPU included, which shows that it works and
nothing of speed. Without --weights the network's are random.

    python benchmarks/gpu.py --device cuda --weights pt_inception-2015-12-05-6726825d.pth
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import torch

import ganmetrics
from ganmetrics.features.base import ExtractorSpec
from ganmetrics.features.batched_preparation import prepare_batch
from ganmetrics.features.batched_resize import resize_batch
from ganmetrics.features.inception import CLASSES, FEATURES, NAME, PREPROCESSING, InceptionV3
from ganmetrics.features.network import NetworkExtractor
from ganmetrics.features.resize import RESIZERS
from ganmetrics.testing import random_images

SIZE = (299, 299)
SECONDS = 5.0
"""That each row is measured for, at least once."""


def random_inception() -> InceptionV3:
    """Return the network with random weights that keep activations in range."""
    torch.manual_seed(0)
    network = InceptionV3()
    for weight in network.parameters():
        if weight.ndim > 1:
            torch.nn.init.kaiming_normal_(weight)
    return network


def inception(weights: Path | None) -> ganmetrics.Extractor:
    """Return the extractor, with random weights where none are given."""
    if weights is not None:
        return ganmetrics.load_extractor(NAME, weights=weights, offline=True)
    spec = ExtractorSpec("random-inception", FEATURES, CLASSES, "pool3", None, str(PREPROCESSING))
    return NetworkExtractor(spec, PREPROCESSING, random_inception)


def rate(device: torch.device, images: int, run: Callable[[], object], seconds: float) -> float:
    """Return the images a second of some work, waiting for the device at the end."""
    wait = (lambda: None) if device.type == "cpu" else getattr(torch, device.type).synchronize
    run()
    wait()
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        run()
        done += images
    wait()
    return done / (time.perf_counter() - started)


def host_milliseconds(images: torch.Tensor) -> float:
    """Return the host's time to ask a device for a prepared batch, in ms an image: on torch's device without values."""
    there = images.to("meta")
    prepare_batch(PREPROCESSING, there)
    started = time.perf_counter()
    for _ in range(20):
        prepare_batch(PREPROCESSING, there)
    return (time.perf_counter() - started) / 20 / len(images) * 1e3


def one_by_one(images: torch.Tensor) -> float:
    """Return the host's time to prepare images one by one, in ms an image."""
    arrays = images.permute(0, 2, 3, 1).contiguous().numpy()
    started = time.perf_counter()
    for image in arrays:
        PREPROCESSING(image)
    return (time.perf_counter() - started) / len(images) * 1e3


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--pixels", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    options = parser.parse_args()
    device, cpu = torch.device(options.device), torch.device("cpu")
    extractor = inception(options.weights)
    host = random_images(options.batch, size=options.pixels)
    images = host.to(device)
    prepared = prepare_batch(PREPROCESSING, images)
    assert prepared is not None
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    print(f"{name}; torch {torch.__version__}; {options.batch} images of {options.pixels} pixels\n")
    print("| what | images/s |\n|---|---|")
    network = rate(device, len(images), lambda: extractor(prepared, device), options.seconds)
    print(f"| network | {network:.0f} |", flush=True)
    for resizer in RESIZERS:
        found = rate(
            device,
            len(images),
            lambda resizer=resizer: resize_batch(images, SIZE, resizer=resizer),
            options.seconds / 4,
        )
        print(f"| {resizer} | {found:.0f} |", flush=True)
    reference = ganmetrics.Reference.from_images(host[:8], extractor=extractor, workers=0, device=device)
    metric = ganmetrics.FrechetInceptionDistance(reference, extractor=extractor, device=device)
    job = rate(device, len(images), lambda: metric.update(images), options.seconds)
    print(f"| `update`, from uint8 on the device to statistics | {job:.0f} |")
    print(f"\nshare of the job in which the network does not run: {max(0.0, 1 - job / network):.0%}")
    print(f"host, ms an image: {host_milliseconds(host):.4f} to ask for a batch, {one_by_one(host):.2f} one by one")
    expected = prepare_batch(PREPROCESSING, host[:8])
    assert expected is not None
    off = (prepared[:8].cpu() - expected).abs().max()
    there, here = extractor(prepared[:8], device).features, extractor(expected, cpu).features
    print(f"prepared images are off the CPU's by at most {off:.1e}")
    print(f"features by {(there - here).norm() / here.norm():.1e} of their norm")


if __name__ == "__main__":
    main()
