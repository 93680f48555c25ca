"""Peak memory of one Fréchet distance against the number of images.

FID keeps moments, not features, so ten times the images should cost no more memory. The interval adds the moments of
eight blocks a side, which grow until each block has as many images as features and stay so: at most 268 MB a side at
pool3's width. Each count runs in a process of its own, without and with the interval, on a folder of small PNG files
with a cheap extractor as wide as pool3; two decoding workers run beside it.

    python benchmarks/memory.py --counts 2000 20000
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import ganmetrics
from ganmetrics.testing import write_images

DIMENSION = 2048
SIZE = 8


def pixels(image: np.ndarray) -> np.ndarray:
    """Return the pixels of one image as a row of float32."""
    return image.reshape(-1).astype(np.float32)


class RandomProjection:
    """Pixels through one fixed random layer: features as wide as pool3 for the price of one matrix product."""

    spec = ganmetrics.ExtractorSpec(
        name="random-projection",
        dimension=DIMENSION,
        classes=None,
        layer="relu",
        weights_sha256=None,
        preprocessing="pixels",
    )
    prepare = staticmethod(pixels)

    def __init__(self) -> None:
        self.weights = torch.randn(3 * SIZE**2, DIMENSION, generator=torch.Generator().manual_seed(0))

    def __call__(self, batch: Tensor, device: torch.device) -> ganmetrics.Outputs:
        """Return the features of a batch."""
        return ganmetrics.Outputs(features=(batch.to(device) @ self.weights.to(device)).relu().cpu())


def score(real: Path, fake: Path, *, interval: bool) -> dict[str, float]:
    """Return the distance, and the peak resident memory of this process and of its largest worker, in MB."""
    value = float(ganmetrics.fid(real, fake, extractor=RandomProjection(), workers=2, interval=interval))
    peak, workers = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"value": value, "peak": peak, "worker": workers}


def measure(real: Path, fake: Path, *, interval: bool) -> dict[str, float]:
    """Score two folders in a new process, and return what it measured."""
    command = [sys.executable, __file__, "--score", real, fake, *(["--interval"] if interval else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def main() -> None:
    """Print a row for each count without and with the interval, and the ratios of the last to the first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", type=int, nargs="+", default=[2000, 20000])
    parser.add_argument("--score", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--interval", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.score:
        print(json.dumps(score(*options.score, interval=options.interval)))
        return
    print("| images a side | interval | distance | peak of the process, MB | of its largest worker, MB |")
    print("|---|---|---|---|---|")
    peaks: dict[bool, list[float]] = {False: [], True: []}
    with tempfile.TemporaryDirectory() as folder:
        for count in options.counts:
            real = write_images(Path(folder) / f"real-{count}", count, seed=1, size=SIZE)
            fake = write_images(Path(folder) / f"fake-{count}", count, seed=2, size=SIZE, shift=10)
            for interval, found in peaks.items():
                measured = measure(real, fake, interval=interval)
                found.append(measured["peak"])
                row = f"{count:,} | {'with' if interval else 'without'} | {measured['value']:.6g}"
                print(f"| {row} | {measured['peak']:.0f} | {measured['worker']:.0f} |", flush=True)
    for interval, found in peaks.items():
        how = "with" if interval else "without"
        print(f"\nratio of the peaks {how} interval, last to first: {found[-1] / found[0]:.3f}")


if __name__ == "__main__":
    main()
