"""The picture of a precision-recall curve."""

import pytest

from ganmetrics.errors import InputError
from ganmetrics.report import Table
from ganmetrics.report.curve import CURVE, save_curve

TABLE = Table(CURVE, "a curve", ("recall", "precision"), ((0.0, 1.0), (0.5, 0.9), (1.0, 0.0)))


@pytest.mark.slow
def test_a_picture_of_what_has_a_curve(tmp_path):
    """A generator without one is passed over; where none has one nothing is written."""
    pytest.importorskip("matplotlib")
    save_curve({"mine": (TABLE,), "theirs": (TABLE,), "without": ()}, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(InputError, match="needs a precision-recall curve; without has none"):
        save_curve({"without": ()}, tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()
