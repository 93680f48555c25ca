"""What the four metrics share: the network, the real side that may outlive a reset, and plots."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypedDict

from torch import Tensor

from ganmetrics import InputError, Outputs
from ganmetrics._text import listed, shown
from ganmetrics.compat.shared_network import SharedNetwork
from ganmetrics.compat.torchmetrics.features_state import checked_rows
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


SWITCHES = ("compute_on_cpu", "dist_sync_on_step", "sync_on_compute", "compute_with_cache")
FUNCTIONS = ("dist_sync_fn", "distributed_available_fn")


def check_options(options: MetricOptions) -> None:
    """Refuse keywords that `torchmetrics.Metric` would refuse, before a network is opened.

    Raises:
        InputError: there is no such keyword, or its value is of another kind.
    """
    unknown = [name for name in options if name not in MetricOptions.__annotations__]
    if unknown:
        raise InputError(f"options must be of {', '.join(MetricOptions.__annotations__)}; got {listed(unknown)}")
    for name, value in options.items():
        if name in SWITCHES and not isinstance(value, bool):
            raise InputError(f"{name} must be True or False; got {shown(value)}")
        if name in FUNCTIONS and value is not None and not callable(value):
            raise InputError(f"{name} must be a function or None; got {shown(value)}")


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
        # Of the features, where an extractor says it; a wrapper may put something else in the network's place.
        self.width = None if network.extractor is None else network.extractor.spec.dimension
        self._kept = kept

    def outputs(self, images: Tensor) -> Outputs:
        """Return what the network gives for images.

        Under torchmetrics' `FeatureShare` it is asked past the wrapper's cache, which knows a batch by its object alone
        and would give what that held before; the network has the last batch in mind itself.
        """
        network = getattr(self.inception, "network", self.inception)
        outputs: Outputs = network.outputs(images) if isinstance(network, SharedNetwork) else network(images)
        return outputs

    def forward(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as torchmetrics has it
        """Return the value of a batch, and add it to what was seen; where either fails, nothing has happened."""
        with unchanged_by_errors(self):
            return super().forward(*args, **kwargs)

    @contextmanager
    def sync_context(self, *args: Any, **kwargs: Any) -> Iterator[None]:  # noqa: ANN401
        """Gather all processes' states for as long as it lasts, also where it ends in an error."""
        with unchanged_by_errors(self), super().sync_context(*args, **kwargs):
            yield

    def reset(self) -> None:
        """Forget what was seen; the real side stays where ``reset_real_features`` is False."""
        values = {name: getattr(self, name) for name in self._kept}
        # torchmetrics empties lists in their place.
        values = {name: list(value) if isinstance(value, list) else value for name, value in values.items()}
        super().reset()
        for name, value in values.items():
            setattr(self, name, value)

    def load_state_dict(self, state_dict: Mapping[str, Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Take states that were stored; where one cannot be used, the metric stays as it was.

        Raises:
            InputError: a state is of another kind or shape, or its numbers cannot come from images.
        """
        with unchanged_by_errors(self):
            return super().load_state_dict(state_dict, *args, **kwargs)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:  # noqa: ANN401
        given = {name: state_dict[prefix + name] for name in self._defaults if prefix + name in state_dict}
        checked = self.checked_states(given)
        state_dict.update({prefix + name: state for name, state in checked.items()})
        super()._load_from_state_dict(state_dict, prefix, *args)
        if given:
            self._computed = None

    def checked_states(self, given: dict[str, object]) -> dict[str, Any]:
        """Return states that were stored, as they are held; here lists of features.

        Raises:
            InputError: one of them cannot be used.
        """
        held = [batch for name in self._defaults if name not in given for batch in getattr(self, name)]
        width, checked = held[0].shape[-1] if held else self.width, {}
        for name, state in given.items():
            device = "cpu" if self.compute_on_cpu else self.device
            checked[name] = [batch.to(device) for batch in checked_rows(name, state, width)]
            width = checked[name][0].shape[1] if checked[name] else width
        return checked

    def plot(self, val: Tensor | Sequence[Tensor] | None = None, ax: Any = None) -> Any:  # noqa: ANN401 - matplotlib's
        """Draw a value, or several of them in order, on matplotlib's axes; figure and axes are returned.

        Args:
            val: a number or a list of them; None for what `compute` gives, the mean where it gives mean and spread.
            ax: the axes to draw on; None for new ones.
        """
        return self._plot(_number(self.compute()) if val is None else val, ax)


@contextmanager
def unchanged_by_errors(metric: Metric) -> Iterator[None]:
    """Leave a metric as it was before whatever is raised: torchmetrics sets states and switches aside without a net."""
    attributes = dict(vars(metric))
    states = {name: attributes[name] for name in metric._defaults}
    copies = {name: list(value) if isinstance(value, list) else value.clone() for name, value in states.items()}
    try:
        yield
    except BaseException:
        for name, copied in copies.items():
            if isinstance(copied, list):
                # Into the list that was there: it may be the state of other metrics of a collection, too.
                states[name][:] = copied
            else:
                attributes[name] = copied
        vars(metric).clear()
        vars(metric).update(attributes)
        raise


def _number(computed: Tensor | tuple[Tensor, Tensor]) -> Tensor:
    return computed[0] if isinstance(computed, tuple) else computed
