"""The picture of a precision-recall curve."""

import warnings

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


@pytest.mark.slow
def test_names_are_no_mathematics_and_settings_of_the_user_no_part(tmp_path):
    """A name is drawn as it is written, be it of commands to LaTeX or to a terminal, and nothing is said on the way."""
    matplotlib = pytest.importorskip("matplotlib")
    names = ("$\\bad$.npy", "a\x1b[2Jb\nc", "_hidden", "x" * 300, "猫")
    with warnings.catch_warnings(), matplotlib.rc_context({"text.usetex": True}):
        warnings.simplefilter("error")
        save_curve(dict.fromkeys(names, (TABLE,)), tmp_path / "curve.png")
    save_curve(dict.fromkeys(names, (TABLE,)), tmp_path / "again.png")
    save_curve(dict.fromkeys(["other", *names[1:]], (TABLE,)), tmp_path / "other.png")
    pictures = [(tmp_path / f"{name}.png").read_bytes() for name in ("curve", "again", "other")]
    assert pictures[0] == pictures[1] != pictures[2]
