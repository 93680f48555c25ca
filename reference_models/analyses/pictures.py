"""Curves of the analyses, where matplotlib is installed, and gradients as pictures."""

from pathlib import Path

import torch
from torch import Tensor

from reference_models.drawing import can_draw, new_figure


def draw_curves(
    path: Path, points: Tensor, curves: dict[str, Tensor], *, x_label: str, y_label: str, title: str
) -> bool:
    """Draw curves over the same points and return whether matplotlib was there to do it.

    Raises:
        StorageError: the disk refuses.
    """
    if not can_draw():
        return False
    with new_figure(path, (6, 4)) as figure:
        axes = figure.subplots()
        for (name, values), style in zip(curves.items(), ("-", "--", ":", "-."), strict=False):
            axes.plot(points.tolist(), values.tolist(), style, label=name)
        axes.set(xlabel=x_label, ylabel=y_label, title=title)
        axes.legend()
    return True


def as_pictures(gradients: Tensor) -> Tensor:
    """Return gradients [n, 3, s, s] as uint8 pictures, grey where they are zero, each by its own largest value."""
    largest = gradients.flatten(1).abs().amax(dim=1).clamp(min=1e-30)[:, None, None, None]
    return ((gradients / largest + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)
