"""Results of the analyses as files, and as the one line that is printed."""

import json
from pathlib import Path

import torch

from ganmetrics import StorageError
from reference_models.analyses import pictures
from reference_models.analyses.arithmetic import Arithmetic
from reference_models.analyses.axis import Axis
from reference_models.analyses.dropping import Dropped
from reference_models.analyses.guided import FilterView
from reference_models.analyses.optimal import Comparison
from reference_models.analyses.probe import Accuracy
from reference_models.analyses.walk import Walk
from reference_models.data.images import LabelledImages
from reference_models.files import write_whole
from reference_models.recording import grids
from reference_models.training.checkpoint import Checkpoint


class Target:
    """Where the files of one analysis go.

    Args:
        folder: for all analyses of a model.
        name: of this one.

    Raises:
        StorageError: it has been there before.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        taken = sorted(path.name for path in folder.glob(f"{name}*") if path.stem in {name, f"{name}-dropped"})
        if taken:
            raise StorageError(f"--out needs a folder without this analysis; {folder} has {', '.join(taken)}")

    def picture(self, images: torch.Tensor, *, columns: int, caption: str, suffix: str = "") -> None:
        """Write uint8 images [n, 3, h, w] as a captioned grid."""
        grid = grids.grid(images, columns=columns)
        grids.write_image(self.folder / f"{self.name}{suffix}.png", grids.captioned(grid, caption))

    def numbers(self, values: dict[str, object]) -> None:
        """Write numbers as JSON."""
        write_whole(self.folder / f"{self.name}.json", (json.dumps(values, indent=2) + "\n").encode())


def walk(target: Target, found: Walk, *, mode: str, extractor: str) -> str:
    """Write a walk and return its line."""
    line = f"{mode}: largest step / mean step = {found.smoothness:.3f} ({len(found.distances)} steps, {extractor})"
    target.picture(found.images, columns=len(found.images), caption=line)
    target.numbers(
        {
            "mode": mode,
            "smoothness": found.smoothness,
            "distances": found.distances.tolist(),
            "latent_norms": found.norms.tolist(),
            "extractor": extractor,
        }
    )
    return line


def arithmetic(target: Target, found: Arithmetic, *, plus: tuple[str, ...], minus: tuple[str, ...], trials: int) -> str:
    """Write a calculation and return its line."""
    formula = " ".join([*(f"+ ({concept})" for concept in plus), *(f"- ({concept})" for concept in minus)])
    line = formula.removeprefix("+ ")
    if found.confirmed is not None and found.chance is not None:
        line += f" = {' '.join(found.expected)}: shown by {found.confirmed:.0%} of {trials} trials, "
        line += f"by {found.chance:.0%} of all samples"
    images = torch.cat([found.terms, found.results])
    target.picture(images, columns=len(images), caption=line)
    target.numbers(
        {
            "plus": list(plus),
            "minus": list(minus),
            "expected": list(found.expected),
            "confirmed": found.confirmed,
            "chance": found.chance,
            "trials": trials,
        }
    )
    return line


def axis(target: Target, found: Axis, *, start: str, end: str) -> str:
    """Write samples along an axis and return its line."""
    line = f"{start} to {end}, alpha {found.alphas[0]:g} to {found.alphas[-1]:g}"
    if found.monotone is not None:
        line += f": Spearman of alpha and {found.name} = {found.monotone:.3f}"
    target.picture(found.images.flatten(0, 1), columns=len(found.alphas), caption=line)
    target.numbers(
        {
            "from": start,
            "to": end,
            "alphas": found.alphas.tolist(),
            "measured": None if found.measured is None else found.measured.tolist(),
            "measurement": found.name or None,
            "spearman": found.monotone,
        }
    )
    return line


def probe(
    target: Target,
    found: list[Accuracy],
    *,
    checkpoint: Checkpoint,
    sides: tuple[LabelledImages, LabelledImages],
    per_class: int,
) -> str:
    """Write the accuracies of a probe and return its table."""
    target.numbers(
        {
            "preset": checkpoint.config.preset,
            "epoch": checkpoint.epoch,
            "saw_labels": checkpoint.config.net.needs_labels,
            "train": len(sides[0]),
            "per_class": per_class or None,
            "test": len(sides[1]),
            "accuracies": {kind.name: list(kind.values) for kind in found},
            "dimensions": {kind.name: kind.dimension for kind in found},
        }
    )
    lines = []
    for kind in found:
        spread = "" if kind.std is None else f" ± {kind.std:.2%}"
        lines.append(f"{kind.name:<10}{kind.mean:.2%}{spread}  ({kind.dimension:,} features)")
    return "\n".join(lines)


def filters(target: Target, trained: FilterView, untrained: FilterView, dropped: Dropped) -> str:
    """Write the views of filters and the dropped maps, and return their line."""
    columns = trained.images.shape[1]
    rows = []
    for view in (trained, untrained):
        for images, gradients in zip(view.images, view.gradients, strict=True):
            rows += [images, pictures.as_pictures(gradients)]
    focus = f"focus of the filters: trained {trained.focus:.3f}, untrained {untrained.focus:.3f}"
    # Each filter is a row: images that it answers to, then what of them it answers to.
    target.picture(torch.cat(rows), columns=2 * columns, caption=f"{focus} (trained above)")
    left = "object area left" if dropped.measure == "area" else "mean change of a pixel (of 255)"
    maps = f"without maps {', '.join(map(str, dropped.maps))}: {left} = {dropped.remaining:.3f}"
    target.picture(
        torch.cat([dropped.before, dropped.after]),
        columns=len(dropped.before),
        caption=f"before, after: {maps}",
        suffix="-dropped",
    )
    target.numbers(
        {
            "filters": trained.filters.tolist(),
            "focus_trained": trained.focus,
            "focus_untrained": untrained.focus,
            "dropped_maps": list(dropped.maps),
            "effects": dropped.effects.tolist(),
            "measure": dropped.measure,
            "remaining": dropped.remaining,
        }
    )
    return f"{focus}; {maps}"


def optimal(target: Target, found: Comparison) -> str:
    """Write the learnt and the best discriminator and return their line."""
    line = (
        f"max |D - D*| = {found.max_error:.4f}; V(D*) = {found.value:.6f}, 2 JSD - log 4 differs by "
        f"{found.identity_gap:.1e}; V(D) = {found.learnt_value:.6f}"
    )
    pictures.draw_curves(
        target.folder / f"{target.name}.png",
        found.points,
        {"learnt": found.learnt, "p_data / (p_data + p_G)": found.closed},
        x_label="x",
        y_label="probability of being real",
        title=f"largest difference {found.max_error:.4f}",
    )
    target.numbers(
        {
            "max_error": found.max_error,
            "value": found.value,
            "jensen_shannon": found.js,
            "identity_gap": found.identity_gap,
            "learnt_value": found.learnt_value,
        }
    )
    return line
