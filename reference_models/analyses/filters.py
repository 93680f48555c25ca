"""Filters of a discriminator by what they look at, and maps of a generator by what goes with them, on one page."""

from pathlib import Path

import torch

from reference_models.analyses import pictures
from reference_models.analyses.dropping import drop_maps
from reference_models.analyses.guided import view_filters
from reference_models.analyses.subject import open_subject
from reference_models.analyses.target import Target
from reference_models.networks.build import build_discriminator

SAMPLES, DROPPED_SAMPLES = 500, 16


def write_filters(
    run: Path,
    out: Path,
    *,
    label: str | None,
    stage: int,
    filters: int,
    examples: int,
    drop_stage: int,
    drop: int,
    seed: int,
) -> str:
    """Look at filters, trained and untrained, drop maps, write two pictures and numbers, and return the line.

    Raises:
        CheckpointError: there is no model.
        ConfigError: there is no such stage, or it has too few filters or maps.
        StorageError: it has been done there before.
    """
    target = Target(out, "filters")
    subject = open_subject(run, label=label)
    images = subject.images(subject.latents(SAMPLES, seed=seed))
    config = subject.checkpoint.config.net
    trained, untrained = (
        view_filters(network, images, stage=stage, filters=filters, examples=examples)
        for network in (subject.checkpoint.discriminator(), build_discriminator(config, seed=seed + 1000))
    )
    dropped = drop_maps(subject, stage=drop_stage, count=drop, samples=DROPPED_SAMPLES, seed=seed)
    columns = trained.images.shape[1]
    rows = []
    for view in (trained, untrained):
        for images, gradients in zip(view.images, view.gradients, strict=True):
            rows += [images, pictures.as_pictures(gradients)]
    focus = f"focus of the filters: trained {trained.focus:.3f}, untrained {untrained.focus:.3f}"
    # Each filter is a row: images that it answers to, then what of them it answers to.
    target.picture(torch.cat(rows), columns=2 * columns, caption=f"{focus} (trained above)")
    left = "object area left" if dropped.measure == "area" else "mean change of a pixel (of 255)"
    maps = f"without maps {', '.join(map(str, dropped.maps))}: {left} = {dropped.remaining:.3f}"
    target.picture(
        torch.cat([dropped.before, dropped.after]),
        columns=len(dropped.before),
        caption=f"before, after: {maps}",
        suffix="-dropped",
    )
    target.numbers(
        {
            "filters": trained.filters.tolist(),
            "focus_trained": trained.focus,
            "focus_untrained": untrained.focus,
            "dropped_maps": list(dropped.maps),
            "effects": dropped.effects.tolist(),
            "measure": dropped.measure,
            "remaining": dropped.remaining,
        }
    )
    return f"{focus}; {maps}"
