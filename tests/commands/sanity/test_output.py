"""The files of a study."""

import builtins
import importlib.util

import numpy as np
import pytest
from PIL import Image

from ganmetrics.commands.sanity.output import check_sanity_output, save_study
from ganmetrics.commands.sanity.plot import save_plot
from ganmetrics.data.decode import decode_stored
from ganmetrics.errors import InputError, StorageError
from ganmetrics.report.pictures import SHEET_GAP, SHEET_MARGIN, THUMBNAIL, TITLE_SIZE


@pytest.mark.slow
def test_table_plot_and_sheet_are_written(study, tmp_path):
    """Three files; the table is the study's own."""
    paths = save_study(study, tmp_path)
    assert [path.name for path in paths] == ["sanity.csv", "sanity-examples.png", "sanity.png"]
    assert paths[0].read_text(encoding="utf-8") == study.to_csv()
    plot = np.asarray(Image.open(paths[2]).convert("L"))
    assert plot.shape[1] > plot.shape[0] > 200
    assert plot.std() > 10


@pytest.mark.slow
def test_the_sheet_shows_the_images(study, tmp_path):
    """A row for each level below the undisturbed one, the pixels those of the sets, enlarged by whole pixels."""
    sheet = np.asarray(Image.open(study.save(tmp_path / "new")[1]))
    row, title = THUMBNAIL + SHEET_GAP, TITLE_SIZE + 2 * SHEET_GAP
    steps = sum(len(series.steps) - 1 for series in study.sets.series)
    height = 2 * SHEET_MARGIN + (1 + steps) * row + (1 + len(study.sets.series)) * title
    assert sheet.shape == (height, 2 * SHEET_MARGIN + 10 * row - SHEET_GAP, 3)
    top = SHEET_MARGIN + TITLE_SIZE + SHEET_GAP
    assert (shown(sheet, top, SHEET_MARGIN) == decode_stored(study.sets.clean.read(0), alpha="white").image).all()
    first = study.sets.series[0]
    for level, step in enumerate(first.steps[1:]):
        below = top + row + title + level * row
        assert (shown(sheet, below, SHEET_MARGIN + 2 * row) == step.source.read(2)).all()


def shown(sheet, top, left, side=8):
    """Return the pixels of a small image of the sheet, enlarged by a whole factor."""
    factor = THUMBNAIL // side
    thumbnail = sheet[top : top + THUMBNAIL, left : left + THUMBNAIL]
    assert (thumbnail == thumbnail[::factor, ::factor].repeat(factor, 0).repeat(factor, 1)).all()
    return thumbnail[::factor, ::factor]


@pytest.mark.slow
def test_without_matplotlib_the_rest_is_written(study, tmp_path, monkeypatch, caplog):
    """The warning comes before the work as well as after, with the command that installs it."""
    find = importlib.util.find_spec
    monkeypatch.setattr("ganmetrics.optional.find_spec", lambda name: None if name == "matplotlib" else find(name))
    check_sanity_output(tmp_path / "out")
    assert 'no plot is written: a plot needs the package matplotlib, which is not installed: pip install "ganm' in (
        caplog.text
    )
    assert [path.name for path in save_study(study, tmp_path)] == ["sanity.csv", "sanity-examples.png"]


def test_a_plot_without_matplotlib_is_one_line(study, tmp_path, monkeypatch):
    """The library's own call says what is missing."""
    plain = builtins.__import__

    def refuse(name, *arguments, **options):
        if name.startswith("matplotlib"):
            raise ModuleNotFoundError(name=name)
        return plain(name, *arguments, **options)

    monkeypatch.setattr("ganmetrics.optional.import_module", refuse)
    with pytest.raises(InputError, match=r"a plot needs the package matplotlib.*ganmetrics\[plots\]"):
        save_plot(study, tmp_path / "plot.png")
    assert not list(tmp_path.glob("*.png"))


def test_a_folder_that_cannot_be_made_is_known_before(tmp_path):
    """A file in its place."""
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(StorageError, match="out cannot be written"):
        check_sanity_output(tmp_path / "out")
