"""`report_runs`: the page of one run, or of several beside each other."""

from collections.abc import Sequence
from pathlib import Path

from ganmetrics.pages import Notes, Page, Prose, Section
from reference_models.report.curves import best_number, curves_section
from reference_models.report.losses import losses_section
from reference_models.report.runs import RecordedRun, read_runs
from reference_models.report.samples import sample_grids_section
from reference_models.report.settings import settings_section


def report_runs(directories: Sequence[Path]) -> Page:
    """Return a page about one run or several: curves with bands, samples over the epochs, losses, warnings, settings.

    Raises:
        CheckpointError: a folder has no scores.
        ConfigError: two runs have one name, or were scored with other features, counts or real images.
    """
    runs = read_runs(directories)
    names = ", ".join(run.name for run in runs)
    first = runs[0].curve.rows[0]
    subtitle = f"{first['metric']}, features of {first['extractor']}, protocol {first['protocol']}. Reference models."
    sections = (
        Section("Verdict", (Prose((" ".join(map(_verdict, runs)),), lead=True),)),
        _warnings(runs),
        curves_section(runs),
        sample_grids_section(runs),
        losses_section(runs),
        settings_section(runs),
    )
    return Page(names, subtitle, sections)


def _verdict(run: RecordedRun) -> str:
    rows = run.curve.rows
    best, last = min(rows, key=best_number), rows[-1]
    ended = f"{run.name} ends at {last['metric']} {best_number(last):.4g} after {last['epoch']} epochs"
    if best["epoch"] == last["epoch"]:
        return f"{ended}, its best."
    return f"{ended}; its best is {best_number(best):.4g} at epoch {best['epoch']}."


def _warnings(runs: list[RecordedRun]) -> Section:
    found = []
    for run in runs:
        told = f"{run.name}, " if len(runs) > 1 else ""
        for event in run.events:
            if event["kind"] in ("warning", "stop"):
                text = event.get("text") or event.get("reason") or "stopped"
                found.append(f"{told}epoch {event['epoch']}: {text}")
    if not found:
        return Section("Warnings", (Prose(("None were recorded.",)),))
    return Section("Warnings", (Notes(tuple(dict.fromkeys(found)), warning=True),))
