"""Has anything become slower? Ratios of a stored and a present run of `end_to_end.py`, the peers being the clock.

Seconds of two days or machines are not comparable; ratios to a peer in the same run are. For every image set, case and
peer the wall time of the peer over ours is compared with the stored one: a loss of more than 15 % fails, with status 1.

    python benchmarks/end_to_end.py ... --output now.json && python benchmarks/guard.py stored.json now.json
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

OURS = "ganmetrics --no-interval"
ALLOWED = 0.15
Ratios = dict[tuple[str, str], float]


def ratios(results: dict[str, Any]) -> Ratios:
    """Return how many times as long as ours each other command took, by case and name."""
    found = {}
    for images, cases in results.items():
        for case, rows in cases.items():
            least = {name: min(run["wall"] for run in runs) for name, runs in rows.items()}
            for name, wall in least.items():
                if name != OURS:
                    found[f"{images}, {case}", name] = wall / least[OURS]
    return found


def losses(stored: Ratios, present: Ratios, *, allowed: float = ALLOWED) -> list[str]:
    """Return a line for each ratio that has fallen by more than `allowed`, and for each that is missing."""
    lines = []
    for (case, name), before in stored.items():
        now = present.get((case, name))
        if now is None:
            lines.append(f"{case}, {name}: {before:.2f} before, not measured now")
        elif now < (1 - allowed) * before:
            lines.append(f"{case}, {name}: {before:.2f} before, {now:.2f} now ({100 * (now / before - 1):.0f} %)")
    return lines


def main() -> None:
    """Compare two files and fail on a loss."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stored", type=Path)
    parser.add_argument("present", type=Path)
    options = parser.parse_args()
    stored, present = (
        ratios(json.loads(path.read_text(encoding="utf-8"))) for path in (options.stored, options.present)
    )
    found = losses(stored, present)
    print("\n".join(found) or f"{len(stored)} ratios, none lost more than {100 * ALLOWED:.0f} %")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
