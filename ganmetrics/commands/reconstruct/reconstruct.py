"""`reconstruct`: PSNR, SSIM and L1 of pairs of images, with the distances of both sets."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Unpack

import torch
from torch import Tensor

from ganmetrics._types import Image, Progress, silent
from ganmetrics.commands.evaluate import evaluate
from ganmetrics.commands.reconstruct.pairing import Pair, paired
from ganmetrics.core.checks import one_of, probability
from ganmetrics.core.inference.normal import normal_quantile
from ganmetrics.core.inference.student import student_quantile
from ganmetrics.data.decode import decode_stored
from ganmetrics.data.image_source import ImageSource
from ganmetrics.errors import InputError
from ganmetrics.extraction.options import Extraction, ExtractionOptions
from ganmetrics.features.perceptual import Distance
from ganmetrics.metrics.pairs.error import PixelErrors, pixel_errors
from ganmetrics.metrics.pairs.ssim import CONVENTIONS, EXPONENTS, multiscale_ssim, ssim
from ganmetrics.references.key import library_versions
from ganmetrics.references.sides import open_images
from ganmetrics.report import Report, Score, Table
from ganmetrics.report.pictures import Strip, Thumbnail, contact_sheet, save_picture
from ganmetrics.report.table import Cell

SHEET = "worst.png"
"""The contact sheet of the worst pairs."""
_WHITE = 255
_SHOWN = 5
NORMAL_FROM = 200
"""Pairs from which Student's distribution is the normal one to a per cent of its width."""
LARGEST_WINDOW = 11


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """The scores of pairs, and what each pair has.

    Attributes:
        report: mean scores with intervals over images, distances of both sets, and the table of all pairs.
        pairs: the pairs, in the order of the originals.
        psnr: of each pair in decibels, float64 [n]; infinite where it is exact.
        ssim: of each pair, float64 [n].
        how: how images were read, for pictures.
        sources: originals and reconstructions.
    """

    report: Report
    pairs: list[Pair]
    psnr: Tensor
    ssim: Tensor
    how: Extraction
    sources: tuple[ImageSource, ImageSource]

    def worst(self, top: int) -> list[int]:
        """Return the numbers of the pairs with the lowest PSNR, the worst first."""
        order: list[int] = self.psnr.argsort(stable=True).tolist()
        return order[:top]

    def save_pictures(self, folder: Path, top: int) -> list[Path]:
        """Write ``worst.png``: the worst pairs, originals above reconstructions.

        Raises:
            InputError: an image can no longer be read.
            StorageError: the picture cannot be written.
        """
        strips = []
        for side, title in enumerate(("originals of the worst pairs", "their reconstructions")):
            thumbnails = []
            for at in self.worst(top):
                pair = self.pairs[at]
                index = pair.reconstruction if side else pair.original
                caption = (pair.name, f"{float(self.psnr[at]):.4g} dB" if side else "")
                thumbnails.append(Thumbnail(_image(self.sources[side], index, self.how), caption))
            strips.append(Strip(title, tuple(thumbnails)))
        path = folder / SHEET
        folder.mkdir(parents=True, exist_ok=True)
        save_picture(contact_sheet(strips), path)
        return [path]


