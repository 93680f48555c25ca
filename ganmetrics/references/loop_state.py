"""What a training loop's metric has gathered, as the plain values of a checkpoint, and read back from them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from torch import Tensor

from ganmetrics._text import one_line, shown
from ganmetrics.core.arrays import check_finite_rows, check_stored
from ganmetrics.core.checks import of_type
from ganmetrics.errors import GanMetricsError, InputError, StaleStatistics
from ganmetrics.extraction.layer import Layer, pack_layer, unpack_layer

STATE_FORMAT = "ganmetrics evaluator 1"
"""What the state of an evaluator says that it is."""
FEATURES_MADE_BY = ("extractor", "weights", "preprocessing", "protocol")
"""What it must agree in for its features to be the same ones."""
_PARTS = frozenset({"format", "made", "layers", "rows"})


class LoopState(NamedTuple):
    """What was gathered.

    Attributes:
        layers: statistics by the name of the layer, ``layer`` and ``spatial``; none before the first image.
        rows: float32 [n, d] by name, ``features`` and ``logits``; those that a metric reads.
    """

    layers: Mapping[str, Layer]
    rows: Mapping[str, Tensor]

    def pack(self, made: Mapping[str, str]) -> dict[str, Any]:
        """Return it as tensors and plain values, with what it was made with."""
        layers = {name: pack_layer(layer) for name, layer in self.layers.items()}
        return {"format": STATE_FORMAT, "made": dict(made), "layers": layers, "rows": dict(self.rows)}


def unpack_state(state: object, made: Mapping[str, str], widths: Mapping[str, int]) -> LoopState:
    """Return what `LoopState.pack` was given.

    Args:
        state: what a checkpoint has.
        made: what it must have been made with.
        widths: of the layers and rows that there must be, by name, where an image was seen.

    Raises:
        InputError: it is no such state, is damaged, or was gathered for other metrics.
        StaleStatistics: it was gathered with another extractor, weights or protocol.
    """
    if not isinstance(state, Mapping) or not _is_text(state.get("format"), STATE_FORMAT):
        raise InputError(f"an evaluator needs a state of its own, format {STATE_FORMAT}; got something else")
    if missing := sorted(name for name in _PARTS - {"format"} if not isinstance(state.get(name), Mapping)):
        raise InputError(f"an evaluator's state needs {', '.join(missing)}; it is damaged")
    _check_made(state["made"], made)
    try:
        found = LoopState({name: unpack_layer(packed) for name, packed in state["layers"].items()}, dict(state["rows"]))
    except GanMetricsError:
        raise
    # Whatever a checkpoint has in the place of counts and arrays.
    except Exception as error:
        raise InputError(f"an evaluator's state is damaged: {one_line(error)}") from None
    _check_fits(found, widths)
    return found


def _check_made(theirs: Mapping[str, object], ours: Mapping[str, str]) -> None:
    for name, value in ours.items():
        if not _is_text(theirs.get(name), value):
            kind = StaleStatistics if name in FEATURES_MADE_BY else InputError
            raise kind(f"an evaluator's state needs the same {name}: {shown(value)}; it has {shown(theirs.get(name))}")


def _check_fits(state: LoopState, widths: Mapping[str, int]) -> None:
    """Refuse parts that are missing, too many, of another width, or of other numbers of images."""
    if not state.layers and not state.rows:
        return
    for name, rows in state.rows.items():
        of_type(f"{shown(name)} of an evaluator's state", rows, Tensor, "a tensor")
        check_stored(rows, f"{shown(name)} of an evaluator's state")
        check_finite_rows(rows, f"{shown(name)} of an evaluator's state")
    found = {name: (layer.moments.dimension, layer.moments.count) for name, layer in state.layers.items()}
    found |= {name: (rows.shape[1], len(rows)) for name, rows in state.rows.items()}
    if found.keys() != widths.keys():
        raise InputError(f"an evaluator's state needs {', '.join(widths)}; it has {shown(sorted(map(str, found)))}")
    counts = {count for _, count in found.values()}
    wrong = [name for name, (width, _) in found.items() if width != widths[name]]
    if wrong or len(counts) != 1 or None in counts:
        needed = ", ".join(f"{name} of {width}" for name, width in widths.items())
        raise InputError(f"an evaluator's state needs {needed}, of one number of images; it has {shown(found)}")


def _is_text(value: object, text: str) -> bool:
    return isinstance(value, str) and value == text
