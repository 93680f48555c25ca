"""The curves and grids of docs/reference-models.md from the folders of runs.

python docs/gallery/showcase.py RUN... --output docs/images
"""

import argparse
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

from reference_models.recording.grids import captioned
from reference_models.recording.records import SCORES, read_scores

ROWS, COLUMNS, STEP = 4, 8, 34
"""Of the part of a run's grid that is shown: images of 32x32, two pixels apart."""


def curves(runs: list[Path]) -> Figure:
    """Return the distance over the epochs, a line for each run."""
    figure = Figure(figsize=(6.5, 4), layout="constrained")
    axes = figure.subplots()
    for run, style in zip(runs, ("o-", "s-", "^--", "v--", "d:"), strict=False):
        rows = read_scores(run / SCORES)
        label = f"{run.name} ({rows[0]['count']:,} images), last {rows[-1]['value']:.4g}"
        axes.plot([row["epoch"] for row in rows], [row["value"] for row in rows], style, label=label)
    metric = read_scores(runs[0] / SCORES)[0]["metric"]
    axes.set(xlabel="epoch (50,000 images)", ylabel=f"{metric} (lower is better)")
    axes.set_title("CIFAR-10 re-encoded as JPEG, width 32", fontsize=10)
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(fontsize=8)
    return figure


def grids(runs: list[Path]) -> Image.Image:
    """Return the first samples of each run's last scored epoch, beside each other, with their scores."""
    parts = []
    for run in runs:
        row = read_scores(run / SCORES)[-1]
        with Image.open(run / "samples" / f"epoch_{row['epoch']:04d}.png") as opened:
            part = opened.convert("RGB").crop((0, 0, COLUMNS * STEP + 2, ROWS * STEP + 2))
        parts.append(captioned(part, f"{run.name}, epoch {row['epoch']}: {row['value']:.4g} ({row['count']:,})"))
    width, height = parts[0].size
    sheet = Image.new("RGB", (2 * (width + 12), -(-len(parts) // 2) * (height + 6)), "white")
    for index, part in enumerate(parts):
        sheet.paste(part, (index % 2 * (width + 12), index // 2 * (height + 6)))
    return sheet


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--output", type=Path, default=Path("docs/images"))
    options = parser.parse_args()
    curves(options.runs).savefig(options.output / "showcase-curves.png", dpi=80)
    grids(options.runs).save(options.output / "showcase-samples.jpg", quality=85)
    print(f"showcase-curves.png and showcase-samples.jpg in {options.output}")


if __name__ == "__main__":
    main()
