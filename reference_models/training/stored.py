"""What a checkpoint must hold, checked before any of it is used: its bytes may be anyone's."""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from ganmetrics import shown
from reference_models.config import NetConfig, TrainConfig
from reference_models.networks.build import build_outlines
from reference_models.training.monitor import Monitor

_LARGEST = 2**62
_MOMENTS = {"adam": {"step", "exp_avg", "exp_avg_sq"}, "rmsprop": {"step", "square_avg"}}
"""What an optimiser keeps of each weight."""


class Unfit(ValueError):
    """A part is missing, of another kind or of another size; the message says which."""


def check_content(content: Mapping[str, Any], config: TrainConfig) -> None:
    """Check all of a checkpoint that sampling uses.

    Raises:
        Unfit: something is not what a run writes.
        ConfigError: its networks cannot be built.
    """
    generator, discriminator = build_outlines(config.net)
    trainer = _mapping(content, "trainer")
    check_weights(_mapping(trainer, "generator"), generator, "generator")
    check_weights(_mapping(trainer, "discriminator"), discriminator, "discriminator")
    if trainer.get("average") is not None:
        check_weights(_mapping(trainer, "average"), generator, "average")
    for name in ("steps", "generator_steps"):
        _count(trainer, name)
    _count(_mapping(content, "progress"), "epoch")
    _mapping(content, "fixed")
    _check_classes(content, config.net)


def check_keys(config: object) -> dict[str, object]:
    """Return a configuration's keys.

    Raises:
        Unfit: they are not a mapping of text.
    """
    if not isinstance(config, dict) or not all(isinstance(key, str) for key in config):
        raise Unfit(f"config must be keys and values; got {shown(config)}")
    return config


def check_weights(state: Mapping[str, Any], network: nn.Module, title: str) -> None:
    """Check that weights are of a network's names, shapes and kinds.

    Raises:
        Unfit: they are not.
    """
    wanted = network.state_dict()
    for name in [*wanted, *state]:
        if (name in wanted) != (name in state):
            raise Unfit(f"{title} has {'no' if name in wanted else 'an unknown'} {shown(name)}")
    for name, like in wanted.items():
        check_tensor(state[name], like.shape, {like.dtype}, f"{title}.{name}")


def check_tensor(value: object, shape: torch.Size, dtypes: set[torch.dtype], name: str) -> None:
    """Check that a value is a plain dense tensor on the CPU whose memory is its own.

    A tensor that repeats a few bytes by its strides would take all memory where it is copied.

    Raises:
        Unfit: it is not.
    """
    is_plain = isinstance(value, Tensor) and value.layout is torch.strided and value.device.type == "cpu"
    if not is_plain or not isinstance(value, Tensor) or value.is_quantized or value.is_nested:
        raise Unfit(f"{name} must be a plain tensor; got {type(value).__name__}")
    if value.shape != shape or value.dtype not in dtypes:
        kinds = " or ".join(str(kind).removeprefix("torch.") for kind in sorted(dtypes, key=str))
        came = f"{str(value.dtype).removeprefix('torch.')} {list(value.shape)}"
        raise Unfit(f"{name} must be {kinds} {list(shape)}; got {came}")
    layouts = (torch.contiguous_format, torch.channels_last)[: 2 if value.ndim == 4 else 1]  # noqa: PLR2004 - images
    if not any(value.is_contiguous(memory_format=layout) for layout in layouts):
        raise Unfit(f"{name} must be dense in memory; its strides are {list(value.stride())}")


def check_optimizer_moments(
    stored: Mapping[str, Any], parameters: Iterable[Tensor], optimizer: str, title: str
) -> None:
    """Check what an optimiser kept of the weights that it moves.

    Raises:
        Unfit: it is of other weights, or of another optimiser.
    """
    weights, wanted = list(parameters), _MOMENTS[optimizer]
    for number, kept in _mapping(stored, "state", title).items():
        if not isinstance(number, int) or not 0 <= number < len(weights) or not isinstance(kept, dict):
            raise Unfit(f"{title} must keep something of each weight; it has an entry {shown(number)}")
        if set(kept) != wanted:
            raise Unfit(f"{title} must keep {', '.join(sorted(wanted))} of a weight; it has {shown(list(kept))}")
        for name, value in kept.items():
            shape = torch.Size([]) if name == "step" else weights[number].shape
            check_tensor(value, shape, {torch.float32}, f"{title}.{number}.{name}")


def check_progress(progress: Mapping[str, Any], fixed: Mapping[str, Any], net: NetConfig) -> None:
    """Check what a run needs beside its weights to go on.

    Raises:
        Unfit: something is not what a run writes.
    """
    _check_fixed(fixed, net)
    for name in ("epoch", "until"):
        _count(progress, name)
    for name in ("wall_seconds", "cpu_seconds", "scoring_seconds"):
        _of(progress, name, float, int)
    if not all(isinstance(epoch, int) for epoch in _of(progress, "scored", list)):
        raise Unfit(f"scored must be epochs; got {shown(progress['scored'])}")
    monitor = _mapping(progress, "monitor")
    for name in ("_certain", "best_epoch", "without_better"):
        _count(monitor, name)
    _of(monitor, "best", float, int, type(None))
    active = _mapping(monitor, "_active")
    if not all(isinstance(name, str) and isinstance(count, int) for name, count in active.items()):
        raise Unfit("monitor._active must be names and counts")
    if set(monitor) != set(Monitor().state()):
        raise Unfit(f"monitor is of another kind: {shown(list(monitor))}")


def _check_classes(content: Mapping[str, Any], net: NetConfig) -> None:
    names, counts = _of(content, "class_names", list), _of(content, "class_counts", Tensor, type(None))
    if not all(isinstance(name, str) for name in names) or (net.needs_labels and len(names) != net.classes):
        raise Unfit(f"class_names must be {net.classes} names; got {shown(names)}")
    if counts is not None:
        check_tensor(counts, torch.Size([len(names)]), {torch.int64}, "class_counts")
        if bool((counts < 0).any()) or not bool(counts.any()):
            raise Unfit("class_counts must be of images, and some")


def _check_fixed(fixed: Mapping[str, Any], net: NetConfig) -> None:
    latent, labels = _of(fixed, "latent", Tensor), fixed.get("labels")
    count = latent.shape[0] if not latent.is_nested and latent.ndim else 0
    check_tensor(latent, torch.Size([count, net.latent_dim]), {torch.float32}, "fixed.latent")
    if (labels is not None) != net.needs_labels:
        raise Unfit("fixed.labels go with a conditional model")
    if labels is not None:
        check_tensor(labels, torch.Size([count]), {torch.int64}, "fixed.labels")
        if bool(((labels < 0) | (labels >= net.classes)).any()):
            raise Unfit(f"fixed.labels must be from 0 to {net.classes - 1}")


def _mapping(holder: Mapping[str, Any], name: str, title: str = "") -> Mapping[Any, Any]:
    found: Mapping[Any, Any] = _of(holder, name, dict, title=title)
    return found


def _count(holder: Mapping[str, Any], name: str) -> None:
    if not 0 <= _of(holder, name, int) < _LARGEST:
        raise Unfit(f"{name} must be a count; got {shown(holder[name])}")


def _of(holder: Mapping[str, Any], name: str, *kinds: type, title: str = "") -> Any:  # noqa: ANN401 - of these kinds
    where = f"{title}.{name}" if title else name
    if not isinstance(holder, Mapping) or name not in holder:
        raise Unfit(f"{where} is missing")
    value = holder[name]
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise Unfit(f"{where} must be of kind {kinds[0].__name__}; got {type(value).__name__}")
    return value
