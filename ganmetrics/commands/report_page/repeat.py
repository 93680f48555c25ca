"""How to make the page again, and all that produced it."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from ganmetrics.commands.report_page.material import Material
from ganmetrics.extraction.options import Extraction
from ganmetrics.pages import Code, Hidden, Section
from ganmetrics.scoring.options import ScoringOptions

NOT_ON_THE_LINE = {"extractor", "interval", "seed"}
"""Fields whose option has another form than ``--name value``."""


def repeat_section(material: Material) -> Section:
    """Return the command and the provenance; programs find the same JSON in the element ``data``."""
    return Section(
        "Provenance",
        (
            Code("To make this page again", material.command),
            Hidden("Provenance as JSON", (Code("JSON", data_of(material)),)),
        ),
    )


def data_of(material: Material) -> str:
    """Return the scores, their provenance and the command as JSON; tables, which may be long, are left out."""
    reports = {}
    for generator in material.generators:
        content = json.loads(generator.report.to_json())
        content.pop("tables", None)
        reports[generator.name] = content
    whole = json.loads(material.ranking.to_json())
    found = {
        "generators": reports,
        "ranks": whole["ranks"],
        "contrasts": whole["contrasts"],
        "command": material.command,
    }
    return json.dumps(found, indent=2, allow_nan=False)


def command_for(
    real: object, fakes: Mapping[str, object], how: Extraction, options: ScoringOptions, extra: Mapping[str, object]
) -> str:
    """Return the command line that scores these sources in the same way.

    Sources that are no files, and extractors that are objects, stand by their types; such a line says what was done,
    but cannot be run.

    >>> command_for("real dir", {"a": "fakes.npz"}, Extraction("efficientnet-lite0"), ScoringOptions(), {})
    "ganmetrics report 'real dir' fakes.npz --extractor efficientnet-lite0"
    """
    words = ["ganmetrics", "report", *(_source(one) for one in (real, *fakes.values()))]
    name = how.name
    if name is not None:
        words += ["--extractor", name]
    words += _given(how, Extraction()) + _given(options, ScoringOptions())
    if how.seed != 0:
        words += ["--seed", str(how.seed)]
    if not options.interval:
        words.append("--no-interval")
    for key, value in extra.items():
        words += [key] if value is True else [key, str(value)]
    return shlex.join(words)


def _given(value: object, default: object) -> list[str]:
    words = []
    for field in fields(value):  # type: ignore[arg-type]
        given = getattr(value, field.name)
        if field.name in NOT_ON_THE_LINE or given == getattr(default, field.name):
            continue
        option = f"--{field.name.replace('_', '-')}"
        words += [option] if given is True else [option, str(given)]
    return words


def _source(source: object) -> str:
    return str(source) if isinstance(source, str | Path) else f"<{type(source).__name__}>"
