"""Pictures of runs: names are drawn as written, by matplotlib's own settings."""

import warnings

import pytest

from ganmetrics import InputError
from reference_models.drawing import new_figure, shown_name

NAMES = ("$\\bad$", "a\x1b[2Jb", "two\n$\\lines$", "猫", "x" * 1000)


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{}, {"text.usetex": True}])
def test_names_are_no_mathematics(tmp_path, settings):
    """Nor do settings of the user decide, and nothing is said on the way."""
    matplotlib = pytest.importorskip("matplotlib")
    with warnings.catch_warnings(), matplotlib.rc_context(settings):
        warnings.simplefilter("error")
        with new_figure(tmp_path / "a.png", (4, 4)) as figure:
            axes = figure.subplots()
            for name in NAMES:
                axes.plot([0, 1], label=shown_name(name))
            axes.set(title=shown_name(NAMES[0]))
            axes.legend()
            assert not matplotlib.rcParams["text.usetex"]
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"


def test_a_matplotlib_that_cannot_be_imported_is_told(tmp_path, monkeypatch):
    """In one line, and no file is left."""

    def broken(name):
        raise ValueError(f"{name} has\nbroken settings")

    monkeypatch.setattr("importlib.import_module", broken)
    told = "^a picture needs the package matplotlib, which cannot be imported: matplotlib has broken settings$"
    with pytest.raises(InputError, match=told), new_figure(tmp_path / "a.png", (4, 4)):
        pass
    assert list(tmp_path.iterdir()) == []
