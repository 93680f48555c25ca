"""`RecordedRun`: what a run's folder holds, read for a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reference_models.comparison.curves import Curve, read_curves
from reference_models.recording.records import EVENTS, SCORES, read_events, read_scores
from reference_models.settings import flatten, from_flat, read_toml

_COLOURS = 4
"""Of runs; a fifth begins anew."""


@dataclass(frozen=True)
class RecordedRun:
    """One run.

    Attributes:
        curve: its distance over the training.
        scores: every row of its ``metrics.csv``.
        events: losses, warnings and stops.
        settings: its configuration, flat.
        colour: of its series.
    """

    curve: Curve
    scores: tuple[dict[str, Any], ...]
    events: tuple[dict[str, Any], ...]
    settings: dict[str, Any]
    colour: int

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self.curve.name

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of a kind: ``losses``, ``warning`` or ``stop``."""
        return [event for event in self.events if event["kind"] == kind]


def read_runs(directories: Sequence[Path]) -> list[RecordedRun]:
    """Return runs whose scores may stand beside each other.

    Raises:
        CheckpointError: a folder has no scores.
        ConfigError: two runs have one name, or were scored with other features, counts or real images.
    """
    return [
        RecordedRun(
            curve,
            tuple(read_scores(curve.directory / SCORES)),
            tuple(read_events(curve.directory / EVENTS)),
            dict(flatten(from_flat(read_toml(curve.directory / "config.toml")))),
            1 + place % _COLOURS,
        )
        for place, curve in enumerate(read_curves(directories))
    ]
