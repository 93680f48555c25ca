"""`TrainingRun`: a training in its folder; around each epoch its scores, checkpoints, records and pictures."""

import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from reference_models.config import TrainConfig
from reference_models.data.images import LabelledImages
from reference_models.networks.latent import draw_latent
from reference_models.recording import grids
from reference_models.scoring.sampler import Sampler
from reference_models.scoring.scorer import Scorer
from reference_models.training.checkpoint import BEST, LAST, Checkpoint, write_checkpoint
from reference_models.training.interrupt import Interruption, caught_interrupts
from reference_models.training.journal import Journal
from reference_models.training.measure import check_finite, measure_step
from reference_models.training.observer import Observer
from reference_models.training.trainer import Step, Trainer


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        directory: of the run.
        epochs: whole epochs that were trained in all.
        best: the smallest distance so far; None without scoring.
        best_epoch: where it was.
        stopped_early: `patience` ended it.
    """

    directory: Path
    epochs: int
    best: float | None
    best_epoch: int
    stopped_early: bool


class TrainingRun:
    """One training in one folder.

    Args:
        directory: of the run.
        trainer: the networks and their steps.
        data: the real images.
        scorer: scores the generator; None where the run is not scored, and on all but the first process.
        observer: is told how it goes.
        until: the epoch to end at.
    """

    def __init__(
        self,
        directory: Path,
        trainer: Trainer,
        data: LabelledImages,
        *,
        scorer: Scorer | None,
        observer: Observer,
        until: int,
    ) -> None:
        self.directory, self.trainer, self.data, self.until = directory, trainer, data, until
        self._scorer, self._observer = scorer, observer
        self._journal = Journal(directory, trainer, observer)
        self._fixed = fixed_noise(trainer.config)
        self._sums: dict[str, tuple[Tensor, int]] = {}
        self._losses: dict[str, float] = {}

    @property
    def config(self) -> TrainConfig:
        """Of the run."""
        return self.trainer.config

    def resume_from(self, checkpoint: Checkpoint) -> None:
        """Go on from a checkpoint, dropping what was recorded after it.

        Raises:
            ValueError: it is of another number of processes.
        """
        self.trainer.load_state(checkpoint.trainer)
        self._fixed = checkpoint.fixed
        self._journal.resume_from(checkpoint.progress)

    def begin(self) -> None:
        """Write the first files of a new run.

        Raises:
            StorageError: the disk refuses.
        """
        if self.trainer.ranks.is_first:
            self._journal.begin(self.data.images)
        self.save(LAST)

    def go(self) -> Outcome:
        """Train to the end, scoring and saving on the way.

        Raises:
            KeyboardInterrupt: it was interrupted; ``last.pt`` has every step that was taken.
            TrainingError: a loss or a weight is not finite; ``last.pt`` is from before.
            StorageError: the disk refuses; ``last.pt`` is from before.
        """
        trainer, last_step = self.trainer, self.until * self.trainer.batches.steps_per_epoch
        stopped = False
        with caught_interrupts() as interruption:
            stopped = self._score_if_due(interruption)
            while trainer.steps < last_step and not stopped:
                self._take_step(last_step)
                if trainer.ranks.agree(interruption.asked):
                    self._flush_losses()
                    self.save(LAST)
                    raise interruption.error()
                if trainer.steps % trainer.batches.steps_per_epoch == 0:
                    self._flush_losses()
                    self.save(LAST)
                    stopped = self._score_if_due(interruption)
        self._journal.close()
        monitor = self._journal.monitor
        return Outcome(self.directory, trainer.epoch, monitor.best, monitor.best_epoch, stopped)

    def save(self, name: str) -> None:
        """Write a checkpoint of the present state into the run's folder.

        Raises:
            StorageError: the disk refuses; the older checkpoint is kept.
            TrainingError: the weights are not finite; the older checkpoint is kept.
        """
        networks = (("generator", self.trainer.generator), ("discriminator", self.trainer.discriminator))
        check_finite({}, networks, step=self.trainer.steps)
        state = self.trainer.state()  # on every process: each has random numbers of its own
        if not self.trainer.ranks.is_first:
            return
        counts = None if self.data.labels is None else torch.bincount(self.data.labels, minlength=self.data.classes)
        progress = {**self._journal.progress(), "until": self.until}
        checkpoint = Checkpoint(self.config, state, progress, self._fixed, self.data.class_names, counts)
        write_checkpoint(self.directory / name, checkpoint)

    def _take_step(self, last_step: int) -> None:
        trainer = self.trainer
        due = (trainer.steps + 1) % self.config.log_every == 0
        step = trainer.step()
        for name, loss in step.losses.items():
            total, count = self._sums.get(name, (torch.zeros_like(loss), 0))
            self._sums[name] = total + loss, count + 1
        if due:
            self._flush_losses(step)
        self._observer.stepped(
            step=trainer.steps,
            last_step=last_step,
            images=self.config.batch * trainer.ranks.count,
            losses=self._losses,
        )

    def _flush_losses(self, step: Step | None = None) -> None:
        """Record the mean losses since the last record, and look at them."""
        if not self._sums:
            return
        means = torch.stack([total / count for total, count in self._sums.values()]).tolist()
        parts = dict(zip(self._sums, means, strict=True))
        self._sums = {}
        check_finite(parts, (), step=self.trainer.steps)
        of_g = {name: loss for name, loss in parts.items() if name.startswith("G_")}
        self._losses = {"loss/D": sum(loss for name, loss in parts.items() if name not in of_g)}
        if of_g:
            self._losses["loss/G"] = sum(of_g.values())
        self._losses |= {f"loss/{name}": loss for name, loss in parts.items()}
        rate_g, rate_d = self.trainer.rates()
        measured = {"lr/G": rate_g, "lr/D": rate_d}
        if step is not None:
            measured |= measure_step(self.trainer, step)
        if self.trainer.ranks.is_first:
            self._journal.losses(self._losses, measured)

    def _score_if_due(self, interruption: Interruption) -> bool:
        """Score the generator where the present epoch asks for it; return whether `patience` is at its end."""
        trainer, journal, monitor = self.trainer, self._journal, self._journal.monitor
        at_boundary = trainer.steps % trainer.batches.steps_per_epoch == 0
        if not at_boundary or trainer.epoch not in self.config.eval.epochs or trainer.epoch in journal.scored:
            return False
        if trainer.ranks.is_first and self._scorer is not None:
            sampler = self._sampler()
            with interruption.interruptible():
                began = time.perf_counter()
                scores = self._scorer(sampler)
                journal.scoring_seconds += time.perf_counter() - began
            journal.scores(scores, sampler.images(*_pair(self._fixed)), self.data.images)
        journal.scored.append(trainer.epoch)
        is_best = monitor.best_epoch == trainer.epoch and monitor.best is not None
        if trainer.ranks.agree(is_best):
            self.save(BEST)
        self.save(LAST)
        patience = self.config.patience
        stop = bool(patience) and monitor.without_better >= patience
        if stop:
            self._observer.said(f"stopped: {patience} evaluations without a better one (patience)")
        return trainer.ranks.agree(stop)

    def _sampler(self) -> Sampler:
        counts = None
        if self.data.labels is not None and self.config.objective.fake_labels != "uniform":
            counts = torch.bincount(self.data.labels, minlength=self.data.classes)
        network = self.trainer.sampled if self.config.eval.ema else self.trainer.generator
        return Sampler(network, class_weights=counts)


def fixed_noise(config: TrainConfig) -> dict[str, Tensor | None]:
    """Return the latents and classes that are drawn at every evaluation; classes go round."""
    rng = torch.Generator().manual_seed(config.seed + 2)
    latent = draw_latent(grids.FIXED, dimension=config.net.latent_dim, kind=config.net.latent, rng=rng)
    labels = torch.arange(grids.FIXED) % config.net.classes if config.net.needs_labels else None
    return {"latent": latent, "labels": labels}


def _pair(fixed: dict[str, Tensor | None]) -> tuple[Tensor, Tensor | None]:
    latent = fixed["latent"]
    if latent is None:
        raise TypeError("a fixed noise has latents")
    return latent, fixed["labels"]
