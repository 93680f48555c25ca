"""Vector arithmetic: mean latents of concepts, added and subtracted (Radford et al. 2016, section 6.3.2)."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from reference_models.analyses.concepts import open_pool, words
from reference_models.analyses.subject import Subject, open_subject
from reference_models.analyses.target import Target
from reference_models.analyses.truth import WORDS, measure_shapes
from reference_models.errors import ConfigError

JITTER = 0.25
"""Noise around the result in the picture, uniform within this (as in the paper)."""
_NEIGHBOURS = 8


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """A calculation with concepts.

    Attributes:
        terms: images of the mean latents of the first trial, uint8 [terms, 3, s, s].
        results: its result and eight neighbours, uint8 [9, 3, s, s].
        expected: the words that are left when those of subtracted terms are taken from those of added ones.
        confirmed: share of the trials whose image shows all of them, measured; None without words.
        chance: share of all samples that do.
    """

    terms: Tensor
    results: Tensor
    expected: tuple[str, ...]
    confirmed: float | None
    chance: float | None


def arithmetic(
    subject: Subject, *, plus: tuple[str, ...], minus: tuple[str, ...], per_concept: int, trials: int, seed: int
) -> Arithmetic:
    """Add and subtract concepts, and give the result the length of a usual latent.

    Args:
        subject: the model.
        plus: concepts to add: numbers of samples of `seed`, or words.
        minus: concepts to subtract.
        per_concept: samples that words choose; the paper used three, and many make a concept clearer.
        trials: how often it is done with words, each time with other samples.
        seed: of the samples.

    Raises:
        ConfigError: a concept cannot be understood or measured.
    """
    if not plus:
        raise ConfigError("arithmetic needs at least one --plus")
    if per_concept < 1 or trials < 1:
        raise ConfigError(f"--mean-of and --trials must be at least 1; got {per_concept} and {trials}")
    pool = open_pool(subject, (*plus, *minus), seed=seed)
    signs = torch.tensor([1.0] * len(plus) + [-1.0] * len(minus))
    trials = trials if pool.shown else 1
    concepts = [
        torch.stack([pool.mean(concept, per_concept=per_concept, trial=trial) for concept in (*plus, *minus)])
        for trial in range(trials)
    ]
    sums = torch.stack([signs @ terms for terms in concepts])
    # A mean of k independent latents is shorter than each by the root of k: without this, results with many samples are
    # nearer to the middle than anything that the generator was trained with.
    sums = sums / sums.norm(dim=1, keepdim=True).clamp(min=1e-6) * pool.latents.norm(dim=1).mean()
    rng = torch.Generator().manual_seed(seed)
    noise = (torch.rand(_NEIGHBOURS, sums.shape[1], generator=rng) * 2 - 1) * JITTER
    expected = remaining(plus, minus) if pool.shown else ()
    confirmed = chance = None
    if expected:
        # Above the mean of the pool is what showing a word means, for results as for any sample.
        both = measure_shapes(torch.cat([subject.images(pool.latents), subject.images(sums)]))
        shown = _shown(both, len(pool.latents), expected)
        chance, confirmed = float(shown[: len(pool.latents)].mean()), float(shown[len(pool.latents) :].mean())
    return Arithmetic(
        terms=subject.images(concepts[0]),
        results=subject.images(torch.cat([sums[:1], sums[0] + noise])),
        expected=expected,
        confirmed=confirmed,
        chance=chance,
    )


def write_arithmetic(
    run: Path,
    out: Path,
    *,
    label: str | None,
    plus: tuple[str, ...],
    minus: tuple[str, ...],
    per_concept: int,
    trials: int,
    seed: int,
) -> str:
    """Calculate, write ``arithmetic.png`` and ``.json``, and return the line with the result.

    Raises:
        CheckpointError: there is no model.
        ConfigError: as `arithmetic`.
        StorageError: it has been done there before.
    """
    target = Target(out, "arithmetic")
    subject = open_subject(run, label=label)
    found = arithmetic(subject, plus=plus, minus=minus, per_concept=per_concept, trials=trials, seed=seed)
    formula = " ".join([*(f"+ ({concept})" for concept in plus), *(f"- ({concept})" for concept in minus)])
    line = formula.removeprefix("+ ")
    if found.confirmed is not None and found.chance is not None:
        line += f" = {' '.join(found.expected)}: shown by {found.confirmed:.0%} of {trials} trials, "
        line += f"by {found.chance:.0%} of all samples"
    images = torch.cat([found.terms, found.results])
    target.picture(images, columns=len(images), caption=line)
    target.numbers(
        {
            "plus": list(plus),
            "minus": list(minus),
            "expected": list(found.expected),
            "confirmed": found.confirmed,
            "chance": found.chance,
            "trials": trials,
        }
    )
    return line


def remaining(plus: tuple[str, ...], minus: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words that adding and subtracting leaves.

    >>> remaining(("warm left", "cold right"), ("cold left",))
    ('warm', 'right')
    """
    counts = Counter(word for concept in plus if not _is_numbers(concept) for word in words(concept))
    counts.subtract(word for concept in minus if not _is_numbers(concept) for word in words(concept))
    return tuple(word for word, count in counts.items() if count > 0)


def _is_numbers(concept: str) -> bool:
    return concept.replace(",", "").replace(" ", "").isdecimal()


def _shown(measured: dict[str, Tensor], pool: int, expected: tuple[str, ...]) -> Tensor:
    """Return which images show every word, float [n], by the mean of the first `pool` of them."""
    hits = []
    for word in expected:
        name, sign = WORDS[word]
        hits.append(sign * (measured[name] - measured[name][:pool].mean()) > 0)
    return torch.stack(hits).all(dim=0).float()
