"""The course of a learning rate: a pure function of how far a run has come."""

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
    t = min(max(progress, 0.0), 1.0)
    remaining = (1 + math.cos(math.pi * t)) / 2 if config.schedule == "cosine" else 1 - t
    return config.lr_end + (config.lr - config.lr_end) * remaining
