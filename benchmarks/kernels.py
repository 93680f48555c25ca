"""Time, memory and precision of the kernel distance (KID): `python benchmarks/kernels.py`.

Beside torch-fidelity where it is installed (the environment of `make parity`), on the same seeded subsets, in turn in
one run. Memory is the peak of a process of its own, above what it held with the libraries imported and the two feature
arrays in memory. `--full COUNT` instead sums the kernel over all pairs of COUNT images a side, from files of float32,
under `--memory` bytes.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch

from ganmetrics import kernel_distance, kernel_distance_estimate

WAYS = ("torch-fidelity", "ganmetrics")
CHUNK = 2000


def write_features(path: Path, count: int, dimension: int, seed: int) -> None:
    """Write features like pool3's: not negative, skewed, correlated; the second side differs by a few per cent."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(7).standard_normal((64, dimension), dtype=np.float32) / 8
    out = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(count, dimension))
    for start in range(0, count, CHUNK):
        rows = min(CHUNK, count - start)
        shared = rng.standard_normal((rows, 64), dtype=np.float32) @ mixing
        noise = rng.standard_normal((rows, dimension), dtype=np.float32)
        out[start : start + rows] = np.exp(0.7 * shared + 0.7 * noise - (1.4 if seed else 1.45)) * 0.6
    out.flush()


def by_torch_fidelity(real: torch.Tensor, fake: torch.Tensor) -> float:
    """Return torch-fidelity's value with its own defaults."""
    from torch_fidelity.metric_kid import kid_features_to_metric  # noqa: PLC0415 - a peer that may be missing

    return float(kid_features_to_metric(real, fake, verbose=False)["kernel_inception_distance_mean"])


def by_ganmetrics(real: torch.Tensor, fake: torch.Tensor) -> float:
    """Return ours on the same subsets."""
    return kernel_distance(real, fake, convention="torch-fidelity").value


FUNCTIONS: dict[str, Callable[[torch.Tensor, torch.Tensor], float]] = dict(
    zip(WAYS, (by_torch_fidelity, by_ganmetrics), strict=True)
)


def resident() -> int:
    """Return the bytes of memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * resource.getpagesize()


class Peak:
    """The most memory held while it runs, sampled every 5 ms."""

    def __enter__(self) -> "Peak":
        self.start = self.most = resident()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def _watch(self) -> None:
        while not self.done.wait(0.005):
            self.most = max(self.most, resident())

    def __exit__(self, *_: object) -> None:
        self.done.set()
        self.thread.join()

    @property
    def growth(self) -> float:
        """Return the peak above the start, in MB."""
        return (self.most - self.start) / 1e6


def measure_memory(way: str, folder: Path) -> float:
    """Return the peak of one way in a new process, above imports and features, in MB."""
    command = [sys.executable, __file__, "--one", way, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return float(json.loads(done.stdout)["growth"])


def one(way: str, folder: Path) -> None:
    """Print the peak of one way as JSON; one small call before warms up threads and imports."""
    real, fake = (torch.from_numpy(np.load(folder / name)) for name in ("real.npy", "fake.npy"))
    kernel_distance(real[:10], fake[:10])
    if way == "torch-fidelity":
        from torch_fidelity import metric_kid  # noqa: F401, PLC0415
    with Peak() as peak:
        FUNCTIONS[way](real, fake)
    print(json.dumps({"growth": peak.growth}))


def compare(count: int, dimension: int, repeats: int) -> None:
    """Print the table beside torch-fidelity, and the error of single-precision products."""
    ways = [way for way in WAYS if way == "ganmetrics" or find_spec("torch_fidelity")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed, side in enumerate(("real", "fake")):
            write_features(folder / f"{side}.npy", count, dimension, seed)
        real, fake = (torch.from_numpy(np.load(folder / f"{side}.npy")) for side in ("real", "fake"))
        times: dict[str, list[float]] = {way: [] for way in ways}
        processor: dict[str, list[float]] = {way: [] for way in ways}
        values = {}
        for _ in range(repeats):
            for way in ways:
                start, spent = time.perf_counter(), time.process_time()
                values[way] = FUNCTIONS[way](real, fake)
                processor[way].append(time.process_time() - spent)
                times[way].append(time.perf_counter() - start)
        exact = by_ganmetrics(real.double(), fake.double())
        print(f"\n100 subsets of 1000 from {count:,} images a side, d = {dimension}; best of {repeats}, in turn\n")
        print("| way | seconds | ratio | of all cores | peak, MB | value | from float64 |")
        print("|---|---|---|---|---|---|---|")
        for way in ways:
            best, memory = min(times[way]), measure_memory(way, folder)
            ratio, error = best / min(times[ways[0]]), abs(values[way] / exact - 1)
            row = f"{best:.2f} | {ratio:.2f} | {min(processor[way]):.2f} | {memory:.0f}"
            print(f"| {way} | {row} | {values[way]:.9g} | {error:.0e} |", flush=True)


def full(count: int, dimension: int, memory: int, folder: Path) -> None:
    """Print time, value and peak of the estimate from all pairs, the features in files."""
    sides = []
    for seed, side in enumerate(("real", "fake")):
        path = folder / f"{side}-{count}x{dimension}.npy"
        if not path.exists():
            write_features(path, count, dimension, seed)
        sides.append(np.load(path, mmap_mode="r"))
    kernel_distance_estimate(sides[0][:20], sides[1][:20])
    with Peak() as peak:
        start = time.perf_counter()
        estimate = kernel_distance_estimate(*sides, memory=memory)
        seconds = time.perf_counter() - start
        swept = peak.growth
    whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{count:,} x {count:,} x {dimension}, budget {memory / 1e9:.1f} GB: {estimate}")
    print(
        f"{seconds:.0f} s; peak {swept:.0f} MB above the imports, pages of the files included; process {whole:.2f} GiB"
    )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--dimension", type=int, default=2048)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--full", type=int, help="images a side of the estimate from all pairs")
    parser.add_argument("--memory", type=int, default=2_000_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="of the files of --full")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one[0], Path(options.one[1]))
        return
    print(f"{platform.machine()}, {torch.get_num_threads()} threads; torch {torch.__version__}, NumPy {np.__version__}")
    if options.full:
        full(options.full, options.dimension, options.memory, options.folder)
        return
    compare(options.count, options.dimension, options.repeats)


if __name__ == "__main__":
    main()
