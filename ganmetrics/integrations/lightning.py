"""`FidCallback`: scores of a LightningModule's generator every few epochs, the same on any number of processes."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ganmetrics import Evaluator, Report
from ganmetrics.core import checks
from ganmetrics.integrations.loggers import ScoreLog, check_logs, series_of
from ganmetrics.integrations.loop import Average, averaged, check_asked, evaluating, process_of, score_generator
from ganmetrics.optional import require

require("lightning", extra="lightning", user="ganmetrics.integrations.lightning")

from lightning.pytorch import Callback, LightningModule, Trainer  # noqa: E402 - told with its remedy first

Make = Callable[[Any, int, torch.Generator], Tensor]
"""Called with the module, a number of images and a seeded generator on the CPU."""


class FidCallback(Callback):  # type: ignore[misc]  # a class of another package, checked alike where it is absent
    """Scores the generator before training and every few epochs, and logs value, corrected, low and high.

    The generator is in evaluation mode and may have an average of its weights; random numbers are of the callback's own
    seed, so that training goes on as if it had not been scored. On several processes each makes a share of the images,
    and all log the score of them together.

    Args:
        evaluator: made once from the real images; or a function that makes it when it is first needed, so that
            several processes share that work.
        generate: ``generate(module, count, rng)`` returns images, uint8 or floats in [-1, 1].
        count: images to score.
        every_n_epochs: how often.
        at_start: also before the first epoch: the untrained generator says what a distance is worth.
        network: the part of the module that makes images; None for the module itself.
        average: ``average(module)`` returns an average of that part's weights; None for none. See
            `ganmetrics.integrations.loop.averaged`.
        batch_size: images that are asked for at a time.
        seed: of the images.
        prefix: of the names that are logged.
        logs: more logs, such as `ganmetrics.integrations.loggers.WandbLog`; the first process writes them.

    Raises:
        InputError: an option is not what is needed.
    """

    def __init__(
        self,
        evaluator: Evaluator | Callable[[], Evaluator],
        generate: Make,
        *,
        count: int,
        every_n_epochs: int = 1,
        at_start: bool = True,
        network: Callable[[Any], nn.Module] | None = None,
        average: Callable[[Any], Average] | None = None,
        batch_size: int = 64,
        seed: int = 0,
        prefix: str = "",
        logs: Sequence[ScoreLog] = (),
    ) -> None:
        if not isinstance(evaluator, Evaluator):
            checks.function("evaluator", evaluator)
        for name, function in (("network", network), ("average", average)):
            if function is not None:
                checks.function(name, function)
        self.generate, self.at_start = generate, at_start
        self.count, self.batch_size, self.seed = check_asked(generate, count=count, batch_size=batch_size, seed=seed)
        self.every_n_epochs = checks.whole("every_n_epochs", every_n_epochs, least=1)
        self.network, self.average = network, average
        self.prefix, self.logs = check_logs(prefix, logs)
        self.report: Report | None = None
        self._evaluator = evaluator

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Score the untrained generator."""
        if self.at_start and trainer.current_epoch == 0:
            self.score(trainer, pl_module)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Score at the end of every few epochs."""
        if (trainer.current_epoch + 1) % self.every_n_epochs == 0:
            self.score(trainer, pl_module)

    def score(self, trainer: Trainer, pl_module: LightningModule) -> Report:
        """Return the scores of the generator as it is, logged; all processes call it."""
        evaluator = self._evaluator if isinstance(self._evaluator, Evaluator) else self._evaluator()
        checks.of_type("evaluator", evaluator, Evaluator, "an Evaluator, or a function that makes one")
        self._evaluator = evaluator
        network = pl_module if self.network is None else self.network(pl_module)
        average = None if self.average is None else self.average(pl_module)
        with averaged(network, average), evaluating(pl_module):
            self.report = score_generator(
                evaluator,
                lambda count, rng: self.generate(pl_module, count, rng),
                count=self.count,
                batch_size=self.batch_size,
                seed=self.seed,
            )
        # The numbers are the same on all processes: nothing is to be averaged.
        pl_module.log_dict(series_of(self.report, prefix=self.prefix), on_step=False, on_epoch=True, sync_dist=False)
        if process_of()[0] == 0:
            for log in self.logs:
                log.log(self.report, trainer.global_step)
        return self.report