def reconstruct(
    originals: object,
    reconstructions: object,
    how: Extraction | None = None,
    *,
    metrics: Sequence[str] = (),
    convention: str = "wang",
    perceptual: Distance | None = None,
    confidence: float = 0.95,
    progress: Progress = silent,
    **options: Unpack[ExtractionOptions],
) -> Reconstruction:
    """Return how near reconstructions are to their originals: PSNR both ways, SSIM, multi-scale SSIM and L1.

    Images are compared as uint8, so the data range is 255 and nobody's guess. Intervals are of the mean over images
    such as these. The ratio of the mean error has none: it is not a mean over images.

    Args:
        originals: images, as `ganmetrics.evaluate` takes them, but for stored references.
        reconstructions: of each of them one, of the same size, paired by name or by number.
        how: how images become pixels and features; or its fields as keywords.
        metrics: distances of the two sets to compute as well, such as ``fid``, which is then called ``rfid``.
        perceptual: a perceptual distance of each pair as well, such as `ganmetrics.load_perceptual()` gives.
        convention: of SSIM, a name in `ganmetrics.metrics.pairs.ssim.CONVENTIONS`.
        confidence: of the intervals.
        progress: shows how far a stage has come.
        options: the fields of `ganmetrics.Extraction`.

    Raises:
        InputError: an image has no pair, a pair has two sizes, an image cannot be read, or an option is out of range.
        GanMetricsError: what `ganmetrics.evaluate` raises, where distances are asked for.

    >>> black = torch.zeros(3, 3, 16, 16, dtype=torch.uint8)
    >>> found = reconstruct(black, black + 51)
    >>> round(found.report["psnr"].value, 4), round(found.report["l1"].value, 4)
    (13.9794, 0.2)
    """
    extraction = Extraction.of(how, options)
    one_of("convention", convention, CONVENTIONS)
    confidence = probability("confidence", confidence)
    if extraction.count is not None:
        raise InputError("reconstruct compares every pair; got count")
    sides = (
        open_images(originals, extraction, purpose="reconstructing"),
        open_images(reconstructions, extraction, purpose="reconstructing"),
    )
    pairs = paired(*sides)
    measured = _measured(sides, pairs, extraction, convention=convention, perceptual=perceptual, progress=progress)
    scores = _scores(measured, convention, confidence)
    if perceptual is not None and measured.perceived is not None:
        scores[perceptual.score_name] = _perceived(perceptual, measured.perceived, confidence)
    provenance: dict[str, Any] = {
        "versions": library_versions(),
        "originals": sides[0].name,
        "reconstructions": sides[1].name,
        "ssim": {"convention": convention, **asdict(CONVENTIONS[convention])},
        "data_range": _WHITE,
    }
    refusals = {}
    if metrics:
        found = evaluate(*sides, extraction, metrics=metrics, progress=progress)
        scores |= {f"r{name}": _of_pairs(score) for name, score in found.items()}
        refusals = {f"r{name}": replace(refusal, name=f"r{name}") for name, refusal in found.refusals.items()}
        provenance["distances"] = dict(found.provenance)
    report = Report(scores, provenance, (_table(pairs, measured),), refusals, (*scores, *refusals))
    return Reconstruction(report, pairs, measured.errors.psnr, measured.similarity, extraction, sides)


@dataclass(frozen=True, eq=False)
class _Measured:
    errors: PixelErrors
    similarity: Tensor
    multiscale: Tensor | None
    perceived: Tensor | None


def _measured(
    sides: tuple[ImageSource, ImageSource],
    pairs: list[Pair],
    how: Extraction,
    *,
    convention: str,
    perceptual: Distance | None,
    progress: Progress,
) -> _Measured:
    squared, absolute, similarity, multiscale, perceived = [], [], [], [], []
    with progress(total=len(pairs), stage="comparing pairs") as advance:
        for pair in pairs:
            images = _image(sides[0], pair.original, how), _image(sides[1], pair.reconstruction, how)
            if images[0].shape != images[1].shape:
                sizes = [f"{image.shape[1]}x{image.shape[0]}" for image in images]
                raise InputError(f"a pair needs one size; {pair.name} is {sizes[0]}, its reconstruction {sizes[1]}")
            one, other = (torch.from_numpy(image.copy()).permute(2, 0, 1)[None] for image in images)
            errors = pixel_errors(one, other, data_range=_WHITE)
            squared.append(errors.squared)
            absolute.append(errors.absolute)
            _check_size(pair, images[0], convention)
            similarity.append(ssim(one, other, data_range=_WHITE, convention=convention))
            if min(one.shape[2:]) // (len(EXPONENTS) - 1) ** 2 >= LARGEST_WINDOW:
                multiscale.append(multiscale_ssim(one, other, data_range=_WHITE))
            if perceptual is not None:
                perceived.append(perceptual(one, other).double())
            advance(1)
    whole_set = len(multiscale) == len(pairs)
    return _Measured(
        PixelErrors(torch.cat(squared), torch.cat(absolute)),
        torch.cat(similarity),
        torch.cat(multiscale) if whole_set else None,
        torch.cat(perceived) if perceived else None,
    )


