"""The files of a study."""

import builtins
import importlib.util

import numpy as np
import pytest
from PIL import Image

from ganmetrics.commands.sanity.output import check_output, save_study
from ganmetrics.commands.sanity.plot import save_plot
from ganmetrics.commands.sanity.sheet import GAP, MARGIN, SIDE
from ganmetrics.data.decode import decode_stored
from ganmetrics.errors import InputError, StorageError


def test_table_plot_and_sheet_are_written(study, tmp_path):
    """Three files; the table is the study's own."""
    paths = save_study(study, tmp_path)
    assert [path.name for path in paths] == ["sanity.csv", "sanity-examples.png", "sanity.png"]
    assert paths[0].read_text() == study.to_csv()
    plot = np.asarray(Image.open(paths[2]).convert("L"))
    assert plot.shape[1] > plot.shape[0] > 200
    assert plot.std() > 10


def test_the_sheet_shows_the_images(study, tmp_path):
    """A row for each level below the undisturbed one, the pixels those of the sets, enlarged by whole pixels."""
    sheet = np.asarray(Image.open(save_study(study, tmp_path)[1]))
    rows = 1 + sum(len(series.steps) - 1 for series in study.sets.series)
    assert sheet.shape == (rows * (SIDE + GAP), MARGIN + 12 * (SIDE + GAP), 3)
    shown = sheet[: SIDE : SIDE // 8, MARGIN : MARGIN + SIDE : SIDE // 8]
    assert (shown == decode_stored(study.sets.clean.read(0), alpha="white").image).all()
    noisy = study.sets.series[0].steps[1].source.read(2)
    top, left = SIDE + GAP, MARGIN + 2 * (SIDE + GAP)
    assert (sheet[top : top + SIDE : SIDE // 8, left : left + SIDE : SIDE // 8] == noisy).all()


def test_without_matplotlib_the_rest_is_written(study, tmp_path, monkeypatch, caplog):
    """The warning comes before the work as well as after, with the command that installs it."""
    find = importlib.util.find_spec
    monkeypatch.setattr("ganmetrics.optional.find_spec", lambda name: None if name == "matplotlib" else find(name))
    check_output(tmp_path / "out")
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
        check_output(tmp_path / "out")
