"""Scores in the forms that model repositories hold: `model-index` of a card, and files of `.eval_results`."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from ganmetrics.errors import InputError
from ganmetrics.report.score import Score
from ganmetrics.report.wording import meaning

_KINDS = ("model-index", "eval-results")
TASK = "unconditional-image-generation"
"""The task of a model-index entry where none is named; the hub's name for it."""


def card(
    scores: Sequence[Score],
    kind: str,
    *,
    dataset: str,
    model: str | None = None,
    task: str | None = None,
    date: str | None = None,
) -> str:
    """Return scores as YAML: ``model-index`` for the head of a README, ``eval-results`` for a file of its own.

    A card has the classical number; the corrected one, its interval, counts and protocol are in the metric's name or
    the entry's notes. A number that is not finite has no place in a card, and is left out.

    Args:
        scores: what is published.
        kind: ``model-index``, or ``eval-results`` for ``.eval_results/NAME.yaml`` in the model's repository.
        dataset: the data set of the real images; for ``eval-results`` its identity on the hub, ``owner/name``.
        model: what a model-index calls the model.
        task: of a model-index the kind of task, text-to-image for instance; of eval-results the task's identity, for
            which each score's name stands otherwise.
        date: of the evaluation, ISO 8601.

    Raises:
        InputError: the kind is unknown, there is no score to publish, or a data set's identity has no owner.

    >>> score = Score("fid", 12.5, real_count=50000, fake_count=50000, extractor="inception-v3", protocol="ttur")
    >>> print(card([score], "eval-results", dataset="me/faces"))
    - "dataset":
        "id": "me/faces"
        "task_id": "fid"
      "value": 12.5
      "notes": "fid; inception-v3/ttur; real 50,000, fake 50,000; lower is better"
    """
    if kind not in _KINDS:
        raise InputError(f"a card must be one of {', '.join(_KINDS)}; got {kind}")
    finite = [score for score in scores if math.isfinite(score.value)]
    if not finite:
        raise InputError("a card needs at least one finite score; there is none")
    if kind == "model-index":
        return _yaml(_model_index(finite, dataset, model or "generator", task or TASK))
    if dataset.count("/") != 1 or not all(dataset.split("/")):
        raise InputError(f"eval-results need a data set's identity, owner/name; got {dataset}")
    return _yaml([_result(score, dataset, task, date) for score in finite])


def _model_index(scores: Sequence[Score], dataset: str, model: str, task: str) -> dict[str, Any]:
    # The score's own name, never that of its formula: a distance of other features is no FID.
    metrics = [{"type": score.name, "value": score.value, "name": _described(score)} for score in scores]
    kind = "".join(character if character.isalnum() else "-" for character in dataset.lower()).strip("-")
    result = {
        "task": {"type": task},
        "dataset": {"type": dataset if "/" in dataset else kind, "name": dataset},
        "metrics": metrics,
    }
    return {"model-index": [{"name": model, "results": [result]}]}


def _result(score: Score, dataset: str, task: str | None, date: str | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"dataset": {"id": dataset, "task_id": task or score.name}, "value": score.value}
    if date is not None:
        entry["date"] = date
    return {**entry, "notes": _described(score)}


def _described(score: Score) -> str:
    """Return the name of a score with all that a reader needs beside its value."""
    estimate = ""
    if score.low is not None and score.high is not None and score.confidence is not None:
        corrected = "" if score.corrected is None or score.at_counts else f"corrected {score.corrected:.6g}, "
        estimate = f"; {corrected}{100 * score.confidence:g} % {score.low:.6g} to {score.high:.6g}"
    direction = "lower" if score.lower_is_better else "higher"
    return f"{score.name}; {meaning([score])[0]}{estimate}; {direction} is better"


def _yaml(value: object, indent: int = 0) -> str:
    """Return plain data as YAML in block form; every text is quoted as JSON quotes it, which YAML reads alike."""
    if isinstance(value, Mapping):
        lines = []
        for key, item in value.items():
            if isinstance(item, Mapping | list):
                below = indent + (0 if isinstance(item, list) else 2)
                lines.append(f"{' ' * indent}{json.dumps(key)}:\n{_yaml(item, below)}")
            else:
                lines.append(f"{' ' * indent}{json.dumps(key)}: {json.dumps(item)}")
        return "\n".join(lines)
    if isinstance(value, list):
        return "\n".join(f"{' ' * indent}- {_yaml(item, indent + 2).lstrip()}" for item in value)
    return json.dumps(value)
