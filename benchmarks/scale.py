"""Cost as work grows: 1,000 to 50,000 images a side, one process and two, images of 32 to 1,024 pixels.

Each row is a whole job, `ganmetrics.fid` of two folders with its interval, in processes of their own; every process has
one core to itself, so that two of them stand for two machines. The extractors cost next to nothing and are as wide as
pool3: what is measured is all that is not the network. Images are crops of the photographs that scikit-image ships.
Rows go to a CSV file; a second run measures what is missing there. `scale_report.py` carries the figures to a million
images and 64 GPUs. All of it, table and plots included (8 to 25 quiet minutes):

    python benchmarks/scale.py --csv scale.csv --table --page docs/benchmarks.md --plots docs/images
    python benchmarks/scale.py --csv short.csv --short --table          # the same, small, in four minutes
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, fields
from importlib import import_module
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.distributed as dist
from image_sets import photographs
from page import write_page
from PIL import Image
from scale_report import Row, report, save_plots
from torch import Tensor

import ganmetrics

DIMENSION = 2048
CROP = 32
COUNTS, SIZES, OF_A_SIZE = (1000, 2000, 5000, 10_000, 20_000, 50_000), (32, 64, 128, 256, 512, 1024), 200
SHORT_COUNTS, SHORT_SIZES, SHORT_OF_A_SIZE = (500, 2500), (32, 256), 40
INCEPTION = ganmetrics.Preprocessing("tf1-bilinear", (299, 299), "(x-128)/128")


@dataclass(frozen=True)
class Job:
    """One row to measure: which series it is of, images a side, pixels a side, processes."""

    series: str
    count: int
    size: int
    processes: int


class RandomProjection:
    """Some pixels through one fixed random layer: features as wide as pool3 for the price of one matrix product.

    Args:
        prepare: the preparation of an image; what it gives is thinned out to `CROP` x `CROP` pixels.
    """

    def __init__(self, prepare: object) -> None:
        self.prepare = prepare
        self.spec = ganmetrics.ExtractorSpec(
            name="random-projection",
            dimension=DIMENSION,
            classes=None,
            layer="relu",
            weights_sha256=None,
            preprocessing=str(prepare),
        )
        self.weights = torch.randn(3 * CROP**2, DIMENSION, generator=torch.Generator().manual_seed(0)) / CROP

    def __call__(self, batch: Tensor, device: torch.device) -> ganmetrics.Outputs:
        """Return the features of a batch."""
        step = batch.shape[-1] // CROP
        pixels = batch[..., : step * CROP : step, : step * CROP : step].reshape(len(batch), -1)
        return ganmetrics.Outputs(features=(pixels.to(device) @ self.weights.to(device)).relu().cpu())


def pixels(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return an image of `CROP` x `CROP` pixels as the network's input."""
    return image.transpose(2, 0, 1).astype(np.float32) / 128 - 1


def crops(folder: Path, count: int) -> tuple[Path, Path]:
    """Write `count` PNG files a side, crops of the photographs at random places; the fake ones are brighter."""
    data = import_module("skimage.data")
    originals = [getattr(data, name)() for name in ("astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field")]
    for number, role in enumerate(("real", "fake")):
        (folder / role).mkdir(parents=True)
        random = np.random.default_rng(number)
        for index in range(count):
            original = originals[random.integers(len(originals))]
            top, left = (int(random.integers(length - CROP + 1)) for length in original.shape[:2])
            image = original[top : top + CROP, left : left + CROP].clip(0, 245) + np.uint8(10 * number)
            Image.fromarray(image).save(folder / role / f"{index:06d}.png", compress_level=1)
    return folder / "real", folder / "fake"


def first(folder: Path, count: int) -> Path:
    """Return a folder of the first images of a folder: links, which cost no room."""
    part = folder.with_name(f"{folder.name}-{count}")
    if not part.exists():
        part.mkdir()
        for file in sorted(folder.iterdir())[:count]:
            os.link(file, part / file.name)
    return part


