"""ADM's five metrics of a batch of samples against a reference batch, by its conventions."""

import tempfile
from pathlib import Path

import numpy as np

from ganmetrics import Extraction, InputError, Reference, Report, Score, evaluate
from ganmetrics._files import as_path
from ganmetrics._text import one_line
from ganmetrics._types import Progress, silent

LINES = {
    "is": "Inception Score",
    "fid": "FID",
    "sfid": "sFID",
    "precision": "Precision",
    "recall": "Recall",
}
"""The metrics in the order in which ADM prints them, with what it calls each."""

OF_MOMENTS = ("fid", "sfid")


def compute_scores(
    ref_batch: str | Path, sample_batch: str | Path, how: Extraction | None = None, *, progress: Progress = silent
) -> dict[str, Score]:
    """Return the scores by ADM's names.

    A reference batch of ADM holds statistics of a whole training set, and 10,000 of its images: the distances are of
    the statistics, precision and recall of the images. Each sample passes the network once.

    Args:
        ref_batch: an ``.npz`` with ``arr_0``, ``mu`` and ``sigma`` with ``mu_s`` and ``sigma_s``, or both; or anything
            else with images, such as a folder.
        sample_batch: an ``.npz`` with ``arr_0``, uint8 [n, h, w, 3], or anything else with images.
        how: how images become features; None for Inception and the protocol ``adm``.
        progress: shows how far a stage has come.

    Raises:
        InputError: a file holds neither, or only statistics: precision and recall need the reference's images.
        NotEnoughSamples: a metric needs more images.
        WeightsError: the network's weights cannot be found.
    """
    extraction = Extraction("inception-v3", "adm") if how is None else how
    samples = _images(sample_batch) if _holds(sample_batch, "mu") else sample_batch
    if not _holds(ref_batch, "mu"):
        metrics = tuple(LINES)
        report = evaluate(ref_batch, samples, extraction, metrics=metrics, interval=False, progress=progress)
        return _named(report, metrics)
    if not _holds(ref_batch, "arr_0"):
        raise InputError(
            f"precision and recall need images, arr_0, beside the statistics; {ref_batch} has none "
            "(ganmetrics evaluate --metrics is,fid,sfid does without)"
        )
    # The statistics of the samples serve both calls.
    with tempfile.TemporaryDirectory(prefix="ganmetrics-adm-") as cache:
        of_images = evaluate(
            _images(ref_batch), samples, extraction,
            metrics=tuple(LINES), interval=False, cache=cache, progress=progress,
        )  # fmt: skip
        of_moments = evaluate(
            Reference.load(ref_batch), samples, extraction,
            metrics=OF_MOMENTS, interval=False, cache=cache, progress=progress,
        )  # fmt: skip
    return _named(of_images, tuple(LINES)) | _named(of_moments, OF_MOMENTS)


def _named(report: Report, metrics: tuple[str, ...]) -> dict[str, Score]:
    """Return the scores of a report by ADM's names; a refusal is raised as such."""
    scores: dict[str, Score] = {}
    for metric, line in zip(metrics, report.lines, strict=True):
        if not isinstance(line, Score):
            raise InputError(f"{LINES[metric]}: {line.reason}")
        scores[LINES[metric]] = line
    return scores


def _holds(path: str | Path, member: str) -> bool:
    """Tell whether a path is an ``.npz`` with an array of that name."""
    if not isinstance(path, str | Path) or as_path(path).suffix.lower() != ".npz" or not as_path(path).is_file():
        return False
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return member in arrays.files
    except Exception:  # what is wrong with a damaged file is told when it is opened
        return False


def _images(path: str | Path) -> object:
    """Return the images beside statistics; a path to both would be taken for the statistics."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return arrays["arr_0"]
    # Damage ends in whatever unpacking and parsing run into.
    except Exception as error:
        raise InputError(f"{path} cannot be read as an npz of images: {one_line(error)}") from None
