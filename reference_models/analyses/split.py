"""Labelled images to teach a classifier with, and others to try it on."""

import dataclasses

import torch

from reference_models.config import DataConfig, TrainConfig
from reference_models.data.images import LabelledImages
from reference_models.data.load import load_images
from reference_models.errors import ConfigError


def labelled_sides(
    config: TrainConfig, *, data: str | None, test_data: str | None, count: int, test: int, seed: int
) -> tuple[LabelledImages, LabelledImages]:
    """Return images to teach with and to test on, which never overlap.

    Args:
        config: of the run, whose data and resizing are used where no source is named.
        data: source of the images; None for the run's.
        test_data: source of those to test on; None to set some of the others aside.
        count: images to use of `data`; 0 for all.
        test: images to test on.
        seed: of the choices.

    Raises:
        ConfigError: fewer images are left than are needed.
        DataError: a source is not what is needed.
    """
    size = config.net.size
    source = data or config.data.source
    inherited = config.data.count if data is None and not count else count
    known = load_images(DataConfig(source, config.data.resize, inherited, seed=config.data.seed), size=size)
    if test < 1:
        raise ConfigError(f"--test must be at least 1; got {test}")
    if test_data is not None:
        return known, load_images(DataConfig(test_data, config.data.resize, test, seed=seed), size=size)
    if len(known) - test < 2:  # noqa: PLR2004 - the fewest that a set can have
        raise ConfigError(f"--test {test} leaves too few of {len(known)} images to teach with")
    order = torch.randperm(len(known), generator=torch.Generator().manual_seed(seed))
    return _rows(known, order[test:]), _rows(known, order[:test])


def _rows(images: LabelledImages, rows: torch.Tensor) -> LabelledImages:
    labels = None if images.labels is None else images.labels[rows]
    return dataclasses.replace(images, images=images.images[rows], labels=labels)
