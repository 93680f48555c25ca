"""Time and memory of the neighbour metrics beside `prdc`, and of a large run from disk.

Each run is a process of its own, and the two libraries take turns. Memory is the peak above what the process held once
the libraries were imported and the features were in memory (or mapped).

    python benchmarks/neighbours.py                                       # beside prdc, 10,000 images a side
    python benchmarks/neighbours.py --count 50000 --disk --only ganmetrics --repeats 1
"""

import argparse
import contextlib
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

LATENT = 24
"""Features lie near a surface of this many dimensions, as those of images do; k-th neighbours mean little elsewhere."""
K = 5
CHUNK = 1000
SAMPLED_EVERY = 0.005
LIBRARIES = ("ganmetrics", "prdc")


def write_features(path: Path, count: int, dimension: int, seed: int, scale: float) -> None:
    """Write float32 features: a random ReLU layer of Gaussian latents, like pool3 non-negative, with some noise."""
    weights = np.random.default_rng(0).standard_normal((LATENT, dimension)).astype(np.float32)
    rng = np.random.default_rng(seed)
    array = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(count, dimension))
    for start in range(0, count, CHUNK):
        rows = array[start : start + CHUNK]
        latent = scale * rng.standard_normal((len(rows), LATENT), dtype=np.float32)
        rows[:] = np.maximum(latent @ weights + rng.standard_normal(rows.shape, dtype=np.float32), 0)
    array.flush()


def ganmetrics_way() -> Callable[[np.ndarray, np.ndarray], dict[str, float]]:
    """Return the four numbers of this library, in prdc's convention."""
    library = import_module("ganmetrics")

    def way(real: np.ndarray, fake: np.ndarray) -> dict[str, float]:
        return vars(library.precision_recall(real, fake, convention="prdc", k=K))

    return way


def prdc_way() -> Callable[[np.ndarray, np.ndarray], dict[str, float]]:
    """Return those of prdc, which prints."""
    prdc = import_module("prdc")

    def way(real: np.ndarray, fake: np.ndarray) -> dict[str, float]:
        with contextlib.redirect_stdout(io.StringIO()):
            return {name: float(value) for name, value in prdc.compute_prdc(real, fake, K).items()}

    return way


def run(name: str, folder: Path, disk: bool) -> None:
    """Be the measured process: get ready, wait for a line, work, and print values and seconds as JSON."""
    way = prdc_way() if name == "prdc" else ganmetrics_way()
    real, fake = (np.load(folder / f"{side}.npy", mmap_mode="r" if disk else None) for side in ("real", "fake"))
    # What libraries allocate at their first call, such as threads' stacks, is not the metric's.
    way(np.array(real[:64]), np.array(fake[:64]))
    print("ready", flush=True)
    input()
    start = time.perf_counter()
    values = way(real, fake)
    print(json.dumps({"values": values, "seconds": time.perf_counter() - start}))


def measure(name: str, folder: Path, disk: bool) -> dict[str, Any]:
    """Run one library in a new process, and return what it printed with its peak memory above the start, in MB."""
    command = [sys.executable, __file__, "--run", name, str(folder), *(["--disk"] if disk else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        before = peak = held(process.pid)
        process.stdin.write("go\n")
        process.stdin.flush()
        while process.poll() is None:
            peak = max(peak, held(process.pid))
            time.sleep(SAMPLED_EVERY)
        measured: dict[str, Any] = json.loads(process.stdout.read())
    return measured | {"megabytes": (peak - before) / 1024}


def held(process: int) -> int:
    """Return what a process holds of its own, in kB; pages of mapped files, which the system may drop, do not count."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")), 0)


def main() -> None:
    """Print one row for each run, the libraries in turn, and the ratios of their best times and largest peaks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--dimension", type=int, default=2048)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--disk", action="store_true", help="features stay on disk")
    parser.add_argument("--only", choices=LIBRARIES, help="leave out the other library")
    parser.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run(options.run[0], Path(options.run[1]), options.disk)
        return
    names = [options.only] if options.only else list(LIBRARIES)
    best, peaks = dict.fromkeys(names, float("inf")), dict.fromkeys(names, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        write_features(Path(folder) / "real.npy", options.count, options.dimension, seed=1, scale=1.0)
        write_features(Path(folder) / "fake.npy", options.count, options.dimension, seed=2, scale=0.9)
        print(
            f"{options.count:,} x {options.count:,} x {options.dimension}, {'on disk' if options.disk else 'in memory'}"
        )
        print("\n| library | seconds | peak above the start, MB | values |\n|---|---|---|---|")
        for _ in range(options.repeats):
            for name in names:
                measured = measure(name, Path(folder), options.disk)
                best[name] = min(best[name], measured["seconds"])
                peaks[name] = max(peaks[name], measured["megabytes"])
                values = " ".join(f"{key} {value:.6f}" for key, value in measured["values"].items())
                print(f"| {name} | {measured['seconds']:.1f} | {measured['megabytes']:.0f} | {values} |", flush=True)
    if len(names) > 1:
        time_ratio, memory_ratio = best["prdc"] / best["ganmetrics"], peaks["prdc"] / peaks["ganmetrics"]
        print(f"\ntimes faster than prdc: {time_ratio:.2f}; of its memory: 1/{memory_ratio:.1f}")


if __name__ == "__main__":
    main()
