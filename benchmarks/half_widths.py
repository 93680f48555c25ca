"""Half-widths of the corrected distance's 95 % interval by the number of images, on features of a network.

    python benchmarks/half_widths.py --features FOLDER --out half_widths.csv
    python benchmarks/half_widths.py --out half_widths.csv --tables

FOLDER holds real.npy and some NAME.npy, features [n, d] in random order. *alike* are real images against others of
them. Each count of fakes is scored against as many real images and against the first two thirds of all; the rest of the
real ones are the fakes that are alike. A file that has rows is added to.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
import torch

from ganmetrics import Sample, frechet_estimate

Array = np.ndarray
COUNTS = (50, 100, 200, 400, 800, 1600, 3200)
COLUMNS = ("fakes", "real_count", "fake_count", "corrected", "half_width", "calibrated")


def measure(folder: Path, out: Path) -> None:
    """Add the rows that the file does not have."""
    real = np.load(folder / "real.npy").astype(float)
    many = 2 * len(real) // 3
    whole, done = Sample.of(real[:many]), {tuple(row[:3]) for row in read(out)}
    names = ["alike", *sorted(path.stem for path in folder.glob("*.npy") if path.stem != "real")]
    with out.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        if file.tell() == 0:
            writer.writerow(COLUMNS)
        for name in names:
            fakes = real[many:] if name == "alike" else np.load(folder / f"{name}.npy").astype(float)
            for count in (number for number in COUNTS if number <= len(fakes)):
                for other in (count, many):
                    if (name, str(other), str(count)) in done:
                        continue
                    found = frechet_estimate(whole if other == many else real[:other], fakes[:count])
                    if found.low is not None and found.high is not None:
                        half = (found.high - found.low) / 2
                        writer.writerow([name, other, count, found.corrected, half, found.calibrated])
                        file.flush()


def read(path: Path) -> list[list[str]]:
    """Return the rows that a file has."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def print_tables(rows: list[list[str]]) -> None:
    """Print half-widths, and corrected distances in brackets, by count."""
    sides = sorted({(name, real != fake) for name, real, fake, *_ in rows})
    print("| fakes | " + " | ".join(f"{name}, {'all real' if many else 'as many real'}" for name, many in sides) + " |")
    print("|" + "---|" * (len(sides) + 1))
    for count in sorted({int(row[2]) for row in rows}):
        cells = []
        for name, many in sides:
            found = [row for row in rows if (row[0], row[1] != row[2], int(row[2])) == (name, many, count)]
            cells.append(f"{float(found[0][4]):.2g} ({float(found[0][3]):.1f})" if found else "-")
        print(f"| {count:,} | " + " | ".join(cells) + " |")


def main() -> None:
    """Measure, or print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--features", type=Path, help="folder of features: measure")
    parser.add_argument("--out", type=Path, required=True, help="CSV file of what was measured")
    parser.add_argument("--tables", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.features:
        measure(options.features, options.out)
    if options.tables:
        print_tables(read(options.out))


if __name__ == "__main__":
    main()
