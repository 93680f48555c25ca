"""The options of metrics reach the value that they are fields of."""

import dataclasses

import click
from click.testing import CliRunner

from ganmetrics.cli.options import interval_options, scoring_options
from ganmetrics.scoring.options import ScoringOptions


def seen_by(seen):
    """A command that only remembers what it got."""

    def command(*, scoring):
        seen.append(scoring)

    return command


def parsed(options, *arguments):
    """The value that a command would get."""
    seen = []
    result = CliRunner().invoke(click.command()(options(seen_by(seen))), arguments)
    assert result.exit_code == 0, result.output
    return seen[0]


def test_nothing_given_is_the_default():
    """The command line and Python mean the same."""
    assert parsed(scoring_options) == parsed(interval_options) == ScoringOptions()


def test_each_option_is_a_field():
    """--no-interval is the one that is turned round."""
    found = parsed(scoring_options, "--no-interval", "--k", "5", "--subsets", "7", "--memory", "1GB", "--floor")
    assert found == ScoringOptions(interval=False, k=5, subsets=7, memory=10**9, floor=True)


def test_every_field_has_its_option():
    """The seed is that of the images."""
    command = click.command()(scoring_options(seen_by([])))
    names = {parameter.name for parameter in command.params} - {"no_interval"} | {"interval", "seed"}
    assert names == {field.name for field in dataclasses.fields(ScoringOptions)}