def work(real: Path, fake: Path, *, series: str) -> None:
    """Do one job on this process's core and print what it took; one of several where a launcher started this."""
    rank, size = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[rank % len(cores)]})
    if size > 1:
        dist.init_process_group("gloo")
    extractor = RandomProjection(pixels if series == "count" else INCEPTION)
    # What the first images of a process cost more is start-up.
    with ganmetrics.this_process_only():
        ganmetrics.extract(fake, extractor=extractor, count=8, workers=0, device="cpu")
    with ganmetrics.timed() as stages:
        value = float(ganmetrics.fid(real, fake, extractor=extractor, workers=0, device="cpu"))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    found = [(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)]
    if size > 1:
        found = [found[0]] * size
        dist.all_gather_object(found, (usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024))
        dist.destroy_process_group()
    if rank == 0:
        processor, memory = sum(taken for taken, _ in found), max(held for _, held in found)
        print(json.dumps({"processor": processor, "memory": memory, "value": value, "stages": stages.seconds}))


def measure(job: Job, real: Path, fake: Path) -> Row:
    """Run a job in processes of its own."""
    command = [sys.executable]
    if job.processes > 1:
        command += ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(job.processes)]
    command += [__file__, "--work", str(real), str(fake), "--series", job.series]
    paths = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    started = time.perf_counter()
    # torchrun gives each process one thread; so does this to the one that runs alone.
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": paths},
    )
    wall = time.perf_counter() - started
    if done.returncode:
        message = f"{job} ended with status {done.returncode}:\n{done.stderr[-2000:]}"
        raise RuntimeError(message)
    found = json.loads(done.stdout.splitlines()[-1])
    stages = found.pop("stages")
    return Row.of(**asdict(job), wall=wall, **found, stages=stages)


def jobs(*, short: bool) -> list[Job]:
    """Return the rows of the table."""
    counts, sizes, of_a_size = (SHORT_COUNTS, SHORT_SIZES, SHORT_OF_A_SIZE) if short else (COUNTS, SIZES, OF_A_SIZE)
    found = [Job("count", count, CROP, processes) for count in counts for processes in (1, 2)]
    return found + [Job("size", of_a_size, size, 1) for size in sizes]


def read(path: Path) -> list[Row]:
    """Return the rows that a CSV file has."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [Row.parse(line) for line in csv.DictReader(file)]


def measure_missing(path: Path, wanted: list[Job], scratch: Path) -> None:
    """Measure what the file lacks and add it, row by row."""
    measured = {Job(row.series, row.count, row.size, row.processes) for row in read(path)}
    missing = [job for job in wanted if job not in measured]
    counted = [job.count for job in missing if job.series == "count"]
    small = crops(scratch / "crops", max(counted)) if counted else ()
    for job in missing:
        if job.series == "count":
            sides = tuple(first(side, job.count) for side in small)
        else:
            sides = photographs(scratch / f"{job.size}", job.count, size=job.size)
        row = measure(job, *sides)
        new = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [field.name for field in fields(Row)])
            if new:
                writer.writeheader()
            writer.writerow(asdict(row))
        print(row, file=sys.stderr, flush=True)


def _pictures(plots: Path | None, page: Path) -> str:
    """Return the Markdown that shows the plots on a page."""
    if plots is None:
        return ""
    folder = os.path.relpath(plots, page.parent)
    shown = (("time and memory by count", "scale-count.png"), ("an image's time by size", "scale-size.png"))
    return "".join(f"![{title}]({folder}/{name})\n\n" for title, name in shown)


def main() -> None:
    """Measure what is missing, then print the table and draw the plots that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--csv", type=Path, default=Path("scale.csv"), help="measured rows; what it has is not repeated"
    )
    parser.add_argument("--short", action="store_true", help="small counts and sizes")
    parser.add_argument("--table", action="store_true", help="print tables and arithmetic")
    parser.add_argument("--page", type=Path, help="put them between the marks of this page as well")
    parser.add_argument("--plots", type=Path, help="draw into this folder")
    parser.add_argument("--scratch", type=Path, help="where the images are made; a temporary folder by default")
    parser.add_argument("--work", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--series", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(*options.work, series=options.series)
        return
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        measure_missing(options.csv, jobs(short=options.short), Path(scratch))
    rows = read(options.csv)
    if options.plots:
        save_plots(rows, options.plots)
    if options.table or options.page:
        text = report(rows)
        print(text)
        if options.page:
            write_page(options.page, _pictures(options.plots, options.page) + text, mark="scale")


if __name__ == "__main__":
    main()
