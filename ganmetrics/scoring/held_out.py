"""Memorisation against real images that were held out from training: FLD, C_T, the share of copies."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from torch import Tensor

from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.metrics.feature_likelihood import MOST_FAKES, feature_likelihood
from ganmetrics.metrics.neighbours import data_copying as copying
from ganmetrics.metrics.neighbours.copied_share import COPIED_PERMUTATIONS, CopiedShare, copied_share
from ganmetrics.metrics.neighbours.data_copying import data_copying
from ganmetrics.references.sides import Side
from ganmetrics.report import Score, Table
from ganmetrics.scoring.comparison import Comparison
from ganmetrics.scoring.family import Scored, features_of, finite, label_of
from ganmetrics.scoring.options import ScoringOptions

_SHOWN = 5
"""How many fakes the text of a table names; JSON has them all."""


class _Three(NamedTuple):
    train: Tensor
    test: Tensor
    fake: Tensor


def held_out_scores(comparison: Comparison, names: tuple[str, ...], options: ScoringOptions) -> Scored:
    """Return those of ``fld``, ``fld_gap``, ``data_copying`` and ``copied_share`` that are named.

    The real side stands for the images that the generator was trained on.

    Raises:
        InputError: there is no real side or no held-out one, or a side's features were not kept.
        NotEnoughSamples: a side has too few images, or a cell of C_T has too few of one.
        NumericsError: a feature does not vary over the held-out images.
    """
    metric = METRICS[names[0]]
    real, fake = comparison.both(metric)
    sides = _Three(*(features_of(metric, side) for side in (real, comparison.held_out(metric), fake)))
    scores: dict[str, Score] = {}
    tables: tuple[Table, ...] = ()
    if {"fld", "fld_gap"} & set(names):
        scores |= _likelihood(comparison, sides, options)
    if "data_copying" in names:
        scores["data_copying"] = _copying(comparison, sides, options)
    if "copied_share" in names:
        found = copied_share(*sides, seed=options.seed, memory=options.memory)
        notes = (f"p = {found.p_value:.4g}",)
        made = {"p_value": found.p_value, "permutations": COPIED_PERMUTATIONS, "seed": options.seed}
        scores["copied_share"] = comparison.score(METRICS["copied_share"], found.share, notes=notes, made=made)
        tables = (_suspects(fake, found),)
    return Scored({name: scores[name] for name in names}, tables)


def _likelihood(comparison: Comparison, sides: _Three, options: ScoringOptions) -> dict[str, Score]:
    found = feature_likelihood(*sides, seed=options.seed, memory=options.memory)
    made = {"seed": options.seed, "fakes": min(len(sides.fake), MOST_FAKES), "baseline": finite(found.baseline)}
    score: Callable[..., Score] = partial(comparison.score, made=made)
    return {"fld": score(METRICS["fld"], found.value), "fld_gap": score(METRICS["fld_gap"], found.gap)}


def _copying(comparison: Comparison, sides: _Three, options: ScoringOptions) -> Score:
    found = data_copying(*sides, seed=options.seed, memory=options.memory)
    made = {
        "p_value": found.p_value,
        "cells": copying.CELLS,
        "components": min(copying.COMPONENTS, sides.train.shape[1]),
        "z_scores": [finite(score) for score in found.z_scores],
        "seed": options.seed,
    }
    return comparison.score(METRICS["data_copying"], found.value, notes=(f"p = {found.p_value:.4g}",), made=made)


def _suspects(fake: Side, found: CopiedShare) -> Table:
    return Table(
        "copied_share",
        f"fakes nearest to training images, as against held-out ones ({len(found.suspects):,} suspects; "
        "an exact copy has no ratio)",
        ("fake", "ratio"),
        tuple((label_of(fake, row), finite(float(found.ratio[row]))) for row in found.suspects.tolist()),
        shown=_SHOWN,
    )
