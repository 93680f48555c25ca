"""`Scorer`: the scores of one evaluation."""

import torch
from torch import Tensor

from ganmetrics import Extractor, Score, evaluate, to_uint8
from reference_models.config import EvalConfig
from reference_models.data.images import LabelledImages
from reference_models.scoring.pattern import score_generator
from reference_models.scoring.reference import cache_directory, open_metric
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
        self._config, self._data, self._extractor, self._device = config, data, extractor, device
        self.metric = open_metric(data.images, config, extractor=extractor, device=device)

    def __call__(self, sampler: Sampler) -> list[Score]:
        """Return the scores of images from the latents that every evaluation uses, the Fréchet distance first."""
        config = self._config
        scores = [
            score_generator(self.metric, sampler.source(seed=config.seed), count=config.count, batch=config.batch)
        ]
        others = tuple(metric for metric in config.metrics if metric != "fid")
        if others:
            report = evaluate(
                self._data.images,
                self._fakes(sampler),
                metrics=others,
                extractor=self._extractor or config.extractor,
                weights=config.weights or None,
                workers=0,
                device=self._device,
                cache=None if self._extractor else cache_directory(),
            )
            scores.extend(report.values())
        return scores

    def _fakes(self, sampler: Sampler) -> Tensor:
        generate = sampler.source(seed=self._config.seed)
        sizes = [self._config.batch] * (self._config.count // self._config.batch)
        rest = self._config.count % self._config.batch
        return torch.cat([to_uint8(generate(size)) for size in [*sizes, *([rest] if rest else [])]])