def _check_size(pair: Pair, image: Image, convention: str) -> None:
    """Refuse a pair that is smaller than the window of SSIM, by its name.

    Raises:
        InputError: it is.
    """
    least = len(CONVENTIONS[convention].window)
    if min(image.shape[:2]) < least:
        raise InputError(
            f"similarity needs sides of at least {least} pixels; {pair.name} is {image.shape[1]}x{image.shape[0]}"
        )


def _image(source: ImageSource, index: int, how: Extraction) -> Image:
    try:
        decoded = decode_stored(source.read(index), alpha=how.alpha, bit_depth=how.bit_depth).image
    except InputError as error:
        raise InputError(f"{source.label(index)}: {error}") from None
    return how.geometry(decoded)


def _scores(measured: _Measured, convention: str, confidence: float) -> dict[str, Score]:
    errors = measured.errors
    rows = {
        "psnr": (errors.psnr, False, {"mean": "over images of each image's ratio"}),
        "ssim": (measured.similarity, False, {"convention": convention}),
        "ms_ssim": (measured.multiscale, False, {"convention": "torchmetrics"}),
        "l1": (errors.absolute, True, {"scale": "0 to 1"}),
    }
    scores = {
        name: _mean(name, values, confidence, lower_is_better=lower, made=made)
        for name, (values, lower, made) in rows.items()
        if values is not None
    }
    pooled = _score("psnr_of_mean_error", errors.psnr_of_mean_error, len(errors.squared))
    order = ["psnr", "psnr_of_mean_error", "ssim", "ms_ssim", "l1"]
    scores["psnr_of_mean_error"] = pooled
    return {name: scores[name] for name in order if name in scores}


def _perceived(distance: Distance, values: Tensor, confidence: float) -> Score:
    made = {"network": distance.name, "weights_sha256": distance.sha256, "input": "-1 to 1"}
    score = _mean(distance.score_name, values, confidence, lower_is_better=True, made=made)
    return replace(score, extractor=distance.score_name, metric=distance.name)


def _mean(name: str, values: Tensor, confidence: float, *, lower_is_better: bool, made: dict[str, Any]) -> Score:
    count = len(values)
    score = replace(_score(name, float(values.mean()), count), lower_is_better=lower_is_better, made=made)
    if count == 1 or not values.isfinite().all():
        return score
    error = float(values.std()) / math.sqrt(count)
    quantile = normal_quantile(confidence) if count >= NORMAL_FROM else student_quantile(confidence, count - 1)
    half = quantile * error
    return replace(
        score,
        low=score.value - half,
        high=score.value + half,
        confidence=confidence,
        calibrated=True,
        at_counts=True,
    )


def _score(name: str, value: float, count: int) -> Score:
    return Score(
        name,
        value,
        real_count=count,
        fake_count=count,
        extractor="pixels",
        protocol="uint8",
        lower_is_better=False,
        metric=name,
    )


def _table(pairs: list[Pair], measured: _Measured) -> Table:
    psnr = measured.errors.psnr
    rows: list[tuple[Cell, ...]] = []
    for at in psnr.argsort(stable=True).tolist():
        ratio = float(psnr[at])
        cells: list[float | None] = [ratio if math.isfinite(ratio) else None, float(measured.similarity[at])]
        cells += [float(column[at]) for column in (measured.errors.absolute, measured.perceived) if column is not None]
        rows.append((pairs[at].name, *cells))
    columns = ("image", "psnr", "ssim", "l1", *(() if measured.perceived is None else ("perceptual",)))
    title = "pairs, the worst first (an exact one has no ratio)"
    return Table("pairs", title, columns, tuple(rows), shown=_SHOWN)


def _of_pairs(score: Score) -> Score:
    """Return a score of the two sets under its name here, without what holds of independent draws only.

    Each reconstruction comes from an original on the other side. What is corrected for chance then takes away chance
    that both sides share: 2,000 slightly blurred images of CIFAR-10 get 8.0, "corrected" to -9.9.
    """
    renamed = replace(score, name=f"r{score.name}")
    if score.corrected is None:
        return renamed
    notes = (*score.notes, "not corrected: pairs are no independent draws")
    return replace(renamed, corrected=None, low=None, high=None, confidence=None, calibrated=None, notes=notes)
