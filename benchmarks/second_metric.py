"""What a second metric costs where features are kept: the same command cold and on a filled cache.

`ganmetrics evaluate` of kid, precision and recall on two folders of CIFAR-10, each run in a process of its own with a
cache that is empty at first.

    python benchmarks/second_metric.py --cifar cifar10-test.zip --weights pt_inception-2015-12-05-6726825d.pth
    python benchmarks/second_metric.py --cifar cifar10-test.zip --extractor efficientnet-lite0
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from image_sets import cifar

REPEATS = 3


def seconds(command: list[str], cache: Path) -> float:
    """Return how long a command takes with that cache."""
    started = time.perf_counter()
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - started


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cifar", type=Path, required=True, help="a zip file of images")
    parser.add_argument("--count", type=int, default=2000, help="images a side")
    parser.add_argument("--extractor", default="inception-v3")
    parser.add_argument("--weights", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        sides = [str(side) for side in cifar(options.cifar, Path(scratch, "images"), options.count)]
        command = [sys.executable, "-m", "ganmetrics", "evaluate", *sides, "--metrics", "kid,precision,recall"]
        command += ["--extractor", options.extractor, "--cache-features", "--offline"]
        command += [] if options.weights is None else ["--weights", str(options.weights)]
        cache = Path(scratch, "cache")
        cold = seconds(command, cache)
        kept = min(seconds(command, cache) for _ in range(REPEATS))
        alone = min(seconds([sys.executable, "-c", "import torch"], cache) for _ in range(REPEATS))
    print("| extractor | images a side | cold, s | features kept, s | times as fast | `import torch`, s | without it |")
    print("|---" * 7 + "|")
    print(
        f"| {options.extractor} | {options.count:,} | {cold:.1f} | {kept:.1f} | {cold / kept:.1f} | {alone:.1f} "
        f"| {(cold - alone) / (kept - alone):.1f} |"
    )


if __name__ == "__main__":
    main()
