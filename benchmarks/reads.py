"""How often a job reads its files: bytes read and processor seconds, with and without a cache, and of an older version.

The extractor costs nothing, so that hashing, the audit and decoding are left. Jobs run one after the other, each in a
process of its own, which decodes itself; bytes are what the kernel counts for it after a first job of a few images.
"Times" is bytes read as a share of the bytes of both folders.

    python benchmarks/reads.py --cifar cifar10-train.zip                       # 10,000 small files, 500 photographs
    python benchmarks/reads.py --cifar cifar10-train.zip --before OLD_CHECKOUT
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from image_sets import cifar, photographs

JOB = """
import json, resource, sys, time
import ganmetrics
from ganmetrics.testing import ChannelMeans
real, fake, cache, few = sys.argv[1:]
def read():
    fields = dict(line.split(": ") for line in open("/proc/self/io").read().splitlines())
    return int(fields["rchar"])
# What is imported on the way is not counted.
ganmetrics.fid(few, few, extractor=ChannelMeans(), workers=0, interval=False, cache=few + "-cache" if cache else None)
before, seconds, wall = read(), time.process_time(), time.perf_counter()
score = ganmetrics.fid(real, fake, extractor=ChannelMeans(), workers=0, interval=False, cache=cache or None)
print(json.dumps({"bytes": read() - before, "seconds": time.process_time() - seconds,
                  "wall": time.perf_counter() - wall, "value": score.value}))
"""
ROOT = Path(__file__).parents[1]


def run(checkout: Path, real: Path, fake: Path, cache: Path | None, few: Path) -> dict[str, float]:
    """Return bytes, seconds and value of one job by the package in a checkout."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", JOB, real, fake, cache or "", few],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def size_of(folder: Path) -> int:
    """Return the bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cifar", type=Path, required=True, help="a zip of CIFAR-10's images")
    parser.add_argument("--before", type=Path, help="a checkout of another version")
    parser.add_argument("--files", type=int, default=5000, help="small files a side")
    parser.add_argument("--photographs", type=int, default=250, help="a side")
    options = parser.parse_args()
    checkouts = {"now": ROOT} | ({} if options.before is None else {"before": options.before.resolve()})
    print("| images | version | cache | read, times | processor, s | wall, s |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sets = {
            f"{2 * options.files:,} of 32 pixels": cifar(options.cifar, folder / "small", options.files),
            f"{2 * options.photographs:,} photographs": photographs(folder / "large", options.photographs),
        }
        few, _ = photographs(folder / "few", 4, size=32)
        for title, (real, fake) in sets.items():
            whole = size_of(real) + size_of(fake)
            for version, checkout in checkouts.items():
                cache = folder / f"cache-{version}-{real.parent.name}"
                for case, kept in (("none", None), ("empty", cache), ("both sides kept", cache)):
                    found = run(checkout, real, fake, kept, few)
                    times = found["bytes"] / whole
                    taken = f"{found['seconds']:.1f} | {found['wall']:.1f}"
                    print(f"| {title} | {version} | {case} | {times:.2f} | {taken} |", flush=True)


if __name__ == "__main__":
    main()
