"""`run_study`: every row for every seed, each a run of its own, and the table after each of them."""

from collections.abc import Mapping
from pathlib import Path

import torch

from ganmetrics import Extractor, shown
from reference_models.config import TrainConfig
from reference_models.data.batches import Batches
from reference_models.data.load import load_images
from reference_models.errors import ConfigError
from reference_models.files import possible_path
from reference_models.networks.build import build_discriminator, build_generator, parameter_count
from reference_models.recording.plots import late_unrest
from reference_models.recording.records import EVENTS, SCORES, read_events, read_scores
from reference_models.scoring.extractors import with_extractor
from reference_models.settings import difference, merged
from reference_models.studies.report import Result, write_report
from reference_models.studies.tables import STUDIES, TableStudy, row_config
from reference_models.training import start
from reference_models.training.checkpoint import LAST, read_checkpoint
from reference_models.training.observer import LoggingObserver, Observer


def run_study(
    name: str,
    out: str | Path,
    *,
    source: str = "shapes",
    seeds: int = 3,
    scale: str = "tiny",
    changes: Mapping[str, object] | None = None,
    extractor: Extractor | None = None,
    device: torch.device | str | None = None,
    observer: Observer | None = None,
) -> list[Result]:
    """Run a study, or what is left of it, and write ``study.csv``, ``study.md`` and, for schedules, ``losses.png``.

    Every row is trained from seeds 0, 1, ... in ``out/row/seed-N``. What is finished there is read and not run again;
    what was interrupted goes on where it was. The table is written after every run.

    Args:
        name: of `STUDIES`.
        out: the folder; that of an earlier call with the same arguments to go on with it.
        source: of the data; conditional rows need labels.
        seeds: runs of each row; the spread between them is what a difference must exceed to mean something.
        scale: ``tiny`` or ``full``.
        changes: keys that hold for every row.
        extractor: an extractor object to score with; None for the one that `changes` name.
        device: where to train.
        observer: is told how it goes.

    Raises:
        ConfigError: there is no such study, a row cannot work on the data, or `out` was made with other arguments.
        DataError: the data are not what is needed.
        StorageError: the disk refuses.
        KeyboardInterrupt: it was interrupted; the same call goes on.
    """
    if name not in STUDIES:
        raise ConfigError(f"the studies are {', '.join(STUDIES)}; got {shown(name)}")
    if seeds < 1:
        raise ConfigError(f"--seeds must be at least 1; got {seeds}")
    study, out, told = STUDIES[name], possible_path(out), observer or LoggingObserver()
    plan = _plan(study, out, source=source, seeds=seeds, scale=scale, changes=changes or {}, told=told, named=extractor)
    results = []
    for row, seed, directory, config in plan:
        if not _finished(directory):
            told.said(f"{row}, seed {seed}: {directory}")
            if (directory / LAST).exists():
                start.resume(directory, extractor=extractor, device=device, observer=told)
            else:
                start.train(config, directory, extractor=extractor, device=device, observer=told)
        results.append(_result(row, seed, directory, config))
        write_report(out, study, results, scale=scale, source=source)
    return results


def _plan(
    study: TableStudy,
    out: Path,
    *,
    source: str,
    seeds: int,
    scale: str,
    changes: Mapping[str, object],
    told: Observer,
    named: Extractor | None,
) -> list[tuple[str, int, Path, TrainConfig]]:
    """Return every run with its folder and configuration, after all that can be checked was checked."""
    plan: list[tuple[str, int, Path, TrainConfig]] = []
    data = None
    # Seed by seed, so that a study that is cut short has whole tables of fewer seeds.
    for seed in range(seeds):
        for row in study.rows:
            config = row_config(study, row, scale=scale, source=source, seed=seed, changes=changes)
            if data is None:
                data = load_images(config.data, size=config.net.size)
            config = config.with_classes(data.classes)
            Batches(data, batch=config.batch, seed=seed)  # refuses a set that does not fill one
            if named is not None:
                config = merged(config, {"eval.extractor": named.spec.name})
            else:
                config = with_extractor(config, say=_nothing if plan else told.said)
            directory = out / folder_name(row.name) / f"seed-{seed}"
            _check_same(directory, config)
            plan.append((row.name, seed, directory, config))
    return plan


def folder_name(row: str) -> str:
    """Return a row's name as a folder's.

    >>> folder_name("batch 64, D 5e-4, G 1e-3")
    'batch-64-d-5e-4-g-1e-3'
    """
    return "-".join(row.lower().replace(",", "").split())


def _check_same(directory: Path, config: TrainConfig) -> None:
    if not (directory / LAST).exists():
        return
    changed = difference(read_checkpoint(directory / LAST).config, config)
    if changed:
        differences = "; ".join(f"{key}: {shown(old)} -> {shown(new)}" for key, (old, new) in changed.items())
        raise ConfigError(f"{directory} was trained with another configuration ({differences}); choose another --out")


def _finished(directory: Path) -> bool:
    if not (directory / LAST).exists():
        return False
    checkpoint = read_checkpoint(directory / LAST)
    epochs = checkpoint.config.epochs
    return checkpoint.epoch >= epochs and epochs in checkpoint.progress["scored"]


def _result(row: str, seed: int, directory: Path, config: TrainConfig) -> Result:
    scores = read_scores(directory / SCORES)
    losses = [event for event in read_events(directory / EVENTS) if event["kind"] == "losses"]
    ends = [next(score for score in scores if score["epoch"] == epoch) for epoch in (0, config.epochs)]
    # The time of the last row was taken when it had been scored.
    trained = (
        ends[1]["wall_seconds"] - ends[1]["scoring_seconds"] - ends[0]["wall_seconds"] + ends[0]["scoring_seconds"]
    )
    networks = build_generator(config.net), build_discriminator(config.net)
    return Result(
        row=row,
        seed=seed,
        directory=directory,
        metric=ends[0]["metric"],
        first=ends[0]["value"],
        last=ends[1]["value"],
        seconds=trained / config.epochs,
        parameters=sum(map(parameter_count, networks)),
        unrest=late_unrest(losses),
    )


def _nothing(text: str) -> None:
    """Say nothing."""
