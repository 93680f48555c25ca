"""What the course documents claim of their models, on CIFAR-10, with seeds and bands: hours of one core, resumable.

The claims: the DCGAN's curve falls steeply and levels off; the hybrid (WGAN-GP with an auxiliary classifier) is slower
at first and ends below it; labels help, class by class. Each model is trained from its seeds, scored at set epochs with
the corrected distance, and the runs are compared. All have half of their usual width and the same 10,000 images: so
all together take some hours of one core. 1,000 generated images a score are enough for the corrected distance.
Interrupted at any time, the same command goes on; models come in turn, so that a call that is cut short has something
of each. Two calls for different models may share a folder:

    nice -n 19 python benchmarks/claims.py --data cifar10-train.zip --out claims
    python benchmarks/claims.py --data cifar10-train.zip --out claims --models wgan-gp     # only these
    python benchmarks/claims.py --data cifar10-train.zip --out claims --report-only        # tables of what is there
    python benchmarks/claims.py --data cifar10-train.zip --out claims --csv claims.csv --plot claims.png   # and no more

Then `python -m reference_models compare claims/*/seed-0 --out claims/comparison` draws the curves and samples.
"""

import argparse
import csv
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import fmean, stdev

import torch

from ganmetrics import Reference, fid, to_uint8
from reference_models import LabelledImages, Sampler, build_config, load_images, read_checkpoint, resume, train
from reference_models.config import DataConfig
from reference_models.training.checkpoint import LAST
from reference_models.training.folder import is_begun

SMALL = {"data.count": 10_000, "net.width": 32}
EVAL = {"eval.count": 1000, "eval.real_count": 5000, "eval.extractor": "efficientnet-lite0"}


@dataclass(frozen=True)
class Plan:
    """Runs of one model.

    Attributes:
        preset: its name.
        epochs: of the run of each seed: of the first enough to cross or to level off, of the others for a band.
        scored: epochs that are scored.
    """

    preset: str
    epochs: tuple[int, ...]
    scored: tuple[int, ...]


PLANS = (
    Plan("dcgan", (120, 8, 8), (0, 1, 2, 4, 8, 12, 16, 20, 30, 40, 60, 80, 100, 120)),
    Plan("acgan", (60, 8, 8), (0, 1, 2, 4, 8, 12, 16, 20, 30, 40, 60)),
    Plan("wgan-gp-acgan", (200,), (0, 4, 10, 20, 40, 60, 80, 100, 120, 160, 200)),
    Plan("wgan-gp", (120,), (0, 4, 10, 20, 40, 60, 80, 100, 120)),
)
CONDITIONAL = ("acgan", "wgan-gp-acgan")


def advance(plan: Plan, seed: int, options: argparse.Namespace) -> None:
    """Train one run, or what is left of it, also of one that was planned shorter."""
    out, epochs = options.out / plan.preset / f"seed-{seed}", plan.epochs[seed]
    scored = tuple(one for one in plan.scored if one <= epochs)
    if (out / LAST).exists():
        beyond = max(0, epochs - int(read_checkpoint(out / LAST).progress["until"]))
        print(resume(out, more_epochs=beyond, changes={"eval.epochs": scored}, device="cpu"), flush=True)
    elif is_begun(out):
        print(resume(out, device="cpu"), flush=True)
    else:
        keys = {**SMALL, **EVAL, "seed": seed, "epochs": epochs, "eval.epochs": scored, "data.source": options.data}
        print(train(build_config(plan.preset, {**keys, "precision": options.precision}), out, device="cpu"), flush=True)


