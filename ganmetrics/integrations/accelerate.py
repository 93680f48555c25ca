"""Scores in a training loop of accelerate; the package itself is not imported: its objects are given."""

from typing import Any

from torch import nn

from ganmetrics import Evaluator, Report
from ganmetrics.core import checks
from ganmetrics.integrations.loggers import check_logs, check_methods, series_of
from ganmetrics.integrations.loop import Average, Generate, averaged, check_module, evaluating, score_generator


def score_and_log(
    accelerator: Any,  # noqa: ANN401 - accelerate's, which need not be installed
    evaluator: Evaluator,
    network: nn.Module,
    generate: Generate,
    *,
    count: int,
    step: int,
    average: Average | None = None,
    batch_size: int = 64,
    seed: int = 0,
    prefix: str = "",
) -> Report:
    """Return the scores of a generator, logged by ``accelerator.log``; all processes call it, and share the images.

    Args:
        accelerator: an ``accelerate.Accelerator``; its trackers get value, corrected, low and high as series.
        evaluator: made once from the real images.
        network: the generator, as ``accelerator.prepare`` returned it or bare; put into evaluation mode and back.
        generate: ``generate(count, rng)`` returns its images, uint8 or floats in [-1, 1].
        count: images to score.
        step: of the log.
        average: an average of the network's weights, such as diffusers' ``EMAModel``; None for none.
        batch_size: images that are asked for at a time.
        seed: of the images.
        prefix: of the names that are logged.

    Raises:
        InputError: an argument, or the images, are not what is needed.
    """
    check_methods("accelerator", accelerator, "unwrap_model", "log")
    check_module("network", network)
    step, (prefix, _) = checks.whole("step", step, least=0), check_logs(prefix)
    bare: nn.Module = accelerator.unwrap_model(network)
    with averaged(bare, average), evaluating(bare):
        report = score_generator(evaluator, generate, count=count, batch_size=batch_size, seed=seed)
    accelerator.log(series_of(report, prefix=prefix), step=step)
    return report
