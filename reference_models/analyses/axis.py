"""A direction in latent space, such as from left to right (Radford et al. 2016, section 6.3.2, "turn" vectors)."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from reference_models.analyses.concepts import open_pool, words
from reference_models.analyses.subject import Subject, open_subject
from reference_models.analyses.target import Target
from reference_models.analyses.truth import WORDS, measure_shapes, spearman
from reference_models.errors import ConfigError


@dataclass(frozen=True, eq=False)
class _Axis:
    """Samples moved along a direction.

    Attributes:
        alphas: how far, [a].
        images: uint8 [starts, a, 3, s, s].
        measured: of each image what the direction is to change, [starts, a]; None without words.
        name: of the measurement.
        monotone: Spearman's correlation of alpha with it, the mean over the starts; None without words.
    """

    alphas: Tensor
    images: Tensor
    measured: Tensor | None
    name: str
    monotone: float | None


def axis(
    subject: Subject,
    *,
    start: str,
    end: str,
    alphas: tuple[float, float],
    steps: int,
    starts: int,
    per_concept: int,
    seed: int,
) -> _Axis:
    """Move samples along z_end - z_start, the difference of two concepts: z + alpha (z_end - z_start).

    Args:
        subject: the model.
        start: concept at alpha's lower side: numbers of samples of `seed`, or one word.
        end: concept at its upper side.
        alphas: first and last alpha.
        steps: values of alpha, evenly between.
        starts: samples that are moved: others than those that the concepts are chosen from.
        per_concept: samples that a word chooses.
        seed: of the samples.

    Raises:
        ConfigError: a concept cannot be understood or measured, or the numbers cannot be.
    """
    if steps < 3 or starts < 1 or per_concept < 1:  # noqa: PLR2004 - two ranks always agree or disagree wholly
        raise ConfigError("an axis needs --steps of at least 3, --starts and --mean-of of at least 1")
    pool = open_pool(subject, (start, end), seed=seed)
    turn = pool.mean(end, per_concept=per_concept) - pool.mean(start, per_concept=per_concept)
    scale = torch.linspace(*alphas, steps)
    moved = subject.latents(starts, seed=seed + 1)[:, None, :] + scale[None, :, None] * turn
    images = subject.images(moved.flatten(0, 1))
    shape = (starts, steps, *images.shape[1:])
    if not pool.shown or start not in WORDS or end not in WORDS:
        return _Axis(scale, images.reshape(shape), None, "", None)
    name, sign = WORDS[words(end)[0]]
    values = measure_shapes(images)[name].reshape(starts, steps)
    monotone = sum(spearman(scale, sign * row) for row in values) / starts
    return _Axis(scale, images.reshape(shape), values, name, monotone)


def write_axis(
    run: Path,
    out: Path,
    *,
    label: str | None,
    start: str,
    end: str,
    alphas: tuple[float, float],
    steps: int,
    starts: int,
    per_concept: int,
    seed: int,
) -> str:
    """Move samples, write ``axis.png`` and ``.json``, and return the line that says how monotone the change is.

    Raises:
        CheckpointError: there is no model.
        ConfigError: as `axis`.
        StorageError: it has been done there before.
    """
    target = Target(out, "axis")
    found = axis(
        open_subject(run, label=label),
        start=start,
        end=end,
        alphas=alphas,
        steps=steps,
        starts=starts,
        per_concept=per_concept,
        seed=seed,
    )
    line = f"{start} to {end}, alpha {found.alphas[0]:g} to {found.alphas[-1]:g}"
    if found.monotone is not None:
        line += f": Spearman of alpha and {found.name} = {found.monotone:.3f}"
    target.picture(found.images.flatten(0, 1), columns=len(found.alphas), caption=line)
    target.numbers(
        {
            "from": start,
            "to": end,
            "alphas": found.alphas.tolist(),
            "measured": None if found.measured is None else found.measured.tolist(),
            "measurement": found.name or None,
            "spearman": found.monotone,
        }
    )
    return line
