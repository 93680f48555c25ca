"""`Scorer`: the scores of one evaluation."""

import dataclasses

import torch
from torch import Tensor

from ganmetrics import Extractor, FrechetInceptionDistance, Reference, Score, evaluate, to_uint8
from reference_models.config import EvalConfig
from reference_models.data.images import LabelledImages
from reference_models.scoring.pattern import score_samples
from reference_models.scoring.reference import extraction, statistics_directory
from reference_models.scoring.sampler import Sampler


class Scorer:
    """Scores a generator against the real images, whose statistics are computed once.

    The real side is the training set before any augmentation: it has passed the same resizing as what the networks
    were shown, and no mirroring.

    Args:
        config: how many images, which metrics and which extractor.
        data: the real images.
        extractor: an extractor object; None for the one that the configuration names.
        device: where the extractor runs.

    Raises:
        InputError: a metric or the extractor is unknown or not installed.
        WeightsError: the extractor's weights cannot be found.
    """

    def __init__(
        self,
        config: EvalConfig,
        data: LabelledImages,
        *,
        extractor: Extractor | None = None,
        device: torch.device | None = None,
    ) -> None:
        self._config, self._data = config, data
        self._how = extraction(config, extractor=extractor, device=device)
        # Nothing says when an extractor object has become another one.
        self._cache = None if extractor is not None else statistics_directory()
        chosen = dataclasses.replace(self._how, count=config.real_count or None, seed=config.seed)
        self.metric = FrechetInceptionDistance(Reference.from_images(data.images, chosen, cache=self._cache), self._how)

    def __call__(self, sampler: Sampler) -> list[Score]:
        """Return the scores of images from the latents that every evaluation uses, the Fréchet distance first."""
        config = self._config
        scores = [score_samples(self.metric, sampler.source(seed=config.seed), count=config.count, batch=config.batch)]
        others = tuple(metric for metric in config.metrics if metric != "fid")
        if others:
            report = evaluate(
                self._data.images,
                self._fakes(sampler),
                self._how,
                metrics=others,
                cache=self._cache,
            )
            scores.extend(report.values())
        return scores

    def _fakes(self, sampler: Sampler) -> Tensor:
        generate = sampler.source(seed=self._config.seed)
        sizes = [self._config.batch] * (self._config.count // self._config.batch)
        rest = self._config.count % self._config.batch
        return torch.cat([to_uint8(generate(size)) for size in [*sizes, *([rest] if rest else [])]])
