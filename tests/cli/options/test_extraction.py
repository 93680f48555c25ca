"""The options of how images become features reach the value that they are fields of."""

import dataclasses

import click
import pytest
from click.testing import CliRunner

from ganmetrics.cli.options import extraction_options
from ganmetrics.extraction.options import Extraction


def seen_by(seen):
    """A command that only remembers what it got."""

    def command(*, how):
        seen.append(how)

    return command


@pytest.fixture
def parsed():
    """`parsed(*arguments)` is the `Extraction` that a command would get."""

    def call(*arguments):
        seen = []
        result = CliRunner().invoke(click.command()(extraction_options(seen_by(seen))), arguments)
        assert result.exit_code == 0, result.output
        return seen[0]

    return call


def test_nothing_given_is_the_default(parsed):
    """The command line and Python mean the same."""
    assert parsed() == Extraction()


def test_each_option_is_a_field(parsed):
    """Of the same name."""
    found = parsed("--count", "5", "--seed", "2", "--alpha", "drop", "--skip-bad", "--crop", "center", "--frames", "2")
    assert found == Extraction(count=5, seed=2, alpha="drop", skip_bad=True, crop="center", frames=2)


def test_every_field_has_its_option():
    """Precision is part of the extractor's name."""
    command = click.command()(extraction_options(seen_by([])))
    names = {parameter.name for parameter in command.params}
    assert names - {"precision"} == {field.name for field in dataclasses.fields(Extraction)}


def test_precision_is_another_extractor(parsed):
    """Of the default one, where none is named."""
    assert parsed("--precision", "bf16").extractor == "inception-v3@bf16"
    assert parsed("--precision", "bf16", "--extractor", "efficientnet-lite0").extractor == "efficientnet-lite0@bf16"
