"""`Journal`: what a run writes down and says as it goes, and the clock of its times."""

import hashlib
import time
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from ganmetrics import Score, to_uint8
from reference_models.data.batches import to_floats
from reference_models.recording import grids, plots
from reference_models.recording.records import Moment, Records, score_row
from reference_models.recording.tensorboard import TensorBoard
from reference_models.settings import to_toml
from reference_models.training.measure import largest_singular_values
from reference_models.training.monitor import Monitor
from reference_models.training.observer import Observer
from reference_models.training.trainer import Trainer


class Journal:
    """Records, pictures, TensorBoard and warnings of one run; the first process keeps it, the others only the clock.

    Args:
        directory: of the run.
        trainer: whose steps are recorded.
        observer: is told scores and warnings.

    Attributes:
        monitor: of the run's health; it knows the best score.
        scored: epochs that have been scored.
        scoring_seconds: of the wall, since this process began.
    """

    def __init__(self, directory: Path, trainer: Trainer, observer: Observer) -> None:
        self._directory, self._trainer, self._observer = directory, trainer, observer
        self.monitor = Monitor()
        self.scored: list[int] = []
        self.scoring_seconds = 0.0
        self._records = Records(directory)
        self._before = (0.0, 0.0, 0.0)
        self._started = (time.perf_counter(), time.process_time())
        self._digest = hashlib.sha256(to_toml(trainer.config).encode()).hexdigest()[:12]
        self._board = TensorBoard(directory) if trainer.config.tensorboard and trainer.ranks.is_first else None

    def begin(self, images: Tensor) -> None:
        """Write the first files of a new run, with a grid of uint8 images of its data.

        Raises:
            StorageError: the disk refuses.
        """
        self._records.begin()
        grids.write_image(self._directory / grids.SAMPLES / grids.REAL, grids.grid(images[: grids.FIXED]))

    def resume_from(self, progress: dict[str, Any]) -> None:
        """Go on from the progress of a checkpoint, dropping what was recorded after it.

        Raises:
            StorageError: the disk refuses.
        """
        self.monitor.load_state(progress["monitor"])
        self.scored = list(progress["scored"])
        self._before = (progress["wall_seconds"], progress["cpu_seconds"], progress["scoring_seconds"])
        if self._trainer.ranks.is_first:
            self._records.rewind(step=self._trainer.steps, scored=self.scored)

    def progress(self) -> dict[str, Any]:
        """Return what `resume_from` needs, as plain values."""
        moment = self.moment()
        return {
            "epoch": moment.epoch,
            "scored": list(self.scored),
            "monitor": self.monitor.state(),
            "wall_seconds": moment.wall_seconds,
            "cpu_seconds": moment.cpu_seconds,
            "scoring_seconds": moment.scoring_seconds,
        }

    def moment(self) -> Moment:
        """Return where the run is, and the times it has taken in all."""
        wall, cpu, scoring = self._before
        return Moment(
            epoch=self._trainer.epoch,
            step=self._trainer.steps,
            images_seen=self._trainer.images_seen,
            wall_seconds=wall + time.perf_counter() - self._started[0],
            cpu_seconds=cpu + time.process_time() - self._started[1],
            scoring_seconds=scoring + self.scoring_seconds,
        )

    def losses(self, losses: dict[str, float], measured: dict[str, float]) -> None:
        """Record losses, and what was measured beside them, and warn of what they show."""
        self._records.add("losses", self.moment(), {**losses, **measured})
        if self._board is not None:
            self._board.scalars({**losses, **measured}, self._trainer.steps)
        self._warn(self.monitor.look(measured))

    def scores(self, scores: list[Score], samples: Tensor, images: Tensor) -> None:
        """Record the scores of an epoch, draw its pictures, and warn of what they show.

        Args:
            scores: the distance first.
            samples: of the fixed noise, in [-1, 1].
            images: of the data, uint8.
        """
        trainer, moment = self._trainer, self.moment()
        config = trainer.config
        averaged = config.eval.ema and trainer.average is not None
        self._records.add_scores(
            [score_row(score, moment, ema=averaged, seed=config.seed, config=self._digest) for score in scores]
        )
        for score in scores:
            self._observer.said(f"epoch {moment.epoch}: {score}")
        # A grid is judged by eye beside others: its score belongs to it.
        caption = f"epoch {moment.epoch}: {scores[0].name} = {scores[0].value:.4g}"
        picture = grids.captioned(grids.grid(to_uint8(samples)), caption)
        grids.write_image(grids.sample_path(self._directory, moment.epoch), picture)
        if self._board is not None:
            self._board.scalars({score.name: score.value for score in scores}, moment.step)
            self._board.image("Samples/fixed_noise", np.asarray(picture), moment.step)
            self._board.flush()
        self._warn(self.monitor.look_at_score(scores[0].value, epoch=moment.epoch))
        if moment.epoch:  # an untrained generator has images that are all alike
            real = to_floats(images[: len(samples)])
            self._warn(self.monitor.look_at_spread(grids.spread(real), grids.spread(samples)))
        for network in (trainer.generator, trainer.discriminator):
            self._warn(self.monitor.look_at_spectra(largest_singular_values(network)))
        plots.draw_all(self._directory, size=config.net.size, said=self._observer.said)

    def close(self) -> None:
        """Close TensorBoard's file."""
        if self._board is not None:
            self._board.close()

    def _warn(self, texts: list[str]) -> None:
        for text in texts:
            self._records.add("warning", self.moment(), {"text": text})
            self._observer.warned(text)
