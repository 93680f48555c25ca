"""Large photographs: what decoding takes of a job, by size and number of workers, and whether less decoding would do.

First table: milliseconds of one core for each image, and what part of the time a network waits for images. The network
is a pause of its published rate, as of a GPU that leaves the cores alone; where it runs on the same cores, the column
before the last says what part of their work decoding is. Second table: JPEG decoded at a reduced size (Pillow's
`draft`, which drops the high frequencies of each block; it begins at twice the target) and then resized, against the
protocol's own result, in levels of 0 to 255; and how many times as fast the decoding is.

    python benchmarks/decoding.py --page docs/benchmarks.md          # about four minutes of two cores
    python benchmarks/decoding.py --short                            # half a minute
"""

import argparse
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from image_sets import photographs
from page import write_page
from PIL import Image

from ganmetrics import ExtractorSpec, Outputs, Preprocessing, extract

SIZES = (512, 1024, 2048)
WORKERS = (0, 1, 2, 4)
BATCH = 32
NETWORKS = {
    "inception-v3": (14.3, Preprocessing("tf1-bilinear", (299, 299), "(x-128)/128")),
    "efficientnet-lite0": (72.0, Preprocessing("pillow-bicubic-uint8", (224, 224), "(x-127)/128")),
}
"""Images a second on two cores (docs/benchmarks.md), and the preparation."""
GPU_RATE = 1000.0
TARGET = (299, 299)
LEVELS = 128
"""Levels of 0 to 255 in a unit of a network's input under the scaling (x-128)/128."""
RESIZERS = (
    "tf1-bilinear",
    "half-pixel-bilinear",
    "pillow-bicubic-float",
    "pillow-bilinear-float",
    "pillow-bicubic-uint8",
    "pillow-bilinear-uint8",
    "pillow-lanczos-uint8",
    "pillow-nearest-uint8",
)
MARK = "decoding"


def core_seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the least processor seconds of some work."""
    taken = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


class Paced:
    """An extractor whose network is a pause, so many images a second.

    Args:
        prepare: the preparation of an image.
        rate: images a second.
    """

    def __init__(self, prepare: Preprocessing, rate: float) -> None:
        self.prepare = prepare
        self.rate = rate
        self.busy: list[float] = []
        self.ends: list[float] = []
        self.spec = ExtractorSpec(
            name="paced", dimension=1, classes=None, layer="none", weights_sha256=None, preprocessing=str(prepare)
        )

    def __call__(self, batch: torch.Tensor, device: torch.device) -> Outputs:  # noqa: ARG002 - what extractors take
        """Return features of no meaning when the batch's time is over."""
        time.sleep(len(batch) / self.rate)
        self.busy.append(len(batch) / self.rate)
        self.ends.append(time.perf_counter())
        return Outputs(features=torch.zeros(len(batch), 1))

    @property
    def waited(self) -> float:
        """Return which part of the time after its first batch it waited for images."""
        return 1 - sum(self.busy[1:]) / (self.ends[-1] - self.ends[0])


def waiting(folder: Path, prepare: Preprocessing, rate: float, workers: int) -> float:
    """Return which part of the time a network of that rate waits for images, after its first batch."""
    network = Paced(prepare, rate)
    extract(folder, extractor=network, batch_size=BATCH, workers=workers, device="cpu")
    return network.waited


def shares(sizes: tuple[int, ...], count: int, repeats: int) -> list[str]:
    """Return the first table."""
    rates = [(f"{name}, {rate:g}/s", prepare, rate) for name, (rate, prepare) in NETWORKS.items()]
    rates.append((f"inception-v3, {GPU_RATE:g}/s", NETWORKS["inception-v3"][1], GPU_RATE))
    head = "| pixels | network | decoding, ms | resizing, ms | waits: "
    lines = [
        head + " | ".join(f"{workers} workers" for workers in WORKERS) + " | of shared cores | cores for no wait |",
        "|---|---|---|---|" + "---|" * len(WORKERS) + "---|---|",
    ]
    cores = len(os.sched_getaffinity(0))
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder, _ = photographs(Path(scratch), count, size=size)
            data = [file.read_bytes() for file in sorted(folder.iterdir())[:8]]
            decoding = core_seconds(lambda data=data: [decoded(one) for one in data], repeats) / len(data)
            images = [decoded(one) for one in data]
            for name, prepare, rate in rates:
                resizing = core_seconds(lambda p=prepare, i=images: [p(one) for one in i], repeats) / len(data)
                each = decoding + resizing
                # A GPU does not compute on the cores.
                shared = "" if rate == GPU_RATE else f"{100 * each / (each + cores / rate):.0f} %"
                waits = (f"{100 * waiting(folder, prepare, rate, workers):.0f} %" for workers in WORKERS)
                lines.append(
                    f"| {size} | {name} | {1000 * decoding:.1f} | {1000 * resizing:.1f} | {' | '.join(waits)} "
                    f"| {shared} | {rate * each:.1f} |"
                )
                print(lines[-1], file=sys.stderr, flush=True)
    return lines


def decoded(data: bytes, target: tuple[int, int] | None = None) -> np.ndarray:
    """Return the pixels of a JPEG: whole, or at the least size (half, fourth, eighth) that is no less than a target."""
    with Image.open(io.BytesIO(data)) as image:
        if target is not None:
            image.draft("RGB", target)
        return np.asarray(image.convert("RGB"))


def reductions(sizes: tuple[int, ...], count: int, repeats: int) -> list[str]:
    """Return the second table."""
    lines = [
        "| pixels | decoded at | times as fast | resizer | values that differ | by, in the mean | at most |",
        "|---|---|---|---|---|---|---|",
    ]
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder, _ = photographs(Path(scratch), count, size=size)
            data = [file.read_bytes() for file in sorted(folder.iterdir())]
        whole, reduced = [decoded(one) for one in data], [decoded(one, TARGET) for one in data]
        full, less = (
            core_seconds(lambda data=data, target=target: [decoded(one, target) for one in data], repeats)
            for target in (None, TARGET)
        )
        for name in RESIZERS:
            pairs = zip(whole, reduced, strict=True)
            prepare = Preprocessing(name, TARGET, "(x-128)/128")
            off = LEVELS * np.stack([np.abs(prepare(one) - prepare(other)) for one, other in pairs])
            lines.append(
                f"| {size} | {reduced[0].shape[0]} | {full / less:.1f} | {name} | {100 * (off > 0).mean():.0f} % "
                f"| {off.mean():.2f} | {off.max():.0f} |"
            )
    return lines


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="one size, few images")
    parser.add_argument("--page", type=Path, help="put the tables between the marks of this page")
    options = parser.parse_args()
    sizes, count, repeats = (SIZES[:1], 2 * BATCH, 1) if options.short else (SIZES, 4 * BATCH, 3)
    text = "\n".join(
        [*shares(sizes, count, repeats), "", *reductions(sizes[1:] or (1024,), 4 if options.short else 12, repeats)]
    )
    print(text)
    if options.page:
        write_page(options.page, text, mark=MARK)


if __name__ == "__main__":
    main()
