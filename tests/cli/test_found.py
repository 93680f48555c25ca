"""What a command found, printed as it was asked for."""

import json

from ganmetrics.cli.found import Printable, emit_found
from ganmetrics.timing import stage, timed


class Found:
    """Something to print."""

    def to_json(self):
        """Return one object."""
        return '{"value": 1.5}'

    def to_text(self):
        """Return lines."""
        return "value: 1.5"


def test_text_or_json(capsys):
    """One of both."""
    assert isinstance(Found(), Printable)
    emit_found(Found(), as_json=False)
    assert capsys.readouterr().out == "value: 1.5\n"
    emit_found(Found(), as_json=True)
    assert json.loads(capsys.readouterr().out) == {"value": 1.5}


def test_timed_stages_join_the_json(capsys):
    """Under a key of their own; the text stays."""
    with timed():
        with stage("scores"):
            pass
        emit_found(Found(), as_json=True)
        assert set(json.loads(capsys.readouterr().out)) == {"value", "timing"}
        emit_found(Found(), as_json=False)
        assert capsys.readouterr().out == "value: 1.5\n"
