"""How long `ganmetrics --help` takes beside `import torch`: timed in turn, as a ratio of the best times.

python benchmarks/startup.py
"""

import subprocess
import sys
import time

REPEATS = 5
COMMANDS = {
    "ganmetrics --help": [sys.executable, "-m", "ganmetrics", "--help"],
    "ganmetrics fid --help": [sys.executable, "-m", "ganmetrics", "fid", "--help"],
    "import torch": [sys.executable, "-c", "import torch"],
}


def seconds(command: list[str]) -> float:
    """Return how long a command takes."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    """Print the table."""
    best = dict.fromkeys(COMMANDS, float("inf"))
    for _ in range(REPEATS):
        for name, command in COMMANDS.items():
            best[name] = min(best[name], seconds(command))
    print("| command | seconds | share of `import torch` |\n|---|---|---|")
    for name, taken in best.items():
        print(f"| `{name}` | {taken:.2f} | {taken / best['import torch']:.2f} |")


if __name__ == "__main__":
    main()
