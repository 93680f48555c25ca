"""`ScoreHandler`: scores of a generator as events of an ignite engine."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import nn

from ganmetrics import Evaluator, Report
from ganmetrics.core import checks
from ganmetrics.integrations.loggers import ScoreLog, check_logs, series_of
from ganmetrics.integrations.loop import (
    Average,
    Generate,
    averaged,
    check_asked,
    check_module,
    evaluating,
    process_of,
    score_generator,
)
from ganmetrics.optional import require

require("ignite", extra="ignite", user="ganmetrics.integrations.ignite")

from ignite.engine import Engine, Events  # noqa: E402 - a missing package is told with its remedy first


class ScoreHandler:
    """Scores a generator at an engine's events; the numbers are in ``engine.state.metrics``.

    Args:
        evaluator: made once from the real images.
        network: the generator, put into evaluation mode and back.
        generate: ``generate(count, rng)`` returns its images, uint8 or floats in [-1, 1].
        count: images to score.
        average: returns an average of the network's weights, as `ganmetrics.integrations.loop.averaged` takes it; None
            for none.
        batch_size: images that are asked for at a time.
        seed: of the images.
        prefix: of the names in ``engine.state.metrics``.
        logs: more logs, such as `ganmetrics.integrations.loggers.CsvLog`; the first process writes them.

    Raises:
        InputError: an option is not what is needed.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        network: nn.Module,
        generate: Generate,
        *,
        count: int,
        average: Callable[[], Average] | None = None,
        batch_size: int = 64,
        seed: int = 0,
        prefix: str = "",
        logs: Sequence[ScoreLog] = (),
    ) -> None:
        checks.of_type("evaluator", evaluator, Evaluator, "an Evaluator")
        check_module("network", network)
        if average is not None:
            checks.function("average", average)
        self.evaluator, self.network, self.generate, self.average = evaluator, network, generate, average
        self.count, self.batch_size, self.seed = check_asked(generate, count=count, batch_size=batch_size, seed=seed)
        self.prefix, self.logs = check_logs(prefix, logs)
        self.report: Report | None = None

    def attach(self, engine: Engine, *, every: int = 1, at_start: bool = True) -> "ScoreHandler":
        """Score at the end of every so many epochs, and before the first one.

        Raises:
            InputError: it is no engine, or `every` is not at least 1.
        """
        checks.of_type("engine", engine, Engine, "an ignite engine")
        every = checks.whole("every", every, least=1)
        if at_start:
            engine.add_event_handler(Events.STARTED, self)
        engine.add_event_handler(Events.EPOCH_COMPLETED(every=every), self)
        return self

    def __call__(self, engine: Engine) -> None:
        """Score the generator as it is."""
        average = None if self.average is None else self.average()
        with averaged(self.network, average), evaluating(self.network):
            self.report = score_generator(
                self.evaluator, self.generate, count=self.count, batch_size=self.batch_size, seed=self.seed
            )
        metrics: dict[str, Any] = engine.state.metrics
        metrics.update(series_of(self.report, prefix=self.prefix))
        if process_of()[0] == 0:
            for log in self.logs:
                log.log(self.report, engine.state.iteration)
