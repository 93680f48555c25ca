"""What the four metrics share: the network, the real side that may outlive a reset, and plots."""

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from torch import Tensor

from ganmetrics.compat.shared_network import SharedNetwork
from ganmetrics.optional import require

require("torchmetrics", extra="torchmetrics", user="ganmetrics.compat.torchmetrics")

from torchmetrics import Metric  # noqa: E402 - a missing package is told with its remedy first


class MetricOptions(TypedDict, total=False):
    """The keywords of `torchmetrics.Metric`, passed to it."""

    compute_on_cpu: bool
    dist_sync_on_step: bool
    process_group: Any
    dist_sync_fn: Callable[..., Any] | None
    distributed_available_fn: Callable[..., bool] | None
    sync_on_compute: bool
    compute_with_cache: bool


class ImageMetric(Metric):  # type: ignore[misc]  # a class of another package, checked alike where it is absent
    """A metric of images, over a network that others may share.

    Args:
        network: turns images into features.
        kept: names of the states that a reset leaves.
        options: the keywords of `torchmetrics.Metric`.
    """

    is_differentiable = False
    # Its ``forward`` then sets the states aside and puts them back; the other way would add a real side that a reset
    # leaves to itself. The second update costs nothing: the network has the batch in mind.
    full_state_update = True
    plot_lower_bound = 0.0
    feature_network = "inception"

    def __init__(self, network: SharedNetwork, *, kept: tuple[str, ...], options: MetricOptions) -> None:
        super().__init__(**options)
        self.inception = network
        self._kept = kept

    def reset(self) -> None:
        """Forget what was seen; the real side stays where ``reset_real_features`` is False."""
        values = {name: getattr(self, name) for name in self._kept}
        # torchmetrics empties lists in their place.
        values = {name: list(value) if isinstance(value, list) else value for name, value in values.items()}
        super().reset()
        for name, value in values.items():
            setattr(self, name, value)

    def plot(self, val: Tensor | Sequence[Tensor] | None = None, ax: Any = None) -> Any:  # noqa: ANN401 - matplotlib's
        """Draw a value, or several of them in order, on matplotlib's axes; figure and axes are returned.

        Args:
            val: a number or a list of them; None for what `compute` gives, the mean where it gives mean and spread.
            ax: the axes to draw on; None for new ones.
        """
        return self._plot(_number(self.compute()) if val is None else val, ax)


def _number(computed: Tensor | tuple[Tensor, Tensor]) -> Tensor:
    return computed[0] if isinstance(computed, tuple) else computed
