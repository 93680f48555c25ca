"""Concepts as mean latents: of samples given by number, or of those that show a word most."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ganmetrics import shown
from reference_models.analyses.subject import Subject, require_drawn
from reference_models.analyses.truth import WORDS, measure_shapes
from reference_models.errors import ConfigError

POOL = 2000
"""Samples that words choose from."""


@dataclass(frozen=True, eq=False)
class Pool:
    """Samples to choose from.

    Attributes:
        latents: [n, d].
        shown: word to how clearly each sample shows it, in standard deviations from the mean, [n]; empty for images
            without a truth.
    """

    latents: Tensor
    shown: dict[str, Tensor]

    def mean(self, concept: str, *, per_concept: int, trial: int = 0) -> Tensor:
        """Return the mean latent [d] of a concept.

        Args:
            concept: numbers of samples, such as ``3,7,12``, or words, such as ``warm left``.
            per_concept: samples that words choose.
            trial: later trials take the next best samples.

        Raises:
            ConfigError: a word is unknown or cannot be measured, or a number is beyond the pool.
        """
        if numbers := _numbers(concept):
            if max(numbers) >= len(self.latents):
                raise ConfigError(f"samples are numbered to {len(self.latents) - 1}; got {max(numbers)}")
            return self.latents[numbers].mean(dim=0)
        clarity = torch.stack([self.shown[word] for word in words(concept)]).amin(dim=0)
        chosen = clarity.argsort(descending=True, stable=True)[trial * per_concept : (trial + 1) * per_concept]
        if len(chosen) < per_concept:
            raise ConfigError(f"trial {trial + 1} of {per_concept} samples is beyond the pool of {len(self.latents)}")
        return self.latents[chosen].mean(dim=0)


def open_pool(subject: Subject, concepts: tuple[str, ...], *, seed: int) -> Pool:
    """Return samples to choose concepts from, measured where a concept is given in words.

    Raises:
        ConfigError: a word is unknown, or the model's images cannot be measured.
    """
    in_words = [concept for concept in concepts if not _numbers(concept)]
    latents = subject.latents(POOL, seed=seed)
    if not in_words:
        return Pool(latents, {})
    for concept in in_words:
        words(concept)
    require_drawn(subject, f"the concept {shown(in_words[0])}")
    return Pool(latents, clarity(measure_shapes(subject.images(latents))))


def clarity(measured: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return how clearly images show each word: their measurement in standard deviations from the mean, [n]."""
    shown = {}
    for word, (name, sign) in WORDS.items():
        values = measured[name]
        shown[word] = sign * (values - values.mean()) / values.std().clamp(min=1e-6)
    return shown


def words(concept: str) -> list[str]:
    """Return the words of a concept.

    Raises:
        ConfigError: one is unknown.

    >>> words("warm left")
    ['warm', 'left']
    """
    found = concept.split()
    unknown = [word for word in found if word not in WORDS]
    if unknown or not found:
        raise ConfigError(
            f"a concept is numbers of samples (3,7,12) or words of {', '.join(WORDS)}; got {shown(concept)}"
        )
    return found


def _numbers(concept: str) -> list[int]:
    parts = [part.strip() for part in concept.split(",")]
    return [int(part) for part in parts] if all(part.isdecimal() for part in parts) else []
