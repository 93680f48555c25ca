"""A figure of the scores."""

import pytest

import ganmetrics
from ganmetrics.errors import InputError
from ganmetrics.report.plot import plot
from ganmetrics.report.report import Report
from ganmetrics.testing import ChannelMeans, random_images

pytest.importorskip("matplotlib")


@pytest.mark.slow
def test_a_line_for_each_score():
    """With its direction; the corrected value beside the plain one."""
    report = ganmetrics.evaluate(
        random_images(60), random_images(50, seed=1), metrics=("fid", "precision"), extractor=ChannelMeans(), workers=0
    )
    panels = plot(report).axes
    assert [panel.get_ylabel().split("\n")[0] for panel in panels] == list(report)
    assert ["lower" in panel.get_ylabel() for panel in panels] == [True, False]
    assert [len(panel.lines) for panel in panels] == [3, 2]


def test_no_score_no_figure():
    """Told in words."""
    with pytest.raises(InputError, match="a figure needs scores"):
        plot(Report({}, {}))


@pytest.mark.slow
def test_the_name_of_an_encoder_is_no_mathematics(tmp_path):
    """It is drawn as it is written."""
    sets = [ganmetrics.Features(random_images(60, seed=seed).double().mean((2, 3)), name="$\\bad$") for seed in (0, 1)]
    plot(ganmetrics.evaluate(*sets)).savefig(tmp_path / "plot.png")
