"""What the runs were told: the settings that differ, and each one's whole."""

from ganmetrics.pages import Code, Grid, Hidden, Prose, Section
from reference_models.report.runs import RecordedRun

_NOTHING = "–"


def settings_section(runs: list[RecordedRun]) -> Section:
    """Return the settings."""
    whole = tuple(
        Hidden(
            f"Settings of {run.name}", (Code("config.toml", (run.curve.directory / "config.toml").read_text("utf-8")),)
        )
        for run in runs
    )
    if len(runs) == 1:
        return Section("Settings", whole)
    keys = list(dict.fromkeys(key for run in runs for key in run.settings))
    differing = [key for key in keys if len({repr(run.settings.get(key)) for run in runs}) > 1]
    if not differing:
        return Section("Settings", (Prose(("All runs have the same settings.",)), *whole))
    rows = tuple((key, *(str(run.settings.get(key, _NOTHING)) for run in runs)) for key in differing)
    columns = ("setting", *(run.name for run in runs))
    grid = Grid("Settings that differ", columns, rows, numeric=(False,) * len(columns))
    return Section("Settings", (grid, *whole))
