"""Several options that reach a command as one value."""

import click
from click.testing import CliRunner

from ganmetrics.cli.options.gathering import gather_into


def test_a_command_gets_one_value_beside_its_own():
    """Made of the added options' values; the command's own options stay."""
    seen = []

    def work(*, size, name):
        seen.append((size, name))

    added = (click.option("--width", type=int, default=2), click.option("--height", type=int, default=3))
    command = click.command()(click.option("--name", default="x")(gather_into("size", dict, work, added)))
    assert CliRunner().invoke(command, ["--width", "5", "--name", "y"]).exit_code == 0
    assert seen == [({"width": 5, "height": 3}, "y")]
    assert CliRunner().invoke(command, ["--help"]).output.index("--width") < CliRunner().invoke(
        command, ["--help"]
    ).output.index("--height")
