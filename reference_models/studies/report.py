"""A study's results as ``study.csv``, ``study.md`` and, where two rows are contrasted, ``losses.png``."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

from reference_models.drawing import can_draw
from reference_models.files import write_whole
from reference_models.recording.plots import draw_losses
from reference_models.recording.records import EVENTS, read_events
from reference_models.studies.tables import Row, TableStudy

_COLUMNS = (
    "row",
    "published_fid",
    "published_seconds_per_epoch",
    "metric",
    "mean",
    "std",
    "seeds",
    "untrained",
    "seconds_per_epoch",
    "parameters",
    "late_g_loss_std",
    "values",
)
"""Of ``study.csv``. ``mean`` and ``std`` are of the distance after the last epoch, over the seeds; ``std`` is empty for
one. ``late_g_loss_std`` is the standard deviation of the generator's loss over the last fifth of a run."""


@dataclass(frozen=True)
class Result:
    """What one row gave with one seed.

    Attributes:
        row: its name.
        seed: of the run.
        directory: of the run.
        metric: what the distances are called.
        first: distance of the untrained generator.
        last: distance after the last epoch.
        seconds: of training an epoch, scoring left out.
        parameters: of both networks.
        unrest: standard deviation of the generator's loss over the last fifth of the run.
    """

    row: str
    seed: int
    directory: Path
    metric: str
    first: float
    last: float
    seconds: float
    parameters: int
    unrest: float


def write_report(out: Path, study: TableStudy, results: list[Result], *, scale: str, source: str) -> None:
    """Write the table of the results so far.

    Raises:
        StorageError: the disk refuses.
    """
    rows = [(row, [result for result in results if result.row == row.name]) for row in study.rows]
    lines = [_line(row, found) for row, found in rows if found]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    write_whole(out / "study.csv", buffer.getvalue().encode())
    write_whole(out / "study.md", _markdown(study, lines, scale=scale, source=source).encode())
    contrasted = [next((r for r in results if r.row == name), None) for name in study.contrast]
    if contrasted and all(contrasted) and can_draw():
        runs = {}
        for result in contrasted:
            if result is not None:
                events = [event for event in read_events(result.directory / EVENTS) if event["kind"] == "losses"]
                runs[f"{result.row}\n{result.metric} {result.last:.4g}, late std {result.unrest:.3g}"] = events
        draw_losses(runs, out / "losses.png")


def _line(row: Row, found: list[Result]) -> dict[str, object]:
    values = [result.last for result in found]
    return {
        "row": row.name,
        "published_fid": row.published,
        "published_seconds_per_epoch": row.seconds,
        "metric": found[0].metric,
        "mean": fmean(values),
        "std": stdev(values) if len(values) > 1 else None,
        "seeds": len(found),
        "untrained": fmean(result.first for result in found),
        "seconds_per_epoch": fmean(result.seconds for result in found),
        "parameters": found[0].parameters,
        "late_g_loss_std": fmean(result.unrest for result in found),
        "values": " ".join(f"{value:.6g}" for value in values),
    }


def _markdown(study: TableStudy, lines: list[dict[str, object]], *, scale: str, source: str) -> str:
    metric = lines[0]["metric"]
    head = (study.title, "study: FID", "study: s/epoch", metric, "untrained", "s/epoch", "parameters", "late std of G")
    table = ["| " + " | ".join(map(str, head)) + " |", "|" + "---|" * len(head)]
    for line in lines:
        spread = "" if line["std"] is None else f" ± {line['std']:.2g}"
        cells = (
            line["row"],
            _or_dash(line["published_fid"]),
            _or_dash(line["published_seconds_per_epoch"]),
            f"{line['mean']:.4g}{spread}",
            f"{line['untrained']:.4g}",
            f"{line['seconds_per_epoch']:.3g}",
            f"{line['parameters']:,}",
            f"{line['late_g_loss_std']:.3g}",
        )
        table.append("| " + " | ".join(map(str, cells)) + " |")
    seeds = max(int(str(line["seeds"])) for line in lines)
    notes = (
        f"Scale {scale}, data {Path(source).name}, {seeds} seed{'s' if seeds > 1 else ''}; ± is the deviation over the "
        "seeds; the last column is the deviation of the generator's loss over the last fifth of a run. The study's "
        "figures are FIDs of 10,000 samples of dogs at 64x64, one run each: differences of one or two may be chance: "
        "they compare with ours in direction only."
    )
    return "\n".join([f"# {study.title[0].upper()}{study.title[1:]}", "", *table, "", notes, ""])


def _or_dash(value: object) -> str:
    return "-" if value is None else f"{value:g}"
