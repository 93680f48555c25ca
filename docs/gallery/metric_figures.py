"""The figures of docs/metrics/: what each metric makes of faults that are known, since the images are drawn.

    python docs/gallery/metric_figures.py --output docs/images/metrics

Real images are of eight kinds, each a pattern of 48 values with noise on it, and the extractor is the values
themselves. Fakes are drawn likewise, then get worse step by step in six ways. A point is the mean of draws; the band is
three standard deviations of images without a fault, so that what stays inside it has not been noticed.
"""

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import ganmetrics
from ganmetrics import ExtractorSpec, Outputs

COUNT, KINDS, SIDE = 400, 8, 4
SPREAD = 16.0
"""Standard deviation of the noise within a kind, in grey levels; the patterns themselves differ by 35."""
LEVELS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
DRAWS, UNDISTURBED = 3, 8
DOUBT = 100.0
"""Twice the variance that the classifier believes in: 50 times the true one, so that it is not always certain."""
NOTICED = 3.0
"""Standard deviations from which a change counts as noticed; chance alone reaches them once in 370 times."""
WORSE, BETTER, SAME = "#b3541e", "#1a5a96", "#8a8a8a"
METRICS = (
    "fid",
    "sfid",
    "kid",
    "mmd",
    "mind",
    "fwd",
    "is",
    "precision",
    "recall",
    "density",
    "coverage",
    "clipped_density",
    "clipped_coverage",
    "symmetric_precision",
    "symmetric_recall",
    "p_precision",
    "p_recall",
    "realism",
    "authenticity",
    "mifid",
    "vendi",
    "duplicates",
    "intra_fid",
    "class_agreement",
    "curve_precision",
    "curve_recall",
    "vendi_by_class",
    "rke",
)
WITH_HELD_OUT = ("fld", "fld_gap", "data_copying", "copied_share")
"""Those that compare the real images with others of their kind, which the generator has not seen."""
BANDWIDTH = 12.0
"""Of `rke`, in units of the noise: a little more than the distance of two images of a kind."""
PATTERNS: npt.NDArray[np.float64] = np.random.default_rng(0).normal(128, 35, (KINDS, 3 * SIDE * SIDE)).clip(70, 185)

Values = npt.NDArray[np.float64]


@dataclass
class Drawn:
    """Images as values [n, 48], and the kind of each."""

    values: Values
    kinds: npt.NDArray[np.int64]

    def images(self) -> npt.NDArray[np.uint8]:
        """Return them as uint8 [n, 4, 4, 3]."""
        whole = np.clip(np.rint(self.values), 0, 255).astype(np.uint8)
        return whole.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)


def draw(rng: np.random.Generator, *, kinds: int = KINDS, spread: float = SPREAD) -> Drawn:
    """Return images of the first `kinds` kinds, as many of each."""
    chosen = np.arange(COUNT) % kinds
    return Drawn(PATTERNS[chosen] + rng.normal(0, spread, (COUNT, PATTERNS.shape[1])), chosen)


def narrower(level: float, _: Drawn, rng: np.random.Generator) -> Drawn:
    """Less variety within each kind: down to a fifth."""
    return draw(rng, spread=SPREAD * (1 - 0.8 * level))


def noisier(level: float, _: Drawn, rng: np.random.Generator) -> Drawn:
    """More noise: up to twice as much."""
    return draw(rng, spread=SPREAD * (1 + level))


def brighter(level: float, _: Drawn, rng: np.random.Generator) -> Drawn:
    """Every value larger: by up to 20."""
    fake = draw(rng)
    return Drawn(fake.values + 20 * level, fake.kinds)


def kinds_missing(level: float, _: Drawn, rng: np.random.Generator) -> Drawn:
    """Whole kinds missing: up to five of eight."""
    return draw(rng, kinds=KINDS - round(5 * level))


def copies(level: float, real: Drawn, rng: np.random.Generator) -> Drawn:
    """Copies of real images among the fakes: up to all but one, since two equal sets are refused."""
    fake, copied = draw(rng), min(int(level * COUNT), COUNT - 1)
    return Drawn(np.concatenate([real.values[:copied], fake.values[copied:]]), fake.kinds)


def repeats(level: float, _: Drawn, rng: np.random.Generator) -> Drawn:
    """One fake again and again: up to 80 % of the images of its kind."""
    fake = draw(rng)
    for kind in range(KINDS):
        (same,) = np.nonzero(fake.kinds == kind)
        fake.values[same[1 : 1 + int(0.8 * level * len(same))]] = fake.values[same[0]]
    return fake


Fault = Callable[[float, Drawn, np.random.Generator], Drawn]
FAULTS: dict[str, Fault] = {
    "less variety": narrower,
    "more noise": noisier,
    "brighter": brighter,
    "kinds missing": kinds_missing,
    "copies of real": copies,
    "repeats": repeats,
}


