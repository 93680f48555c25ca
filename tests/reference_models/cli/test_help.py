"""Help lists commands and the many options of training by purpose."""

import re

import click
import pytest
from click.testing import CliRunner

from reference_models.cli import command
from reference_models.cli.help import TrainCommand

GROUPS = [(), *((name,) for name, found in command.commands.items() if isinstance(found, click.Group))]


def told_by(*words):
    """Return what a command line prints."""
    done = CliRunner().invoke(command, words)
    assert done.exit_code == 0
    return done.stdout


def test_options_of_training_are_grouped():
    """Each is under a title, and the common ones come first."""
    told = told_by("train", "--help")
    titles = re.findall(r"^(\w.*):$", told, re.MULTILINE)
    assert titles == [title for title, _ in TrainCommand.option_groups]
    shown = re.findall(r"^  (?:-\w, )?(--[\w-]+)", told, re.MULTILINE)
    expected = [option.opts[-1] for option in command.commands["train"].params if isinstance(option, click.Option)]
    assert sorted(shown) == sorted([*expected, "--help"])


def test_commands_are_grouped():
    """Each is shown once, training first; others than training have one list of options."""
    told = told_by("--help")
    assert told.index("Train and draw:") < told.index("  train ") < told.index("Look at runs:")
    for name in command.commands:
        assert len(re.findall(rf"^  {name} ", told, re.MULTILINE)) == 1
    assert "\nOptions:\n" in told_by("sample", "--help")


@pytest.mark.parametrize("path", GROUPS, ids=" ".join)
def test_no_summary_is_cut(path):
    """A summary that ends in dots says nothing."""
    rows = re.findall(r"^  [a-z-]+  .*", told_by(*path, "--help"), re.MULTILINE)
    assert rows
    assert [row for row in rows if row.endswith("...")] == []
