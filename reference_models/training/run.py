"""`Run`: a training in its folder: the loop with scoring, checkpoints, records and pictures around each epoch."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ganmetrics import Score, to_uint8
from reference_models.config import TrainConfig
from reference_models.data.batches import to_floats
from reference_models.data.images import LabelledImages
from reference_models.networks.latent import draw_latent
from reference_models.recording import grids, plots
from reference_models.recording.records import Moment, Records, score_row
from reference_models.recording.tensorboard import TensorBoard
from reference_models.scoring.sampler import Sampler
from reference_models.scoring.scorer import Scorer
from reference_models.settings import to_toml
from reference_models.training.checkpoint import BEST, LAST, Checkpoint, write_checkpoint
from reference_models.training.interrupt import Interruption, caught_interrupts
from reference_models.training.measure import check_finite, largest_singular_values, measure
from reference_models.training.monitor import Monitor
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


class Run:
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
        self._records, self._monitor = Records(directory), Monitor()
        self._scored: list[int] = []
        self._fixed = fixed_noise(trainer.config)
        self._before = (0.0, 0.0, 0.0)
        self._scoring_seconds = 0.0
        self._started = (time.perf_counter(), time.process_time())
        self._sums: dict[str, tuple[Tensor, int]] = {}
        self._losses: dict[str, float] = {}
        self._digest = hashlib.sha256(to_toml(trainer.config).encode()).hexdigest()[:12]
        self._board = TensorBoard(directory) if trainer.config.tensorboard and trainer.ranks.is_first else None

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
        progress = checkpoint.progress
        self._monitor.load_state(progress["monitor"])
        self._scored = list(progress["scored"])
        self._before = (progress["wall_seconds"], progress["cpu_seconds"], progress["scoring_seconds"])
        self._fixed = checkpoint.fixed
        if self.trainer.ranks.is_first:
            self._records.rewind(step=self.trainer.steps, scored=self._scored)

    def begin(self) -> None:
        """Write the first files of a new run.

        Raises:
            StorageError: the disk refuses.
        """
        if self.trainer.ranks.is_first:
            self._records.begin()
            grids.write_image(self.directory / grids.SAMPLES / "real.png", grids.grid(self.data.images[: grids.FIXED]))
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
                    raise KeyboardInterrupt
                if trainer.steps % trainer.batches.steps_per_epoch == 0:
                    self._flush_losses()
                    self.save(LAST)
                    stopped = self._score_if_due(interruption)
        if self._board is not None:
            self._board.close()
        return Outcome(self.directory, trainer.epoch, self._monitor.best, self._monitor.best_epoch, stopped)

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
        moment = self._moment()
        counts = None if self.data.labels is None else torch.bincount(self.data.labels, minlength=self.data.classes)
        progress = {
            "epoch": moment.epoch,
            "until": self.until,
            "scored": list(self._scored),
            "monitor": self._monitor.state(),
            "wall_seconds": moment.wall_seconds,
            "cpu_seconds": moment.cpu_seconds,
            "scoring_seconds": moment.scoring_seconds,
        }
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
            measured |= measure(self.trainer, step)
        if not self.trainer.ranks.is_first:
            return
        self._records.add("losses", self._moment(), {**self._losses, **measured})
        if self._board is not None:
            self._board.scalars({**self._losses, **measured}, self.trainer.steps)
        self._warn(self._monitor.look(measured))

    def _score_if_due(self, interruption: Interruption) -> bool:
        """Score the generator where the present epoch asks for it; return whether `patience` is at its end."""
        trainer, stop = self.trainer, False
        at_boundary = trainer.steps % trainer.batches.steps_per_epoch == 0
        if not at_boundary or trainer.epoch not in self.config.eval.epochs or trainer.epoch in self._scored:
            return False
        if trainer.ranks.is_first and self._scorer is not None:
            with interruption.interruptible():
                began = time.perf_counter()
                scores = self._scorer(self._sampler())
                self._scoring_seconds += time.perf_counter() - began
            self._record_scores(scores)
        self._scored.append(trainer.epoch)
        is_best = self._monitor.best_epoch == trainer.epoch and self._monitor.best is not None
        if trainer.ranks.agree(is_best):
            self.save(BEST)
        self.save(LAST)
        patience = self.config.patience
        stop = bool(patience) and self._monitor.without_better >= patience
        if stop:
            self._observer.said(f"stopped: {patience} evaluations without a better one (patience)")
        return trainer.ranks.agree(stop)

    def _record_scores(self, scores: list[Score]) -> None:
        moment, config = self._moment(), self.config
        averaged = self._scored_network() is self.trainer.average
        rows = [score_row(score, moment, ema=averaged, seed=config.seed, config=self._digest) for score in scores]
        self._records.add_scores(rows)
        for score in scores:
            self._observer.said(f"epoch {moment.epoch}: {score}")
        samples = self._sampler().images(*_pair(self._fixed))
        # A grid is judged by eye beside others: its score belongs to it.
        picture = grids.captioned(grids.grid(to_uint8(samples)), f"epoch {moment.epoch}: {_figure(scores[0])}")
        grids.write_image(grids.sample_path(self.directory, moment.epoch), picture)
        if self._board is not None:
            self._board.scalars({score.name: score.value for score in scores}, moment.step)
            self._board.image("Samples/fixed_noise", np.asarray(picture), moment.step)
            self._board.flush()
        self._warn(self._monitor.look_at_score(scores[0].value, epoch=moment.epoch))
        if moment.epoch:  # an untrained generator has images that are all alike
            real = to_floats(self.data.images[: len(samples)])
            self._warn(self._monitor.look_at_spread(grids.spread(real), grids.spread(samples)))
        for network in (self.trainer.generator, self.trainer.discriminator):
            self._warn(self._monitor.look_at_spectra(largest_singular_values(network)))
        plots.draw_all(self.directory, size=config.net.size, said=self._observer.said)

    def _scored_network(self) -> torch.nn.Module:
        return self.trainer.sampled if self.config.eval.ema else self.trainer.generator

    def _sampler(self) -> Sampler:
        counts = None
        if self.data.labels is not None and self.config.objective.fake_labels != "uniform":
            counts = torch.bincount(self.data.labels, minlength=self.data.classes)
        return Sampler(self._scored_network(), class_weights=counts)

    def _warn(self, texts: list[str]) -> None:
        for text in texts:
            self._records.add("warning", self._moment(), {"text": text})
            self._observer.warned(text)

    def _moment(self) -> Moment:
        wall, cpu, scoring = self._before
        return Moment(
            epoch=self.trainer.epoch,
            step=self.trainer.steps,
            images_seen=self.trainer.images_seen,
            wall_seconds=wall + time.perf_counter() - self._started[0],
            cpu_seconds=cpu + time.process_time() - self._started[1],
            scoring_seconds=scoring + self._scoring_seconds,
        )


def fixed_noise(config: TrainConfig) -> dict[str, Tensor | None]:
    """Return the latents and classes that are drawn at every evaluation; classes go round."""
    rng = torch.Generator().manual_seed(config.seed + 2)
    latent = draw_latent(grids.FIXED, dimension=config.net.latent_dim, kind=config.net.latent, rng=rng)
    labels = torch.arange(grids.FIXED) % config.net.classes if config.net.needs_labels else None
    return {"latent": latent, "labels": labels}


def _figure(score: Score) -> str:
    return f"{score.name} = {score.value:.4g}"


def _pair(fixed: dict[str, Tensor | None]) -> tuple[Tensor, Tensor | None]:
    latent = fixed["latent"]
    if latent is None:
        raise TypeError("a fixed noise has latents")
    return latent, fixed["labels"]
