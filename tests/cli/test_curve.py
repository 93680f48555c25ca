"""``evaluate --curve``."""

import pytest

pytestmark = pytest.mark.usefixtures("cheap")
OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0", "-q", "--no-cache")


@pytest.mark.slow
def test_the_curve_is_drawn(run, folders, tmp_path):
    """Beside the lines of scores."""
    pytest.importorskip("matplotlib")
    done = run("evaluate", *folders, *OFFLINE, "--metrics", "curve_recall", "--curve", tmp_path / "curve.png")
    assert (tmp_path / "curve.png").exists() == (done.status == 0)
    assert "curve_recall" in done.out + done.err


def test_a_curve_needs_its_metric(run, folders, tmp_path):
    """Before any image is read."""
    done = run("evaluate", *folders, *OFFLINE, "--curve", tmp_path / "curve.png")
    assert done.status == 2
    assert "--curve needs one of curve_precision, curve_recall" in done.err
