"""`train` and `resume`: everything is checked before the first step, and before anything is written."""

from collections.abc import Collection, Mapping
from pathlib import Path

import torch

from ganmetrics import Extraction, Extractor, GanMetricsError, shown
from reference_models.arguments import check_type, whole_number
from reference_models.config import TrainConfig
from reference_models.data.images import LabelledImages
from reference_models.data.load import load_images
from reference_models.errors import CheckpointError, ConfigError, one_line
from reference_models.files import possible_path, write_whole
from reference_models.networks.plain import plain_torch
from reference_models.scoring.extractors import with_extractor
from reference_models.scoring.scorer import Scorer
from reference_models.settings import Value, difference, from_flat, merged, read_toml, to_toml
from reference_models.training.checkpoint import LAST, read_checkpoint
from reference_models.training.devices import open_device
from reference_models.training.flow import build_trainer
from reference_models.training.folder import CONFIG, check_free, clear_leftovers, is_begun, read_begun
from reference_models.training.lock import folder_lock
from reference_models.training.observer import LoggingObserver, Observer
from reference_models.training.ranks import TrainingRanks, joined_ranks
from reference_models.training.run import Outcome, TrainingRun
from reference_models.training.stored import Unfit, check_progress

FREE = frozenset({"eval.epochs", "patience", "log_every", "tensorboard"})
"""Keys that change neither the training nor what a score means, and so may always be changed."""


@plain_torch()
def train(
    config: TrainConfig,
    out: str | Path,
    *,
    extractor: Extractor | None = None,
    device: torch.device | str | None = None,
    observer: Observer | None = None,
) -> Outcome:
    """Train a model from the beginning in a new folder; nothing of it depends on torch's defaults (`plain_torch`).

    Args:
        config: from `build_config`.
        out: the folder; it must not exist, or be empty.
        extractor: an extractor object to score with; None for the one that the configuration names.
        device: where to train; None for CUDA where there is one.
        observer: is told how it goes; None for the logger ``reference_models``.

    Raises:
        InputError: an argument is of the wrong kind.
        ConfigError: the configuration does not go with the data.
        DataError: the data are not what is needed.
        CheckpointError: the folder holds another run, or another call is training in it; a run that was killed before
            its first checkpoint is none.
        TrainingError: a loss or a weight is not finite.
        StorageError: the disk refuses.
        KeyboardInterrupt: it was interrupted, and can be resumed.
    """
    check_type("config", config, TrainConfig, "a TrainConfig, such as build_config makes")
    out, told = possible_path(out), _observer(observer)
    with folder_lock(out) as lock, joined_ranks() as ranks:
        if ranks.is_first:
            lock.take()
            check_free(out)
        data = load_images(config.data, size=config.net.size)
        whole = _scored_by(config.with_classes(data.classes), extractor, told)
        told.said(data.line())
        run = _prepare(
            whole, out, data, extractor=extractor, device=device, observer=told, ranks=ranks, until=whole.epochs
        )
        if ranks.is_first:
            # While the data were read another run may have begun here, or even have ended.
            lock.take_new()
            check_free(out)
        return _begin(run, ranks)


@plain_torch()
def resume(
    out: str | Path,
    *,
    more_epochs: int = 0,
    changes: Mapping[str, object] | None = None,
    allow_changed: Collection[str] = (),
    extractor: Extractor | None = None,
    device: torch.device | str | None = None,
    observer: Observer | None = None,
) -> Outcome:
    """Go on with a run where its last checkpoint is, to its end or `more_epochs` beyond it.

    A run that was killed before its first checkpoint begins again, as its folder says.

    Args:
        out: the folder of the run.
        more_epochs: epochs beyond its end; schedules stay at their end values there.
        changes: keys to change.
        allow_changed: keys that may differ from the checkpoint's.
        extractor: as for `train`.
        device: as for `train`.
        observer: as for `train`.

    Raises:
        InputError: an argument is of the wrong kind.
        CheckpointError: there is no run, its checkpoint is damaged, or another call is training in the folder.
        ConfigError: the configuration differs from the checkpoint's in a key that is not allowed to.
    """
    more_epochs = whole_number("more_epochs", more_epochs, least=0)
    if changes is not None:
        check_type("changes", changes, Mapping, "a mapping of keys")
    check_type("allow_changed", allow_changed, list | tuple | set | frozenset, "a list of keys")
    for key in allow_changed:
        check_type("allow_changed", key, str, "a list of keys")
    out, told = possible_path(out), _observer(observer)
    with folder_lock(out) as lock, joined_ranks() as ranks:
        if ranks.is_first:
            lock.take()
        if ranks.agree(ranks.is_first and is_begun(out)):
            config = _changed(read_begun(out), out, changes or {}, allow_changed)
            told.said(f"{out} has no checkpoint yet: the run begins again")
            until = config.epochs + more_epochs
            config = _scored_at(config, until) if more_epochs else config
            data = load_images(config.data, size=config.net.size)
            return _begin(
                _prepare(
                    config, out, data, extractor=extractor, device=device, observer=told, ranks=ranks, until=until
                ),
                ranks,
            )
        checkpoint = read_checkpoint(out / LAST)
        try:
            check_progress(checkpoint.progress, checkpoint.fixed, checkpoint.config.net)
        except Unfit as error:
            raise CheckpointError(f"{checkpoint.path} is no checkpoint of such a run: {error}") from None
        config = _changed(checkpoint.config, out, changes or {}, allow_changed)
        done = int(checkpoint.progress["until"])
        until = max(done, config.epochs) + more_epochs if checkpoint.progress["epoch"] < done else done + more_epochs
        if more_epochs:
            config = _scored_at(config, until)
        told.said(f"going on from epoch {checkpoint.epoch}, step {checkpoint.trainer['steps']:,}, to epoch {until}")
        data = load_images(config.data, size=config.net.size)
        if data.class_names != checkpoint.class_names:
            raise CheckpointError(
                f"{out} was trained on classes {', '.join(checkpoint.class_names) or 'none'}; "
                f"{config.data.source} has {', '.join(data.class_names) or 'none'}"
            )
        run = _prepare(config, out, data, extractor=extractor, device=device, observer=told, ranks=ranks, until=until)
        try:
            run.resume_from(checkpoint)
        except GanMetricsError:
            raise  # of another file, which it names
        except (ValueError, RuntimeError, KeyError) as error:
            raise CheckpointError(f"{checkpoint.path} does not fit this run: {one_line(error)}") from None
        if ranks.is_first:
            clear_leftovers(out)
            write_whole(out / CONFIG, to_toml(config).encode())
        return run.go()


