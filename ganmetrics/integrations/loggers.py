"""Scores in the logs that people use: value, corrected, low and high as series, and the report as an artifact.

A log is any object with the method of `ScoreLog`; those below need the packages that they are named after.
"""

import codecs
import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Protocol, runtime_checkable

from ganmetrics import InputError, Report, StorageError
from ganmetrics._files import as_path
from ganmetrics._text import clipped, one_line, shown
from ganmetrics.core import checks
from ganmetrics.optional import require

FIELDS = ("value", "corrected", "low", "high", "std")
"""What a score has as series; those that it has not are left out."""

CSV_COLUMNS = ("step", "name", *FIELDS, "real_count", "fake_count", "extractor", "protocol")

ARTIFACT = r"[A-Za-z0-9._-]{1,128}"
"""Names that W&B takes for an artifact."""
LONGEST_LINE = 1000
"""Characters of a file's first line that are looked at: a file of another kind may have no end of line."""
LONGEST_ROW = 2**16
"""Bytes at a file's end that are looked at for a row that was cut short."""


@runtime_checkable
class ScoreLog(Protocol):
    """Takes the scores of one step."""

    def log(self, report: Report, step: int) -> None:
        """Write them."""
        ...


def series_of(report: Report, *, prefix: str = "") -> dict[str, float]:
    """Return the numbers of a report by the names of their series: ``fid``, ``fid_corrected``, ``fid_low``...

    No name has another one and a slash in it: MLflow's store of files would need a file and a folder of one name.

    >>> from ganmetrics import Score
    >>> series_of(Report({"fid": Score("fid", 12.5, corrected=12.0, low=11.5, high=12.5)}))
    {'fid': 12.5, 'fid_corrected': 12.0, 'fid_low': 11.5, 'fid_high': 12.5}

    Raises:
        InputError: it is no report, or the prefix no text.
    """
    checks.of_type("report", report, Report, "a report")
    check_logs(prefix)
    return dict(_series(report, prefix))


def _series(report: Report, prefix: str) -> Iterator[tuple[str, float]]:
    for name, score in report.items():
        for field in FIELDS:
            number = getattr(score, field)
            if number is not None:
                yield prefix + (name if field == "value" else f"{name}_{field}"), float(number)


def check_logs(prefix: object, logs: object = ()) -> tuple[str, tuple[ScoreLog, ...]]:
    """Return the prefix of series' names and the logs, where they are what is needed.

    Raises:
        InputError: the prefix is no text, or one of the logs has no method ``log``.
    """
    if not isinstance(prefix, str) or not _is_encodable(prefix):
        raise InputError(f"prefix must be text that a log can hold; got {shown(prefix)}")
    checks.of_type("logs", logs, Sequence, "a list of logs")
    assert isinstance(logs, Sequence)
    for log in logs:
        checks.of_type("logs", log, ScoreLog, "a list of logs, which have a method log(report, step)")
    return prefix, tuple(logs)


