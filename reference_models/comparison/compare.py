"""`compare_runs`: tables, curves and samples of several runs in one folder."""

from collections.abc import Sequence
from pathlib import Path

from ganmetrics import StorageError
from reference_models.comparison.curves import read_curves
from reference_models.comparison.pictures import samples
from reference_models.comparison.report import markdown
from reference_models.drawing import can_draw
from reference_models.files import write_whole
from reference_models.recording.grids import write_image
from reference_models.recording.plots import draw_scores
from reference_models.settings import from_flat, read_toml

TABLES, CURVES, SAMPLES = "comparison.md", "curves.png", "samples.png"


def compare_runs(directories: Sequence[Path], out: Path, *, title: str = "", epochs: Sequence[int] = ()) -> str:
    """Write ``comparison.md``, ``samples.png`` and, where matplotlib is installed, ``curves.png``.

    Args:
        directories: of the runs; each of the others is compared with the first.
        out: the folder, in which none of the three may exist.
        title: of the curves; empty for what was measured.
        epochs: whose samples are shown; empty for each run's last.

    Returns:
        The tables, in Markdown.

    Raises:
        CheckpointError: a folder has no scores, or lacks the grid of an epoch.
        ConfigError: the scores do not compare, or an epoch was not scored.
        StorageError: one of the files exists, or the disk refuses.
    """
    taken = [name for name in (TABLES, CURVES, SAMPLES) if (out / name).exists()]
    if taken:
        raise StorageError(f"--out needs a folder without a comparison; {out} has {', '.join(taken)}")
    curves = read_curves(directories)
    size = from_flat(read_toml(curves[0].directory / "config.toml")).net.size
    sheet = samples(curves, size=size, epochs=epochs)
    tables = markdown(curves)
    write_whole(out / TABLES, tables.encode())
    write_image(out / SAMPLES, sheet)
    if can_draw():
        rows = {f"{curve.name}, last {curve.values[-1]:.4g}": list(curve.rows) for curve in curves}
        draw_scores(rows, out / CURVES, title=title)
    return tables
