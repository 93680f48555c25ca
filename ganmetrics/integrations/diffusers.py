"""A diffusers pipeline as a generator of images; the package itself is not imported."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ganmetrics import InputError, shown
from ganmetrics.core import checks
from ganmetrics.integrations.loop import Generate

LEVELS = 255
AXES, CHANNELS = 4, 3


def pipeline_images(
    pipeline: Callable[..., Any],
    *,
    prompts: Sequence[str] | None = None,
    call: Mapping[str, Any] | None = None,
) -> Generate:
    """Return a function that makes images by a diffusers pipeline, for `score_generator` and the callbacks.

    Args:
        pipeline: conditional or not; called with ``generator`` and ``output_type="np"``.
        prompts: texts, of which each image gets one, drawn by its batch's random numbers; None for an unconditional
            pipeline, which gets ``batch_size``.
        call: more arguments of the call, such as ``num_inference_steps`` and ``guidance_scale``.

    Raises:
        InputError: an argument is not what is needed, or there are no prompts in the list; or, later, the pipeline
            gives something else than images in [0, 1].
    """
    checks.function("pipeline", pipeline)
    hint = "a list of texts, or None for an unconditional pipeline"
    if prompts is not None:
        # A text by itself is a sequence of letters.
        if not isinstance(prompts, Sequence) or isinstance(prompts, str | bytes):
            raise InputError(f"prompts must be {hint}; got {shown(prompts)}")
        if not prompts:
            raise InputError(f"prompts must be {hint}; got an empty one")
        if not all(isinstance(prompt, str) for prompt in prompts):
            raise InputError(f"prompts must be {hint}; got {shown(prompts)}")
    if call is not None:
        checks.of_type("call", call, Mapping, "a mapping of more arguments")
        if not all(isinstance(name, str) for name in call):
            raise InputError(f"call must have names as keys; got {shown(call)}")
    more = {} if call is None else dict(call)

    def generate(count: int, rng: torch.Generator) -> Tensor:
        chosen: dict[str, Any] = {"batch_size": count}
        if prompts is not None:
            numbers = torch.randint(len(prompts), (count,), generator=rng)
            chosen = {"prompt": [prompts[number] for number in numbers]}
        images = pipeline(**chosen, generator=rng, output_type="np", **more).images
        try:
            pixels = np.asarray(images)
        # Tensors on a device and of types that NumPy has not, and objects whose own conversion fails.
        except Exception:
            raise InputError(f"a pipeline must give float images [n, h, w, 3]; got {shown(images)}") from None
        return _levels(pixels)

    return generate


def _levels(images: Any) -> Tensor:  # noqa: ANN401 - whatever a pipeline gives
    """Return float images [n, h, w, 3] in [0, 1] as uint8 [n, 3, h, w], rounded as diffusers rounds what it saves.

    Raises:
        InputError: they are something else.
    """
    if images.ndim != AXES or images.shape[-1] != CHANNELS or not np.issubdtype(images.dtype, np.floating):
        raise InputError(f"a pipeline must give float images [n, h, w, 3]; got {images.dtype} {list(images.shape)}")
    if not (images.min() >= 0 and images.max() <= 1):
        raise InputError(f"a pipeline must give images in [0, 1]; got {images.min():g} to {images.max():g}")
    return torch.from_numpy((images * LEVELS).round().astype(np.uint8)).permute(0, 3, 1, 2).contiguous()
