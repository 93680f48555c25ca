"""torch-fidelity's interface: ``calculate_metrics`` and the keys of its result."""

from ganmetrics.compat.torch_fidelity.keys import (
    KEY_METRIC_F_SCORE,
    KEY_METRIC_FID,
    KEY_METRIC_ISC_MEAN,
    KEY_METRIC_ISC_STD,
    KEY_METRIC_KID_MEAN,
    KEY_METRIC_KID_STD,
    KEY_METRIC_PRECISION,
    KEY_METRIC_RECALL,
)
from ganmetrics.compat.torch_fidelity.metrics import calculate_metrics
from ganmetrics.compat.torch_fidelity.options import FidelityOptions

__all__ = [
    "KEY_METRIC_FID",
    "KEY_METRIC_F_SCORE",
    "KEY_METRIC_ISC_MEAN",
    "KEY_METRIC_ISC_STD",
    "KEY_METRIC_KID_MEAN",
    "KEY_METRIC_KID_STD",
    "KEY_METRIC_PRECISION",
    "KEY_METRIC_RECALL",
    "FidelityOptions",
    "calculate_metrics",
]
