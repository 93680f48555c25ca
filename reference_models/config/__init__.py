"""What a run is: frozen dataclasses that refuse combinations which cannot work.

A configuration is checked when it is built, so that nothing long begins with one that fails an hour later. Most of the
refusals are faults that published code has had: batch normalisation in a critic with a gradient penalty, a clipped
critic that is also penalised, options that nothing reads.
"""

from reference_models.config.net import NetConfig
from reference_models.config.sections import DataConfig, EvalConfig, ObjectiveConfig, OptimizerConfig
from reference_models.config.train import TRAINING_PRECISIONS, TrainConfig

__all__ = [
    "TRAINING_PRECISIONS",
    "DataConfig",
    "EvalConfig",
    "NetConfig",
    "ObjectiveConfig",
    "OptimizerConfig",
    "TrainConfig",
]