def curve(path: Path) -> dict[int, tuple[float, float]]:
    """Return epoch to the distance and the corrected one, of a run's records."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {int(row["epoch"]): (float(row["value"]), float(row["corrected"] or "nan")) for row in rows}


def bands(options: argparse.Namespace) -> str:
    """Return the corrected distance of each model over the epochs, with the deviation over its seeds."""
    lines = ["| model | seeds | " + "epoch: corrected distance (deviation over seeds) |", "|---|---|---|"]
    for plan in PLANS:
        curves = [curve(options.out / plan.preset / f"seed-{seed}" / "metrics.csv") for seed in range(len(plan.epochs))]
        curves = [found for found in curves if found]
        cells = []
        for epoch in plan.scored:
            values = [found[epoch][1] for found in curves if epoch in found]
            if values:
                spread = f" ± {stdev(values):.1f}" if len(values) > 1 else ""
                cells.append(f"{epoch}: {fmean(values):.1f}{spread}")
        lines.append(f"| `{plan.preset}` | {len(curves)} | {', '.join(cells) or '-'} |")
    return "\n".join(lines)


def by_class(options: argparse.Namespace, *, count: int = 500) -> str:
    """Return for each conditional model the distance of each class at its best checkpoint, corrected."""
    lines = ["| model | class: corrected distance |", "|---|---|"]
    for preset in CONDITIONAL:
        run = options.out / preset / "seed-0"
        if not (run / LAST).exists():
            continue
        checkpoint = read_checkpoint(run)
        data = load_images(DataConfig(options.data), size=checkpoint.config.net.size)
        sampler, cells = Sampler(checkpoint.generator()), []
        for label, name in enumerate(data.class_names):
            generate = sampler.source(seed=label, label=label)
            fake = torch.cat([to_uint8(generate(100)) for _ in range(count // 100)])
            reference = Reference.from_images(of_class(data, label, count), extractor="efficientnet-lite0", workers=0)
            score = fid(reference, fake, workers=0)
            cells.append(f"{name}: {score.corrected:.1f}" if score.corrected is not None else f"{name}: -")
        lines.append(f"| `{preset}` | {', '.join(cells)} |")
    return "\n".join(lines)


COLUMNS = ("model", "seed", "epoch", "step", "value", "corrected", "low", "high", "cpu_seconds")


def collect(options: argparse.Namespace) -> list[dict[str, str]]:
    """Return a row for every score of every run."""
    found = []
    for plan in PLANS:
        for seed in range(len(plan.epochs)):
            path = options.out / plan.preset / f"seed-{seed}" / "metrics.csv"
            if path.exists():
                with path.open(newline="", encoding="utf-8") as file:
                    rows = [row | {"model": plan.preset, "seed": str(seed)} for row in csv.DictReader(file)]
                found += [{name: row[name] for name in COLUMNS} for row in rows]
    return found


def write(rows: list[dict[str, str]], path: Path) -> None:
    """Write the rows."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


def draw(rows: list[dict[str, str]], path: Path) -> None:
    """Draw the corrected distance over the processor's time, a line for each run, with its intervals."""
    figure = import_module("matplotlib.figure").Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    for number, plan in enumerate(PLANS):
        for seed in range(len(plan.epochs)):
            chosen = [row for row in rows if (row["model"], row["seed"]) == (plan.preset, str(seed))]
            if not chosen:
                continue
            seconds, values, low, high = (
                [float(row[name]) for row in chosen] for name in ("cpu_seconds", "corrected", "low", "high")
            )
            label = plan.preset if seed == 0 else None
            axes.plot(seconds, values, "o-", color=f"C{number}", markersize=3, linewidth=1.2 - 0.3 * seed, label=label)
            axes.fill_between(seconds, low, high, color=f"C{number}", alpha=0.2, linewidth=0)
    axes.set(xlabel="processor seconds, scoring included", ylabel="corrected distance", ylim=(0, None))
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=110)


def of_class(data: LabelledImages, label: int, count: int) -> torch.Tensor:
    """Return the first images of a class."""
    if data.labels is None:
        raise SystemExit(f"{data.source} has no classes: a folder for each is needed")
    return data.images[data.labels == label][:count]


def main() -> None:
    """Make what is missing, model by model in turn, then print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="CIFAR-10, as of `train --data`, with its classes")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--threads", type=int, default=1)
    names = [plan.preset for plan in PLANS]
    parser.add_argument("--models", nargs="+", choices=names, default=names, help="only these")
    parser.add_argument("--report-only", action="store_true")
    parser.add_argument("--csv", type=Path, help="only write every score into this file")
    parser.add_argument("--plot", type=Path, help="only draw them into this one")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.csv or options.plot:
        rows = collect(options)
        if options.csv:
            write(rows, options.csv)
        if options.plot:
            draw(rows, options.plot)
        return
    if not options.report_only:
        for seed in range(max(len(plan.epochs) for plan in PLANS)):
            for plan in PLANS:
                if seed < len(plan.epochs) and plan.preset in options.models:
                    advance(plan, seed, options)
    print(bands(options), flush=True)
    print("\n" + by_class(options))


if __name__ == "__main__":
    main()
