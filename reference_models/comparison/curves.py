"""The scores of runs as curves, runs whose scores may stand beside each other, and where one run overtakes another."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ganmetrics import shown
from reference_models.errors import CheckpointError, ConfigError
from reference_models.recording.records import SCORES, read_scores
from reference_models.settings import read_toml

AXES = ("epoch", "minute")
SCORED_ALIKE = ("metric", "extractor", "protocol", "count", "real_count")
"""Columns of ``metrics.csv`` in which runs must agree."""
MADE_ALIKE = ("data.source", "data.resize", "data.count", "data.seed", "net.size")
"""Keys of ``config.toml`` in which runs must agree: they make the real images."""


@dataclass(frozen=True)
class Curve:
    """The first metric of one run over its training.

    Attributes:
        directory: of the run.
        rows: of its ``metrics.csv``, a row for each scored epoch, in order.
    """

    directory: Path
    rows: tuple[dict[str, Any], ...]

    @property
    def name(self) -> str:
        """Name of the run's folder."""
        return self.directory.name

    @property
    def values(self) -> list[float]:
        """Distance at each scored epoch; lower is better."""
        return [row["value"] for row in self.rows]

    @property
    def best(self) -> dict[str, Any]:
        """Row of the smallest distance."""
        return min(self.rows, key=lambda row: row["value"])

    def places(self, axis: str) -> list[float]:
        """Return where the scores lie on an axis: ``epoch``, or ``minute`` of training, scoring left out."""
        if axis == "epoch":
            return [row["epoch"] for row in self.rows]
        trained = [row["wall_seconds"] - row["scoring_seconds"] for row in self.rows]
        return [(seconds - trained[0]) / 60 for seconds in trained]


def read_curves(directories: Sequence[Path]) -> list[Curve]:
    """Return the curves of runs whose scores may be compared.

    Args:
        directories: of the runs; their names must differ.

    Raises:
        CheckpointError: a folder has no scores.
        ConfigError: two runs have one name, or were scored with other features, other counts or other real images.
    """
    names = [directory.name for directory in directories]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"runs are told apart by their folders' names; got {twice[0]} twice")
    curves = [_read(directory) for directory in directories]
    identities = [_identity(curve) for curve in curves]
    for curve, identity in zip(curves, identities, strict=True):
        for key, value in identity.items():
            if value != identities[0][key]:
                raise ConfigError(
                    f"scores of {curves[0].name} and {curve.name} do not compare: "
                    f"{key} is {shown(identities[0][key])} and {shown(value)}"
                )
    return curves


def _read(directory: Path) -> Curve:
    rows = read_scores(directory / SCORES)
    if not rows:
        raise CheckpointError(f"{directory} needs scores to be compared; {SCORES} has none")
    return Curve(directory, tuple(row for row in rows if row["metric"] == rows[0]["metric"]))


def _identity(curve: Curve) -> dict[str, object]:
    """Return what must be equal for two runs' scores to be of the same thing."""
    keys = read_toml(curve.directory / "config.toml")
    made = {key: keys.get(key) for key in MADE_ALIKE}
    # The same set may lie elsewhere on another machine.
    made["data.source"] = Path(str(made["data.source"])).name
    return {key: curve.rows[0][key] for key in SCORED_ALIKE} | made


def overtakes(first: Curve, second: Curve, axis: str) -> float | None:
    """Return from where on the second run stays below the first, up to the end of what both have.

    Between scores both are taken as straight lines. Scores of equal epochs are compared on ``epoch``; ``minute`` asks
    which of the two a given time of training makes better.

    Args:
        first: the run that is overtaken.
        second: the run that overtakes.
        axis: one of `AXES`.

    Returns:
        The place on the axis; that of the first common score if the second is below all along; None if it is not below
        at the end.
    """
    places = [np.asarray(curve.places(axis), dtype=float) for curve in (first, second)]
    start, end = max(place[0] for place in places), min(place[-1] for place in places)
    knots = np.unique(np.concatenate([place[(place >= start) & (place <= end)] for place in places] + [[start, end]]))
    ours, theirs = (np.interp(knots, place, curve.values) for place, curve in zip(places, (first, second), strict=True))
    gap = theirs - ours
    if gap[-1] >= 0:
        return None
    above = np.flatnonzero(gap >= 0)
    if not len(above):
        return float(start)
    last = above[-1]
    # A straight line from gap >= 0 to gap < 0 is zero after the share gap / fall of the way.
    share = gap[last] / (gap[last] - gap[last + 1])
    return float(knots[last] + share * (knots[last + 1] - knots[last]))
