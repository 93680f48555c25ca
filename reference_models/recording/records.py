"""``metrics.csv`` and ``metrics.jsonl``: every score with what it was made of, and every loss."""

import csv
import io
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganmetrics import Score, StorageError
from reference_models.files import write_whole

SCORES, EVENTS = "metrics.csv", "metrics.jsonl"

RECORD_COLUMNS = (
    "epoch",
    "step",
    "images_seen",
    "metric",
    "value",
    "corrected",
    "low",
    "high",
    "confidence",
    "std",
    "count",
    "real_count",
    "extractor",
    "protocol",
    "ema",
    "seed",
    "wall_seconds",
    "cpu_seconds",
    "scoring_seconds",
    "config",
)
"""Of ``metrics.csv``: a row for each scored epoch and metric. Times are of the whole run so far, on the first process;
``scoring_seconds`` is the part of ``wall_seconds`` that scoring took. ``config`` is a digest of config.toml."""


@dataclass(frozen=True)
class Moment:
    """When something was recorded."""

    epoch: int
    step: int
    images_seen: int
    wall_seconds: float
    cpu_seconds: float
    scoring_seconds: float


def score_row(score: Score, moment: Moment, *, ema: bool, seed: int, config: str) -> dict[str, Any]:
    """Return the row of a score."""
    return {
        "epoch": moment.epoch,
        "step": moment.step,
        "images_seen": moment.images_seen,
        "metric": score.name,
        "value": score.value,
        "corrected": score.corrected,
        "low": score.low,
        "high": score.high,
        "confidence": score.confidence,
        "std": score.std,
        "count": score.fake_count,
        "real_count": score.real_count,
        "extractor": score.extractor,
        "protocol": score.protocol,
        "ema": ema,
        "seed": seed,
        "wall_seconds": round(moment.wall_seconds, 3),
        "cpu_seconds": round(moment.cpu_seconds, 3),
        "scoring_seconds": round(moment.scoring_seconds, 3),
        "config": config,
    }


class Records:
    """The two files of a run's folder.

    Args:
        directory: of the run.
    """

    def __init__(self, directory: Path) -> None:
        self._scores, self._events = directory / SCORES, directory / EVENTS

    def begin(self) -> None:
        """Write the header of a new run.

        Raises:
            StorageError: the disk refuses.
        """
        write_whole(self._scores, _csv([]).encode())
        write_whole(self._events, b"")

    def rewind(self, *, step: int, scored: Iterable[int]) -> None:
        """Drop what was recorded after the checkpoint that a run goes on from, and what a killed process wrote in part.

        Args:
            step: of the checkpoint.
            scored: epochs whose scores the checkpoint knows of.

        Raises:
            StorageError: the disk refuses.
        """
        known = set(scored)
        scores = [row for row in read_scores(self._scores) if row["epoch"] in known]
        events = [
            event
            for event in read_events(self._events)
            if event["step"] <= step and (event["kind"] != "score" or event["epoch"] in known)
        ]
        write_whole(self._scores, _csv(scores).encode())
        write_whole(self._events, "".join(_json(event) for event in events).encode())

    def add_scores(self, rows: list[dict[str, Any]]) -> None:
        """Append scores to both files."""
        _append(self._scores, _csv(rows, header=False))
        _append(self._events, "".join(_json({"kind": "score", **row}) for row in rows))

    def add(self, kind: str, moment: Moment, values: dict[str, Any]) -> None:
        """Append an event: ``losses``, ``warning`` or ``stop``."""
        event = {"kind": kind, "epoch": moment.epoch, "step": moment.step, "images_seen": moment.images_seen, **values}
        _append(self._events, _json(event))

    def scores(self) -> list[dict[str, Any]]:
        """Return the rows so far."""
        return read_scores(self._scores)

    def events(self) -> list[dict[str, Any]]:
        """Return the events so far."""
        return read_events(self._events)


def read_scores(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a ``metrics.csv``, numbers as numbers, without a last one that is not whole."""
    if not path.exists():
        return []
    rows = []
    for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))):
        if None in row.values() or None in row:
            continue
        rows.append({name: _value(name, text) for name, text in row.items()})
    return rows


def read_events(path: Path) -> list[dict[str, Any]]:
    """Return the events of a ``metrics.jsonl``, without a last one that is not whole."""
    if not path.exists():
        return []
    events = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            events.append(json.loads(line))
        except ValueError:
            continue
    return events


_TEXT = {"metric", "extractor", "protocol", "config"}
_WHOLE = {"epoch", "step", "images_seen", "count", "real_count", "seed"}


def _value(name: str, text: str) -> Any:  # noqa: ANN401 - as the column has it
    if text == "":
        return None
    if name in _TEXT:
        return text
    if name == "ema":
        return text == "True"
    return int(text) if name in _WHOLE else float(text)


def _csv(rows: list[dict[str, Any]], *, header: bool = True) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, RECORD_COLUMNS, lineterminator="\n")
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _json(event: dict[str, Any]) -> str:
    finite = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in event.items()
    }
    return json.dumps(finite, allow_nan=False) + "\n"


def _append(path: Path, text: str) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from None
