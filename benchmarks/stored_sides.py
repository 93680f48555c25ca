"""What the distance alone costs, once the statistics of a side are kept: as a command, and in a training loop.

Features are a random layer's (as in `memory.py`), since only their number and width matter here. The command is timed
in a new process beside `import torch`; the loop's `compute` beside the seconds that the network would need for the same
images, at the rate given.

    python benchmarks/stored_sides.py --dimension 2048 --count 5000
    python benchmarks/stored_sides.py --dimension 1280 --count 5000 --rate 72.5
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import ganmetrics
from ganmetrics.testing import random_images

REPEATS = 3
SIZE = 8


def pixels(image: np.ndarray) -> np.ndarray:
    """Return the pixels of one image as a row of float32."""
    return image.reshape(-1).astype(np.float32) / 128 - 1


class RandomLayers:
    """Pixels through two fixed random layers: features of full rank for the price of two matrix products."""

    prepare = staticmethod(pixels)

    def __init__(self, dimension: int) -> None:
        generator = torch.Generator().manual_seed(0)
        self.first, self.second = (
            torch.randn(inputs, dimension, generator=generator) / inputs**0.5 for inputs in (3 * SIZE**2, dimension)
        )
        self.spec = ganmetrics.ExtractorSpec("random-layers", dimension, None, "relu", None, "pixels")

    def __call__(self, batch: Tensor, device: torch.device) -> ganmetrics.Outputs:
        """Return the features of a batch."""
        del device
        return ganmetrics.Outputs(features=((batch @ self.first).relu() @ self.second).relu())


def best(command: list[str]) -> float:
    """Return the least seconds that a command takes."""
    taken = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        taken.append(time.perf_counter() - started)
    return min(taken)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dimension", type=int, default=2048)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--rate", type=float, help="images a second of the network")
    options = parser.parse_args()
    extractor = RandomLayers(options.dimension)
    images = [random_images(options.count, seed=seed, size=SIZE) for seed in (1, 2)]
    sides = [ganmetrics.Reference.from_images(side, extractor=extractor, workers=0) for side in images]
    torch_alone = best([sys.executable, "-c", "import torch"])
    print("| distance of two kept sides | seconds | over `import torch` |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / f"{role}.npz") for role in ("real", "fake")]
        for side, path in zip(sides, paths, strict=True):
            side.save(path)
        program = f"import ganmetrics; print(ganmetrics.fid({paths[0]!r}, {paths[1]!r}, extractor='random-layers', "
        for how, interval in (("without interval", False), ("with interval", True)):
            script = f"{program}interval={interval}))"
            seconds = best([sys.executable, "-c", script])
            print(f"| {how} | {seconds:.2f} | {seconds - torch_alone:.2f} |", flush=True)
    print("\n| `compute` in a loop | seconds | share of the extraction |\n|---|---|---|")
    for how, interval in (("without interval", False), ("with interval", True)):
        metric = ganmetrics.FrechetInceptionDistance(sides[0], extractor=extractor, interval=interval)
        for batch in images[1].split(250):
            metric.update(batch)
        started = time.perf_counter()
        metric.compute()
        seconds = time.perf_counter() - started
        share = f"{100 * seconds * options.rate / options.count:.1f} %" if options.rate else ""
        print(f"| {how} | {seconds:.2f} | {share} |", flush=True)


if __name__ == "__main__":
    main()
