"""`progress_bar`: a widget in a notebook, a line elsewhere."""

import sys
from types import SimpleNamespace

import pytest

import ganmetrics
from ganmetrics import progress
from ganmetrics.testing import ChannelMeans, random_images


def notebook(monkeypatch):
    """Make this process look like a notebook's kernel."""
    shell = type("ZMQInteractiveShell", (), {})()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))


def test_elsewhere_it_is_a_line(capsys):
    """On stderr, with the stage in words."""
    with ganmetrics.progress_bar(total=10, stage="reading\x1b images") as step:
        step(4)
    shown = capsys.readouterr().err
    assert "reading\\x1b images" in shown
    assert "10" in shown


@pytest.mark.slow
def test_in_a_notebook_it_is_a_widget(monkeypatch):
    """Where ipywidgets is installed; without them it is a line too."""
    pytest.importorskip("ipywidgets")
    notebook(monkeypatch)
    assert progress.in_notebook()
    assert progress._bar().__module__ == "tqdm.notebook"
    monkeypatch.setattr(progress, "find_spec", lambda _: None)
    assert progress._bar().__module__ != "tqdm.notebook"


def test_it_is_a_progress(capsys):
    """Functions take it."""
    score = ganmetrics.fid(
        random_images(20),
        random_images(20, seed=1),
        extractor=ChannelMeans(),
        workers=0,
        progress=ganmetrics.progress_bar,
    )
    assert score.value > 0
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    "given", [{"total": "x", "stage": "reading"}, {"total": -1, "stage": "x"}, {"total": 3, "stage": 3}]
)
def test_what_is_no_stage_is_refused(given):
    """In the words of every other argument."""
    with pytest.raises(ganmetrics.InputError, match="^(total|stage) must be"), ganmetrics.progress_bar(**given):
        pass
