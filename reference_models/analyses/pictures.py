"""Curves of the analyses, where matplotlib is installed, and gradients as pictures."""

import importlib.util
import io
from pathlib import Path

import torch
from torch import Tensor

from reference_models.files import write_whole


def draw_curves(
    path: Path, points: Tensor, curves: dict[str, Tensor], *, x_label: str, y_label: str, title: str
) -> bool:
    """Draw curves over the same points and return whether matplotlib was there to do it.

    Raises:
        StorageError: the disk refuses.
    """
    if importlib.util.find_spec("matplotlib") is None:
        return False
    # An object of its own: pyplot's global state, and a window system, are not needed.
    from matplotlib.figure import Figure  # noqa: PLC0415 - an optional package

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for (name, values), style in zip(curves.items(), ("-", "--", ":", "-."), strict=False):
        axes.plot(points.tolist(), values.tolist(), style, label=name)
    axes.set(xlabel=x_label, ylabel=y_label, title=title)
    axes.legend()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    write_whole(path, buffer.getvalue())
    return True


def as_pictures(gradients: Tensor) -> Tensor:
    """Return gradients [n, 3, s, s] as uint8 pictures, grey where they are zero, each by its own largest value."""
    largest = gradients.flatten(1).abs().amax(dim=1).clamp(min=1e-30)[:, None, None, None]
    return ((gradients / largest + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
