"""`report`: the page of a run and of a comparison."""

import dataclasses
import os
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from reference_models.cli import command
from reference_models.errors import CheckpointError
from reference_models.presets import build_config
from reference_models.recording.grids import REAL, SAMPLES, captioned, grid, sample_path, write_image
from reference_models.recording.records import RECORD_COLUMNS, Moment, Records
from reference_models.report.page import report_runs
from reference_models.settings import to_toml
from tests.browser import check_page, start_browser

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def recorded(tmp_path):
    """Write a run's folder: `recorded("dcgan", factor=1.0)`."""

    def write(name, *, factor=1.0, seed=0):
        directory = tmp_path / name
        directory.mkdir()
        (directory / "config.toml").write_text(to_toml(build_config("dcgan", {"net.size": 16, "seed": seed})))
        records = Records(directory)
        records.begin()
        draw = torch.Generator().manual_seed(seed)
        images = torch.randint(0, 256, (64, 3, 16, 16), generator=draw, dtype=torch.uint8)
        write_image(directory / SAMPLES / REAL, grid(images))
        for epoch in (0, 1, 2, 4, 8):
            moment = Moment(epoch, 10 * epoch, 100 * epoch, 60.0 * epoch + 5, 0.0, 5.0)
            value = factor * (20 + 100 / (1 + epoch))
            row = dict.fromkeys(RECORD_COLUMNS) | {
                **dataclasses.asdict(moment),
                "metric": "fd_x",
                "value": value + 30,
                "corrected": value,
                "low": 0.9 * value,
                "high": 1.1 * value,
                "count": 40,
                "real_count": 50,
                "extractor": "x",
                "protocol": "p",
                "seed": seed,
            }
            records.add_scores([row, {**row, "metric": "kid_x", "value": 1 / (1 + epoch)}])
            losses = {"loss/G": 2.0 - epoch / 10, "loss/D": 1.0, "loss/D_real": None, "lr/G": 2e-4, "lr/D": 2e-4}
            records.add("losses", moment, losses)
            write_image(sample_path(directory, epoch), captioned(grid(images // (1 + epoch)), f"epoch {epoch}"))
        records.add("warning", moment, {"text": f"{HOSTILE} may have collapsed"})
        return directory

    return write


def test_a_run_has_its_page(recorded):
    """Verdict, warnings, curves, samples, losses, settings; what was recorded is text."""
    html = report_runs([recorded("dcgan")]).to_html()
    assert "dcgan ends at fd_x 31.11 after 8 epochs, its best." in html
    assert HOSTILE not in html
    assert "may have collapsed" in html
    for title in ("Scores over the training", "Samples", "Losses", "Settings"):
        assert f">{title}</h2>" in html
    assert html.count("<img ") == 7


@pytest.mark.slow
def test_a_comparison_has_its_page(recorded, tmp_path):
    """Runs beside each other, and the settings that differ."""
    runs = [recorded("first"), recorded("second", factor=0.5, seed=3)]
    out = tmp_path / "report.html"
    found = CliRunner().invoke(command, ["report", *map(str, runs), "--out", str(out)])
    assert (found.exit_code, found.stdout) == (0, f"{out}\n")
    html = out.read_text(encoding="utf-8")
    assert "Settings that differ" in html
    assert "second, corrected" in html


def test_a_folder_without_scores_is_refused(tmp_path):
    """In one line."""
    with pytest.raises(CheckpointError, match="needs scores"):
        report_runs([tmp_path])


@pytest.mark.slow
def test_it_stands_in_a_browser(recorded, tmp_path):
    """At two widths, light and dark. GANMETRICS_PICTURES names a folder for the pictures."""
    browser = start_browser()
    try:
        folder = os.environ.get("GANMETRICS_PICTURES")
        for name, runs in (
            ("run", [recorded("dcgan")]),
            ("runs", [recorded("one"), recorded("two", factor=0.5, seed=3)]),
        ):
            path = tmp_path / f"{name}.html"
            report_runs(runs).save(path)
            check_page(browser, path, folder=None if folder is None else Path(folder), name=f"training-{name}")
    finally:
        browser.close()
