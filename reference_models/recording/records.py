"""``metrics.csv`` and ``metrics.jsonl``: every score with what it was made of, and every loss."""

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganmetrics import Score, StorageError, clipped, printable, shown
from reference_models.errors import CheckpointError, one_line
from reference_models.files import check_regular, write_whole

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
    """Return the rows of a ``metrics.csv``, numbers as numbers, without a last one that is not whole.

    Raises:
        CheckpointError: the file is damaged.
    """
    text = _text(path)
    try:
        reader = csv.DictReader(io.StringIO(text))
        rows = [row for row in reader if None not in row.values() and None not in row]
    except csv.Error as error:
        raise CheckpointError(f"{path} is damaged: {one_line(error)}") from None
    missing = [name for name in RECORD_COLUMNS if rows and name not in rows[0]]
    if missing:
        raise CheckpointError(f"{path} is damaged: it has no column {', '.join(missing)}")
    return [
        {name: _value(f"{path} is damaged: {name} of row {number}", name, text) for name, text in row.items()}
        for number, row in enumerate(rows, 1)
    ]


def read_events(path: Path) -> list[dict[str, Any]]:
    """Return the events of a ``metrics.jsonl``, without a last one that is not whole.

    Raises:
        CheckpointError: the file is damaged.
    """
    events = []
    for number, line in enumerate(_lines(path), 1):
        if len(line) > _LONGEST:
            raise CheckpointError(f"{path} is damaged: line {number} has more than {_LONGEST:,} characters")
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        _check_event(event, f"{path} is damaged: line {number}")
        events.append(event)
    return events


_WORDS = {"metric", "extractor", "protocol", "config"}
_WHOLE = {"epoch", "step", "images_seen", "count", "real_count", "seed"}
_NEEDED = {*_WHOLE - {"real_count"}, "metric", "value", "wall_seconds", "cpu_seconds", "scoring_seconds"}
_LARGEST = 10**15
"""Of a whole number: no run has as many steps or images."""
_MOST_SCORES, _MOST_EVENTS, _LONGEST = 2**26, 2**31, 2**20
"""Bytes of both files, and characters of a line: a row has some 250, an event some 500, of any run far fewer in all."""


def _text(path: Path) -> str:
    """Return what a file says, nothing where there is none; half a character is one that no number has."""
    try:
        check_regular(path, _MOST_SCORES)
        return path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}") from None


def _lines(path: Path) -> Iterator[str]:
    """Give the lines of a file one by one, none where there is none; of a line too long the beginning, and the rest."""
    try:
        check_regular(path, _MOST_EVENTS)
        with path.open(encoding="utf-8", errors="replace") as file:
            while line := file.readline(_LONGEST + 1):
                yield line
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror}") from None


def _value(what: str, name: str, text: str) -> Any:  # noqa: ANN401 - as the column has it
    if text == "" and name not in _NEEDED:
        return None
    if name in _WORDS:
        return printable(text)
    if name == "ema":
        return text == "True"
    try:
        number = int(text) if name in _WHOLE else float(text)
    except ValueError:
        raise CheckpointError(f"{what} needs to be a number; it is {shown(text)}") from None
    if name in _WHOLE and not 0 <= number <= _LARGEST:
        raise CheckpointError(f"{what} needs to be from 0 to {_LARGEST:,}; it is {shown(number)}")
    return number


def _check_event(event: object, what: str) -> None:
    """Refuse what is no event: one has a kind, and when it was; of losses and rates every one is a number or null."""
    if not isinstance(event, dict) or not isinstance(event.get("kind"), str):
        raise CheckpointError(f"{what} needs to be an event with a kind; it is {shown(event)}")
    for name in ("epoch", "step"):
        number = event.get(name)
        if type(number) is not int or not 0 <= number <= _LARGEST:
            raise CheckpointError(f"{what} needs {name}, a whole number; it has {shown(number)}")
    numbers = (
        {name: value for name, value in event.items() if name not in ("kind", "epoch", "step", "images_seen")}
        if event["kind"] == "losses"
        else {}
    )
    for name, value in numbers.items():
        if value is not None and (not isinstance(value, int | float) or not abs(value) < math.inf):
            raise CheckpointError(f"{what} needs numbers; {clipped(name)} is {shown(value)}")


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
