"""The JSON Schema of a report, and its version."""

import json
from importlib.resources import files
from typing import Any

FORMAT = "ganmetrics-report/1"
"""What a report's JSON says of itself; the number rises where a reader of an older one would fail."""


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that every report of this version meets.

    >>> report_schema()["properties"]["format"]["const"] == FORMAT
    True
    """
    schema: dict[str, Any] = json.loads(files("ganmetrics.report").joinpath("report-1.schema.json").read_text("utf-8"))
    return schema
