"""The metrics that read all features, beside the libraries that compute them: `python benchmarks/metrics.py`.

Precision, recall, density and coverage beside `prdc`, KID beside torch-fidelity, each pair in turn in one run at 10,000
images a side; run it in the environment of `make parity`, which has both. Each part is a script of its own, with
options for larger runs: `neighbours.py` and `kernels.py`.
"""

import subprocess
import sys
from pathlib import Path

PARTS = {"Precision, recall, density, coverage": "neighbours.py", "KID": "kernels.py"}


def main() -> None:
    """Run both parts one after the other, so that neither takes time from the other."""
    for title, script in PARTS.items():
        print(f"## {title}\n", flush=True)
        subprocess.run([sys.executable, Path(__file__).with_name(script), *sys.argv[1:]], check=True)


if __name__ == "__main__":
    main()