def prepare(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return the values of an image about the middle grey, the noise within a kind as their unit."""
    return (image.transpose(2, 0, 1).astype(np.float32) - 128) / np.float32(SPREAD)


@dataclass(frozen=True)
class Values48:
    """An extractor of the 48 values; its logits say which kind an image is of; the red ones are spatial."""

    @property
    def spec(self) -> ExtractorSpec:
        """48 features, 8 logits, 16 spatial features, no weights."""
        return ExtractorSpec("values", 48, KINDS, "values", None, "(x-128)/16", spatial=SIDE * SIDE)

    @property
    def prepare(self) -> Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]:
        """The values of one image."""
        return prepare

    def __call__(self, batch: torch.Tensor, device: torch.device) -> Outputs:
        """Return the values, how near each pattern is, and the red ones."""
        features = batch.to(device).flatten(1).double()
        patterns = torch.from_numpy((PATTERNS - 128) / SPREAD).to(device)
        logits = -torch.cdist(features, patterns).square() / DOUBT
        return Outputs(features=features.float(), logits=logits.float(), spatial=features[:, : SIDE * SIDE].float())


def scored(real: Drawn, fake: Drawn, names: Sequence[str]) -> list[ganmetrics.Score]:
    """Return the scores of these metrics, in order."""
    options = {"extractor": Values48(), "workers": 0, "batch_size": COUNT, "interval": False}
    labels = {"real_labels": [str(kind) for kind in real.kinds], "fake_labels": [str(kind) for kind in fake.kinds]}
    plain = [name for name in names if name not in WITH_HELD_OUT]
    held_out = [name for name in names if name in WITH_HELD_OUT]
    sides = real.images(), fake.images()
    found: list[ganmetrics.Score] = []
    if plain:
        report = ganmetrics.evaluate(*sides, metrics=plain, bandwidth=BANDWIDTH, wavelet_level=2, **labels, **options)
        found += list(report.values())
    if held_out:
        test = draw(np.random.default_rng(3)).images()
        report = ganmetrics.evaluate(*sides, metrics=held_out, test=test, **options)
        found += list(report.values())[: len(held_out)]
    return found


def study(names: Sequence[str]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the values of undisturbed fakes [draws, metrics], and the means [faults, levels, metrics]."""
    real = draw(np.random.default_rng(1))
    fresh = [draw(np.random.default_rng(100 + seed)) for seed in range(UNDISTURBED)]
    plain = np.array([[float(score) for score in scored(real, fake, names)] for fake in fresh])
    means = [[mean_scores(real, fault, level, names) for level in LEVELS] for fault in FAULTS.values()]
    return plain, np.array(means)


def mean_scores(real: Drawn, fault: Fault, level: float, names: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return the mean of every metric over draws with a fault."""
    drawn = [fault(level, real, np.random.default_rng(200 + seed)) for seed in range(DRAWS)]
    return np.mean([[float(score) for score in scored(real, fake, names)] for fake in drawn], axis=0)


def colour(change: float, spread: float, *, lower_is_better: bool) -> str:
    """Return the colour of a line by how it ends: worse, better or the same."""
    if abs(change) <= NOTICED * spread or math.isclose(change, 0, abs_tol=1e-12):
        return SAME
    return WORSE if (change > 0) == lower_is_better else BETTER


def plot(name: str, plain: npt.NDArray[np.float64], lines: npt.NDArray[np.float64], *, lower_is_better: bool) -> Figure:
    """Return a row of panels, one a fault, with one axis for all."""
    figure = Figure(figsize=(9, 1.9), layout="constrained")
    centre, spread = float(plain.mean()), float(plain.std(ddof=1))
    panels: list[Axes] = list(figure.subplots(1, len(FAULTS), sharey=True))
    for axes, fault, line in zip(panels, FAULTS, lines, strict=True):
        axes.axhspan(centre - NOTICED * spread, centre + NOTICED * spread, color="0.9", linewidth=0)
        told = colour(line[-1] - centre, spread, lower_is_better=lower_is_better)
        axes.plot(LEVELS, line, color=told, marker="o", markersize=3, linewidth=1.6)
        axes.set_title(fault, fontsize=9, color=told)
        axes.set_xticks([0, 1], ["none", "most"], fontsize=8)
        axes.tick_params(axis="y", labelsize=8)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel(name, fontsize=9)
    return figure


def main() -> None:
    """Write a figure for each metric."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("docs/images/metrics"))
    parser.add_argument("--metrics", default=",".join((*METRICS, *WITH_HELD_OUT)), help="separated by commas")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    names = sorted(options.metrics.split(","), key=(*METRICS, *WITH_HELD_OUT).index)
    directions = scored(*(draw(np.random.default_rng(seed)) for seed in (1, 2)), names)
    plain, means = study(names)
    for index, (name, score) in enumerate(zip(names, directions, strict=True)):
        figure = plot(name, plain[:, index], means[:, :, index], lower_is_better=score.lower_is_better)
        figure.savefig(options.output / f"{name}.png", dpi=110)
    print(f"{len(names)} figures in {options.output}")


if __name__ == "__main__":
    main()
