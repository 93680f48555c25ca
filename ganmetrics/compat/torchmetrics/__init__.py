"""torchmetrics' image metrics as subclasses of `torchmetrics.Metric`, on this library's networks and numerics.

In a `MetricCollection` they share one pass of the network. `pip install "ganmetrics[torchmetrics]"` has the package.
"""

from ganmetrics.compat.torchmetrics.fid import FrechetInceptionDistance
from ganmetrics.compat.torchmetrics.inception import InceptionScore
from ganmetrics.compat.torchmetrics.kid import KernelInceptionDistance
from ganmetrics.compat.torchmetrics.mifid import MemorizationInformedFrechetInceptionDistance

__all__ = [
    "FrechetInceptionDistance",
    "InceptionScore",
    "KernelInceptionDistance",
    "MemorizationInformedFrechetInceptionDistance",
]