def _observer(given: Observer | None) -> Observer:
    if given is None:
        return LoggingObserver()
    check_type("observer", given, Observer, "an object with the methods said, warned and stepped")
    return given


def default_eval_epochs(epochs: int) -> tuple[int, ...]:
    """Return when a run is scored unless it says otherwise: often at first, and at its end.

    >>> default_eval_epochs(30)
    (0, 1, 2, 5, 10, 20, 30)
    """
    steps = [scale * step for scale in (1, 10, 100, 1000) for step in (1, 2, 5)]
    return tuple(sorted({0, epochs, *(step for step in steps if step < epochs)}))


def _prepare(
    config: TrainConfig,
    out: Path,
    data: LabelledImages,
    *,
    extractor: Extractor | None,
    device: torch.device | str | None,
    observer: Observer,
    ranks: TrainingRanks,
    until: int,
) -> TrainingRun:
    place = open_device(device, local_rank=ranks.local)
    trainer = build_trainer(config, data, device=place, ranks=ranks)
    scorer = None
    if config.eval.epochs and ranks.is_first:
        scorer = Scorer(config.eval, data, extractor=extractor, device=place)
    return TrainingRun(out, trainer, data, scorer=scorer, observer=observer, until=until)


def _begin(run: TrainingRun, ranks: TrainingRanks) -> Outcome:
    """Write the first files, the configuration before all others, and train."""
    if ranks.is_first:
        clear_leftovers(run.directory)
        write_whole(run.directory / CONFIG, to_toml(run.config).encode())
    ranks.wait()
    run.begin()
    return run.go()


def _scored_by(config: TrainConfig, extractor: Extractor | None, observer: Observer) -> TrainConfig:
    """Return the configuration with its extractor named, and the untrained generator scored first."""
    if config.eval.epochs:
        epochs = tuple(sorted({0, *config.eval.epochs}))
        config = merged(config, {"eval.epochs": epochs})
        late = [epoch for epoch in epochs if epoch > config.epochs]
        if late:
            observer.warned(
                f"epochs {', '.join(map(str, late))} are beyond the last, {config.epochs}, and are not scored"
            )
    if extractor is not None:
        Extraction(extractor=extractor)  # refuses what is none
        return merged(config, {"eval.extractor": extractor.spec.name, "eval.weights": ""})
    return with_extractor(config, say=observer.said)


def _scored_at(config: TrainConfig, epoch: int) -> TrainConfig:
    """Return the configuration with an epoch among those that are scored, if any are."""
    if not config.eval.epochs:
        return config
    return merged(config, {"eval.epochs": tuple(sorted({*config.eval.epochs, epoch}))})


def _changed(
    stored: TrainConfig, out: Path, changes: Mapping[str, object], allow_changed: Collection[str]
) -> TrainConfig:
    """Return the configuration to go on with: the folder's, changed; refused where it differs and may not."""
    file = out / CONFIG
    found = from_flat(read_toml(file)) if file.exists() else stored
    wanted = merged(found, changes)
    differing: dict[str, tuple[Value, Value]] = difference(stored, wanted)
    allowed = {*FREE, *allow_changed}
    refused = {key: values for key, values in differing.items() if key not in allowed}
    if refused:
        changed = "; ".join(f"{key}: {shown(old)} -> {shown(new)}" for key, (old, new) in refused.items())
        raise ConfigError(
            f"{out} was trained with another configuration ({changed}); "
            f"{' '.join(f'--allow-changed {key}' for key in refused)} goes on with the new one"
        )
    return wanted
