"""The picture of a study: a panel a disturbance, and nothing half-written."""

from types import SimpleNamespace

import pytest
from PIL import Image

from ganmetrics.commands.sanity import plot
from ganmetrics.commands.sanity.plot import save_plot
from ganmetrics.errors import InputError, StorageError


def report(value, *, lower=True):
    return {"fid": SimpleNamespace(value=value, lower_is_better=lower)}


class Series:
    """The scores of one disturbance."""

    def __init__(self, name, values, *, lower=True):
        self.name, self.unit, self.levels = name, "pixels", tuple(range(len(values)))
        self.reports = tuple(report(value, lower=lower) for value in values)

    def values(self, metric):
        """The values of a metric."""
        return [one[metric].value for one in self.reports]


STUDY = SimpleNamespace(series=(Series("blur", [1.0, 2.0, 4.0]), Series("noise", [1.0, 1.0, 1.0])), metrics=("fid",))


def test_worse_is_up_whatever_the_direction():
    """A distance that grows and a share that falls by as much are drawn alike; what never moves stays at 0."""
    grown, fallen = Series("a", [1.0, 3.0]), Series("a", [3.0, 1.0], lower=False)
    assert plot._worsening(grown, "fid") == plot._worsening(fallen, "fid") == [0.0, 2.0]
    assert plot._largest_change(SimpleNamespace(series=(Series("a", [5.0, 5.0]),)), "fid") == 1.0


@pytest.mark.slow
def test_a_picture_is_written_whole(tmp_path):
    """As wide as four panels."""
    save_plot(STUDY, tmp_path / "sanity.png")
    with Image.open(tmp_path / "sanity.png") as picture:
        assert picture.format == "PNG"
        assert picture.width == round(plot.PANELS_A_ROW * plot.PANEL[0] * 110)


def test_no_folder_and_no_matplotlib_are_told(tmp_path, monkeypatch):
    """In words, and no file is left."""
    with pytest.raises(StorageError):
        save_plot(STUDY, tmp_path / "gone" / "sanity.png")

    def absent(*_, **__):
        raise InputError("a plot needs matplotlib")

    monkeypatch.setattr(plot, "drawing", absent)
    with pytest.raises(InputError, match="matplotlib"):
        save_plot(STUDY, tmp_path / "sanity.png")
    assert list(tmp_path.iterdir()) == []