class CsvLog:
    """One row a score in a CSV file, which is read and plotted anywhere; nothing is installed for it.

    Args:
        path: the file; rows are added to one that this class wrote before. One that was cut short, as by a process that
            was killed, stays as it is, and the next begins on a line of its own.

    Raises:
        InputError: no file can have the name; or, when a report is written, the file has other columns.
        StorageError: when a report is written: the disk refuses.

    >>> import tempfile
    >>> from pathlib import Path
    >>> from ganmetrics import Score
    >>> path = Path(tempfile.mkdtemp()) / "scores.csv"
    >>> CsvLog(path).log(Report({"fid": Score("fid", 12.5, real_count=100, fake_count=50)}), 3)
    >>> print(path.read_text().strip())
    step,name,value,corrected,low,high,std,real_count,fake_count,extractor,protocol
    3,fid,12.5,,,,,100,50,,
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = as_path(path)

    def log(self, report: Report, step: int) -> None:
        """Add the scores of one step, all of them in one write.

        Raises:
            InputError: the file has other columns.
            StorageError: the file or the disk refuses.
        """
        checks.of_type("report", report, Report, "a report")
        step = checks.whole("step", step, least=0)
        try:
            self._add(report, step)
        except OSError as error:
            raise StorageError(f"{clipped(self.path)} cannot be written: {one_line(error)}") from None

    def _add(self, report: Report, step: int) -> None:
        # A pipe would wait for a reader, a device may have no end.
        if self.path.exists() and not self.path.is_file():
            raise OSError("it is no file")
        rows = io.StringIO()
        writer = csv.writer(rows, lineterminator="\n")
        if not self._has_header():
            writer.writerow(CSV_COLUMNS)
        for name, score in report.items():
            writer.writerow([step, name, *(_cell(getattr(score, column)) for column in CSV_COLUMNS[2:])])
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            file.write(_end_of_row(file) + rows.getvalue().encode())

    def _has_header(self) -> bool:
        if not self.path.exists() or self.path.stat().st_size == 0:
            return False
        with self.path.open(encoding="utf-8", errors="replace") as file:
            first = file.readline(LONGEST_LINE).strip()
        if first != ",".join(CSV_COLUMNS):
            raise InputError(f"{self.path} has other columns, {first:.80}; name another file")
        return True


def _end_of_row(file: BinaryIO) -> bytes:
    """Return what ends the last row of a file where a write was cut short, so that no later row is glued to it.

    A row that is whole but for its end of line is whole then; half a one stays, with fewer cells, and loses no other.
    Of a character that is no whole one the bytes are removed: readers would refuse the file for them.
    """
    end = file.seek(0, os.SEEK_END)
    file.seek(max(end - LONGEST_ROW, 0))
    row = file.read().rpartition(b"\n")[2]
    if not row:
        return b""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(row)
    cut_character, _ = decoder.getstate()
    if cut_character:
        file.truncate(end - len(cut_character))
    # An open quote would take the next rows for its own text.
    return b'"\n' if row.count(b'"') % 2 else b"\n"


class TensorBoardLog:
    """Series in TensorBoard, and the report as text.

    Args:
        writer: a `torch.utils.tensorboard.SummaryWriter` that training uses already; or the folder of a new one.
        prefix: of the names of the series.

    Raises:
        InputError: an argument is not what is needed.
        StorageError: the folder cannot be made.
    """

    def __init__(self, writer: Any, *, prefix: str = "") -> None:  # noqa: ANN401 - a writer or a folder
        if isinstance(writer, str | os.PathLike):
            tensorboard = require("torch.utils.tensorboard", extra="tensorboard", user="TensorBoardLog")
            folder = as_path(writer)
            try:
                writer = tensorboard.SummaryWriter(str(folder))
            except OSError as error:
                raise StorageError(f"{clipped(folder)} cannot be written: {one_line(error)}") from None
        check_methods("writer", writer, "add_scalar", "add_text", "flush")
        self.writer, self.prefix = writer, check_logs(prefix)[0]

    def log(self, report: Report, step: int) -> None:
        """Write the scores of one step."""
        step = checks.whole("step", step, least=0)
        for name, number in series_of(report, prefix=self.prefix).items():
            self.writer.add_scalar(name, number, step)
        self.writer.add_text(f"{self.prefix}report", f"```json\n{report.to_json()}\n```", step)
        self.writer.flush()


class WandbLog:
    """Series in Weights & Biases, and the report as an artifact, a version a step.

    Args:
        run: what ``wandb.init`` returned; offline runs will do.
        prefix: of the names of the series.
        artifact: the name of the report's artifact.

    Raises:
        InputError: an argument is not what is needed.
    """

    def __init__(self, run: Any, *, prefix: str = "", artifact: str = "ganmetrics-report") -> None:  # noqa: ANN401
        check_methods("run", run, "log", "log_artifact")
        if not isinstance(artifact, str) or not re.fullmatch(ARTIFACT, artifact):
            raise InputError(
                f"artifact must be 1 to 128 letters, digits, dashes, underscores and dots; got {shown(artifact)}"
            )
        self.run, self.prefix, self.artifact = run, check_logs(prefix)[0], artifact

    def log(self, report: Report, step: int) -> None:
        """Write the scores of one step; the step is a series too, since W&B's own steps must not go back."""
        step = checks.whole("step", step, least=0)
        wandb = require("wandb", extra="wandb", user="WandbLog")
        self.run.log(series_of(report, prefix=self.prefix) | {f"{self.prefix}step": step})
        artifact = wandb.Artifact(self.artifact, type="report", metadata={"step": step})
        with artifact.new_file("report.json") as file:
            file.write(report.to_json())
        self.run.log_artifact(artifact)


class MlflowLog:
    """Series in MLflow, and the report as an artifact of the run.

    Args:
        client: an ``mlflow.MlflowClient``.
        run_id: the run; ``mlflow.active_run().info.run_id`` inside one.
        prefix: of the names of the series.

    Raises:
        InputError: an argument is not what is needed.
    """

    def __init__(self, client: Any, run_id: str, *, prefix: str = "") -> None:  # noqa: ANN401 - MLflow's
        check_methods("client", client, "log_metric", "log_text")
        checks.of_type("run_id", run_id, str, "text")
        self.client, self.run_id, self.prefix = client, run_id, check_logs(prefix)[0]

    def log(self, report: Report, step: int) -> None:
        """Write the scores of one step."""
        step = checks.whole("step", step, least=0)
        for name, number in series_of(report, prefix=self.prefix).items():
            self.client.log_metric(self.run_id, name, number, step=step)
        self.client.log_text(self.run_id, report.to_json(), f"ganmetrics/report-{step:08d}.json")


def _is_encodable(text: str) -> bool:
    """Tell whether a text has no half of a character, which no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_methods(name: str, value: object, *needed: str) -> None:
    """Refuse what cannot be an object of the package that is meant.

    Raises:
        InputError: naming the methods that it needs.
    """
    missing = [method for method in needed if not callable(getattr(value, method, None))]
    if missing:
        raise InputError(f"{name} must have the methods {', '.join(needed)}; got {clipped(type(value).__name__)}")


def _cell(value: object) -> object:
    return "" if value is None else value
