"""The distance against the number of images, on a network's features: plain, FID-infinity, corrected and interval.

    python docs/gallery/joint_fit.py --features FOLDER --rows benchmarks/joint_fit_counts.csv
    python docs/gallery/joint_fit.py --rows benchmarks/joint_fit_counts.csv --out docs/images/few-images.png

The first measures: FOLDER has real.npy and fake.npy, features [n, d] in random order. The second draws what was
measured.
"""

import argparse
import csv
from pathlib import Path

import matplotlib as mpl
import numpy as np
import torch

from ganmetrics import frechet_estimate, frechet_infinity

COUNTS = (50, 100, 200, 400, 800, 1600, 3000, 5000, 10_000)
COLUMNS = ("count", "plain", "infinity", "corrected", "low", "high")
LEAST_FOR_INFINITY = 100


def measure(folder: Path, rows: Path) -> None:
    """Write a row for each count a side, and one of all images, whose corrected distance stands for the truth."""
    real, fake = (np.load(folder / f"{name}.npy").astype(float) for name in ("real", "fake"))
    counts = [count for count in COUNTS if count <= min(len(real), len(fake))]
    with rows.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for count in (*counts, 0):
            sides = (real[:count], fake[:count]) if count else (real, fake)
            found = frechet_estimate(*sides)
            infinity = frechet_infinity(*sides) if count >= LEAST_FOR_INFINITY else float("nan")
            writer.writerow([count, found.value, infinity, found.corrected, found.low, found.high])
            file.flush()


def picture(rows: Path, out: Path) -> None:
    """Draw what was measured."""
    mpl.use("Agg")
    from matplotlib import pyplot  # noqa: PLC0415 - the backend is chosen first

    with rows.open(encoding="utf-8", newline="") as file:
        table = np.array([[float(cell or "nan") for cell in line] for line in list(csv.reader(file))[1:]])
    truth, table = table[table[:, 0] == 0][0, 3], table[table[:, 0] > 0]
    count, plain, infinity, corrected, low, high = table.T
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    axes.axhline(truth, color="black", linewidth=1, label="all images, corrected")
    axes.plot(count, plain, "o-", color="#b5651d", label="plain")
    axes.plot(count, infinity, "s--", color="#7f7f7f", label="FID-infinity")
    axes.fill_between(count, low, high, color="#1f77b4", alpha=0.25, linewidth=0)
    axes.plot(count, corrected, "o-", color="#1f77b4", label="corrected, 95 % interval")
    axes.set(
        xscale="log", xlabel="images a side", ylabel="Fréchet distance", ylim=(min(0, low.min()), plain.max() * 1.05)
    )
    axes.set_xticks(count, [f"{number:,.0f}" for number in count])
    axes.minorticks_off()
    axes.legend(frameon=False)
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=150)


def main() -> None:
    """Measure, or draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--features", type=Path, help="folder of features: measure")
    parser.add_argument("--rows", type=Path, required=True, help="CSV file of what was measured")
    parser.add_argument("--out", type=Path, help="picture: draw")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.features:
        measure(options.features, options.rows)
    if options.out:
        picture(options.rows, options.out)


if __name__ == "__main__":
    main()
