"""The course of a learning rate and of other numbers: pure functions of how far a run has come."""

import math

from reference_models.config import OptimizerConfig


def learning_rate(config: OptimizerConfig, progress: float) -> float:
    """Return the learning rate when a share `progress` of the scheduled epochs is done; beyond 1 it stays at the end.

    ``cosine`` is end + (start - end)(1 + cos pi t)/2 (Loshchilov and Hutter 2017, equation 5, one period).

    >>> cosine = OptimizerConfig(lr=2e-3, schedule="cosine", lr_end=1e-5)
    >>> [f"{learning_rate(cosine, t):.3g}" for t in (0, 0.25, 0.5, 0.75, 1, 2)]
    ['0.002', '0.00171', '0.00101', '0.000301', '1e-05', '1e-05']
    """
    if config.schedule == "constant" or config.lr_end is None:
        return config.lr
    if config.schedule == "cosine":
        return cosine(config.lr, config.lr_end, progress)
    return config.lr_end + (config.lr - config.lr_end) * (1 - _share(progress))


def betas(config: OptimizerConfig, progress: float) -> tuple[float, float]:
    """Return Adam's betas when a share `progress` of the scheduled epochs is done."""
    first, second = config.betas
    return first, second if config.beta2_end is None else cosine(second, config.beta2_end, progress)


def cosine(start: float, end: float, progress: float) -> float:
    """Return end + (start - end)(1 + cos pi t)/2, which stays at its end beyond t = 1.

    >>> cosine(2.0, 0.0, 0.5), cosine(2.0, 0.5, 3)
    (1.0, 0.5)
    """
    return end + (start - end) * (1 + math.cos(math.pi * _share(progress))) / 2


def _share(progress: float) -> float:
    return min(max(progress, 0.0), 1.0)
