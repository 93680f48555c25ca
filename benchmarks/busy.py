"""Images a second on a machine that also does other work: with none, one and two of its cores kept busy.

In turn, in one process: `extract` from pixels to features, which runs streams, by torch and by OpenVINO; the same
network alone, on prepared images, as one team of threads (what it was before, and what every peer does); and
pytorch-fid's network alone, the fastest of the peers. OpenVINO and the peer compute in float32, and take no part
otherwise. A model of timm has random weights: only its layers count here. A busy core is a process that does nothing
but count. The table has the median of the rounds.

    python benchmarks/busy.py --weights pt_inception-2015-12-05-6726825d.pth
    python benchmarks/busy.py --weights pt_inception-2015-12-05-6726825d.pth --extractor inception-v3@bf16
    python benchmarks/busy.py --extractor timm:vit_small_patch16_224
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import numpy as np
import torch
from extraction import CPU, pytorch_fid

import ganmetrics

TIMM_PREFIX, SIDE = "timm:", 256
OURS, OPENVINO, TEAM, PEER = "ganmetrics", "ganmetrics, openvino", "ganmetrics, one team", "pytorch-fid"


@contextmanager
def busy(cores: int) -> Iterator[None]:
    """Keep so many cores busy."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(cores)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def load(name: str, weights: Path | None) -> ganmetrics.Extractor:
    """Return the extractor of that name, a model of timm with random weights."""
    if not name.startswith(TIMM_PREFIX):
        return ganmetrics.load_extractor(name, weights=weights, offline=True)
    model = import_module("timm").create_model(name.removeprefix(TIMM_PREFIX).partition("@")[0], pretrained=False)
    with tempfile.TemporaryDirectory() as folder:
        torch.save(model.state_dict(), Path(folder, "random.pth"))
        return ganmetrics.load_extractor(name, weights=Path(folder, "random.pth"), offline=True)


def contestants(options: argparse.Namespace) -> dict[str, Callable[[], object]]:
    """Return what computes features of the same number of images, by name."""
    extractor = load(options.extractor, options.weights)
    one = extractor.prepare(np.zeros((SIDE, SIDE, 3), dtype=np.uint8))
    shape, generator = (options.images, *one.shape), torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)
    batch = images.float() / 127.5 - 1
    found: dict[str, Callable[[], object]] = {
        OURS: lambda: ganmetrics.extract(images, extractor=extractor, workers=0),
        TEAM: lambda: extractor(batch, CPU),
    }
    if "@" not in options.extractor:
        found[OPENVINO] = lambda: ganmetrics.extract(images, extractor=extractor, workers=0, backend="openvino")
    peer = pytorch_fid(options.weights) if options.extractor == "inception-v3" else None
    return found | ({} if peer is None else {PEER: lambda: peer(batch)})


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extractor", default="inception-v3", help="as of the command line, precision included")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--images", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--busy", type=int, nargs="*", default=[0, 1, 2])
    options = parser.parse_args()
    work = contestants(options)
    for run in work.values():
        run()
    print(f"{os.cpu_count()} cores, {torch.get_num_threads()} threads; torch {torch.__version__}; images/s\n")
    print("| busy cores | " + " | ".join(work) + f" | {OURS} / {TEAM} | {OURS} / peer |")
    print("|---" * (len(work) + 3) + "|")
    for cores in options.busy:
        rates: dict[str, list[float]] = {name: [] for name in work}
        with busy(cores):
            for _ in range(options.rounds):
                for name, run in work.items():
                    started = time.perf_counter()
                    run()
                    rates[name].append(options.images / (time.perf_counter() - started))
        rate = {name: statistics.median(found) for name, found in rates.items()}
        beside = f"{rate[OURS] / rate[PEER]:.1f}" if PEER in rate else ""
        print(
            f"| {cores} | "
            + " | ".join(f"{rate[name]:.1f} ({min(found):.1f} to {max(found):.1f})" for name, found in rates.items())
            + f" | {rate[OURS] / rate[TEAM]:.1f} | {beside} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
