"""The options of a run: what it keeps, prints and times."""

import json

import click
import pytest
from click.testing import CliRunner

from ganmetrics.cli.options import cache_options, json_option, timing_option
from ganmetrics.cli.output import emit
from ganmetrics.references.cache import reference_directory


@pytest.mark.parametrize(("arguments", "kept"), [([], True), (["--no-cache"], False)])
def test_the_cache_is_a_folder_or_nothing(arguments, kept):
    """The user's own folder, unless it is not wanted."""
    seen = []

    def command(*, cache):
        seen.append(cache)

    assert CliRunner().invoke(click.command()(cache_options(command)), arguments).exit_code == 0
    assert seen == [reference_directory() if kept else None]


@pytest.mark.parametrize("arguments", [["--timing"], ["--timing", "--json"], []])
def test_times_go_to_stderr_and_never_into_the_result(arguments):
    """With --json they are the command's own to print."""

    def command(*, as_json):
        emit(json.dumps({"as_json": as_json}))

    result = CliRunner().invoke(click.command()(json_option(timing_option(command))), arguments)
    assert json.loads(result.stdout) == {"as_json": "--json" in arguments}
    assert ("importing torch" in result.stderr) == (arguments == ["--timing"])
