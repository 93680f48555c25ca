"""Where the time of the main job goes, by torch's operations: `fid` of two folders under torch.profiler.

Decoding is in workers and so not in the table, but waiting for it is: the row of the data loader. "Not in torch" is
what the main process does besides, reading and hashing files among it.

    python benchmarks/profiling.py REAL FAKE --weights STATE_DICT
"""

import argparse
import time
from pathlib import Path

from torch.profiler import ProfilerActivity, profile

import ganmetrics


def main() -> None:
    """Print the share of each operation in the processor's time of the main process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real", type=Path)
    parser.add_argument("fake", type=Path)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--least", type=float, default=0.005, help="share below which operations are joined")
    options = parser.parse_args()
    started = time.perf_counter()
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        ganmetrics.fid(options.real, options.fake, weights=options.weights, offline=True, interval=False)
    wall = time.perf_counter() - started
    rows = sorted((event.self_cpu_time_total / 1e6, event.count, event.key) for event in profiled.key_averages())
    inside = sum(seconds for seconds, _, _ in rows)
    print("| operation | calls | s | share of the wall time |")
    print("|---|---|---|---|")
    rest = 0.0
    for seconds, count, name in reversed(rows):
        if seconds < options.least * wall:
            rest += seconds
        else:
            print(f"| `{name}` | {count:,} | {seconds:.2f} | {100 * seconds / wall:.1f} % |")
    print(f"| all other operations | | {rest:.2f} | {100 * rest / wall:.1f} % |")
    print(f"| not in torch | | {wall - inside:.2f} | {100 * (1 - inside / wall):.1f} % |")


if __name__ == "__main__":
    main()
