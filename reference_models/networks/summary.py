"""The shapes that images and latents take on their way through the networks."""

import torch
from torch import Tensor, nn

from reference_models.config import NetConfig
from reference_models.networks.build import build_discriminator, build_generator, build_outlines, parameter_count

_SHOWN = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)


def layer_shapes(network: nn.Module, *inputs: Tensor) -> list[tuple[str, str, tuple[int, ...]]]:
    """Return name, kind and output shape (without the batch) of each layer with weights, in the order of the pass."""
    shapes: list[tuple[str, str, tuple[int, ...]]] = []

    def record(name: str) -> object:
        def hook(module: nn.Module, _: object, output: Tensor) -> None:
            kind = next(shown.__name__ for shown in _SHOWN if isinstance(module, shown))
            shapes.append((name, kind, tuple(output.shape[1:])))

        return hook

    hooks = [
        module.register_forward_hook(record(name))  # type: ignore[arg-type]
        for name, module in network.named_modules()
        if isinstance(module, _SHOWN)
    ]
    try:
        with torch.no_grad():
            network.eval()(*inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return shapes


def summary(config: NetConfig) -> str:
    """Return the layers, shapes and parameter counts of both networks as text.

    >>> print(summary(NetConfig(width=64)).splitlines()[0])
    generator: 1,068,928 parameters
    """
    labels = torch.zeros(1, dtype=torch.long) if config.needs_labels else None
    build_outlines(config)  # refuses what no memory holds
    generator, discriminator = build_generator(config), build_discriminator(config)
    latent, images = torch.zeros(1, config.latent_dim), torch.zeros(1, 3, config.size, config.size)
    lines = []
    for title, network, given in (("generator", generator, latent), ("discriminator", discriminator, images)):
        lines.append(f"{title}: {parameter_count(network):,} parameters")
        lines.append(f"  {'input':<28}{_shape(tuple(given.shape[1:]))}")
        inputs = (given,) if labels is None else (given, labels)
        lines += [f"  {name + ' ' + kind:<28}{_shape(shape)}" for name, kind, shape in layer_shapes(network, *inputs)]
    return "\n".join(lines)


def _shape(shape: tuple[int, ...]) -> str:
    """Return a shape as papers write it: height x width x channels."""
    if len(shape) == 1:
        return str(shape[0])
    channels, height, width = shape
    return f"{height}x{width}x{channels}"
