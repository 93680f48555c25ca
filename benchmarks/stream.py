"""Peak memory and time of a stream: a generator that is asked for batches, scored against stored statistics.

The pixels of a stream lie in memory up to a bound (256 MB) and past it in a temporary file, so ten times the images
should cost disk and time, and no more memory than that bound. Each count runs in a process of its own. The generator
and the extractor are cheap ones, so that what is measured is the library: uniform noise, and the mean colour of
each of 8 x 8 tiles. Two processes, as torchrun starts them, both ask the generator for all images, and score half each.

    python benchmarks/stream.py --counts 1000 10000 100000 --processes 1 2 --page docs/inputs.md
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from page import write_page
from torch import Tensor

import ganmetrics

MARK = "stream"
SIZE = 64
TILES = 8
SMALL = 500
"""Images of the real side, whose statistics are kept."""


def tiles(image: np.ndarray) -> np.ndarray:
    """Return the mean of each channel of 8 x 8 tiles, float32 [192]."""
    side = image.shape[0] // TILES
    means = image.reshape(TILES, side, TILES, side, 3).mean(axis=(1, 3), dtype=np.float32)
    return np.ascontiguousarray(means.reshape(-1), dtype=np.float32)


class TileMeans:
    """What `tiles` gives, as features."""

    spec = ganmetrics.ExtractorSpec(
        name="tile-means",
        dimension=3 * TILES**2,
        classes=None,
        layer="mean",
        weights_sha256=None,
        preprocessing="means of 8x8 tiles",
    )
    prepare = staticmethod(tiles)

    def __call__(self, batch: Tensor, device: torch.device) -> ganmetrics.Outputs:
        """Return the means, which are computed already."""
        return ganmetrics.Outputs(features=batch.to(device).cpu())


def noise(count: int, rng: torch.Generator) -> Tensor:
    """Return uniform noise, uint8 [count, 3, 64, 64]."""
    return torch.randint(0, 256, (count, 3, SIZE, SIZE), generator=rng, dtype=torch.uint8)


def score(count: int) -> dict[str, float]:
    """Score a stream in this process; return seconds of taking and scoring it, and the peak resident memory in MB."""
    real = ganmetrics.Reference.from_images(noise(SMALL, torch.Generator()), extractor=TileMeans(), workers=0)
    started = time.perf_counter()
    with ganmetrics.timed() as stages:
        stream = ganmetrics.Stream(noise, count=count)
        ganmetrics.fid(real, stream, extractor=TileMeans(), workers=0)
    seconds = time.perf_counter() - started
    taking = sum(row["seconds"] for row in stages.to_json() if row["stage"] == "taking the stream")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "taking": taking, "peak": peak}


def measured(count: int, processes: int) -> dict[str, float]:
    """Return what `score` gives in so many processes of one thread."""
    launcher = ["-m", "torch.distributed.run", "--nproc-per-node", str(processes)] if processes > 1 else []
    done = subprocess.run(
        [sys.executable, *launcher, __file__, "--score", str(count)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print a row for each count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", type=int, nargs="+", default=[5000, 50000])
    parser.add_argument("--processes", type=int, nargs="+", default=[1])
    parser.add_argument("--score", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--shared", action="store_true", help="the machine has other work, which the page says")
    parser.add_argument("--page", type=Path, help="a page that gets the table between its marks")
    options = parser.parse_args()
    if options.score:
        launched = "RANK" in os.environ
        if launched:
            dist.init_process_group("gloo")
        found = score(options.score)
        if not launched or dist.get_rank() == 0:
            print(json.dumps(found))
        if launched:
            dist.destroy_process_group()
        return
    where = "a machine that was shared" if options.shared else "an idle machine"
    lines = [
        f"A generator of 64 x 64 noise with a cheap extractor, one thread a process, on {where}; pixels in the "
        f"file of {tempfile.gettempdir()} past 256 MB:",
        "",
        "| images | processes | pixels, MB | peak memory of a process, MB | seconds | of them taking the stream |",
        "|---|---|---|---|---|---|",
    ]
    for processes in options.processes:
        for count in options.counts:
            found, size = measured(count, processes), count * 3 * SIZE**2 / 1e6
            lines.append(
                f"| {count:,} | {processes} | {size:,.0f} | {found['peak']:,.0f} | {found['seconds']:.1f} "
                f"| {found['taking']:.1f} |"
            )
            print(lines[-1], flush=True)
    if options.page is not None:
        write_page(options.page, "\n".join(lines), mark=MARK)


if __name__ == "__main__":
    main()
