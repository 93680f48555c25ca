"""The small figures of docs/reference-models.md: rectifiers, training data, an architecture.

python docs/gallery/figures.py --output docs/images
"""

import argparse
from pathlib import Path

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from reference_models import build_config, draw_shapes
from reference_models.networks.build import build_discriminator, build_generator
from reference_models.networks.layers import SLOPE
from reference_models.networks.summary import layer_shapes
from reference_models.recording.grids import grid

DPI = 80


def rectifiers() -> Figure:
    """Return the two activations over [-3, 3]."""
    figure = Figure(figsize=(6, 2.4), layout="constrained")
    points = torch.linspace(-3, 3, 61)
    for axes, slope, title in zip(
        figure.subplots(1, 2, sharey=True),
        (0.0, SLOPE),
        ("ReLU (generator)", f"LeakyReLU {SLOPE} (discriminator)"),
        strict=True,
    ):
        axes.plot(points, torch.nn.functional.leaky_relu(points, slope))
        axes.set(title=title, xlabel="input", ylabel="output")
        axes.grid(alpha=0.3)
    return figure


def architecture(preset: str = "dcgan-64") -> Figure:
    """Return both networks of a preset as boxes whose sides follow the shapes that a pass gave."""
    net = build_config(preset).net
    latent, images = torch.zeros(1, net.latent_dim), torch.zeros(1, 3, net.size, net.size)
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    sides = (
        ("generator", layer_shapes(build_generator(net), latent), (net.latent_dim,)),
        ("discriminator", layer_shapes(build_discriminator(net), images), (3, net.size, net.size)),
    )
    for axes, (title, layers, given) in zip(figure.subplots(2, 1), sides, strict=True):
        draw_shapes_in_a_row(axes, [given, *(shape for _, _, shape in layers)])
        axes.set_title(f"{preset}: {title}", loc="left", fontsize=10)
    return figure


def draw_shapes_in_a_row(axes: Axes, shapes: list[tuple[int, ...]]) -> None:
    """Draw a box for each shape: its height is that of the map, its width goes with the channels."""
    place = 0.0
    for shape in shapes:
        channels, size = shape[0], shape[1] if len(shape) > 1 else 1
        width, height = 0.5 + channels / 400, 0.25 + size / 64
        axes.add_patch(Rectangle((place, -height / 2), width, height, facecolor="tab:blue", alpha=0.35, edgecolor="k"))
        label = f"{size}x{size}x{channels}" if len(shape) > 1 else str(channels)
        axes.text(place + width / 2, -0.8, label, ha="center", fontsize=8)
        place += width + 1.1
    axes.set(xlim=(-0.8, place), ylim=(-1, 0.75))
    axes.axis("off")


def main() -> None:
    """Write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("docs/images"))
    output = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    rectifiers().savefig(output / "rectifiers.png", dpi=DPI)
    architecture().savefig(output / "dcgan-64.png", dpi=DPI)
    grid(draw_shapes(48).images, columns=12).save(output / "shapes.png", optimize=True)
    print(f"rectifiers.png, dcgan-64.png and shapes.png in {output}")


if __name__ == "__main__":
    main()
