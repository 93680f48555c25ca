"""Help lists options and commands by purpose, the common ones first, and names every one once."""

import re

import click
import pytest
from click.testing import CliRunner

from ganmetrics.cli import command
from ganmetrics.cli.help import OTHER_OPTIONS, Command, Group


def commands(group, path=()):
    """Return every command of a group with the words that call it."""
    for name, found in group.commands.items():
        if isinstance(found, click.Group):
            yield from commands(found, (*path, name))
        yield (*path, name), found


ALL = dict(commands(command))
OPTIONS_START = re.compile(r"^(?:Common options|Options):$", re.MULTILINE)


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_option_is_shown_once(run, path):
    """Nothing is lost by the grouping, and each stands under one title."""
    told = run(*path, "--help")
    assert told.status == 0
    shown = re.findall(r"^  (?:-\w, )?(--[\w-]+)", OPTIONS_START.split(told.out, maxsplit=1)[1], re.MULTILINE)
    expected = [option.opts[-1] for option in ALL[path].params if isinstance(option, click.Option)]
    assert sorted(shown) == sorted([*expected, "--help"])


def test_the_common_ones_come_first(run):
    """What most people need is on the first screen of the longest page."""
    told = run("evaluate", "--help").out.split("Common options:")[1]
    first, _ = told.split("Which images, and how they are read:")
    assert [name for name in ("--metrics", "--extractor", "--offline", "--count", "--json", "--quiet") if name in first]
    assert "--bit-depth" not in first


def test_commands_are_grouped(run):
    """Every command is shown once, `fid` first."""
    told = run("--help").out
    titles = re.findall(r"^(\w.*):$", told, re.MULTILINE)
    assert titles[:3] == ["Score", "Compare and understand", "Keep and prepare"]
    assert told.index("  fid ") < told.index("  evaluate ")
    for name in command.commands:
        assert len(re.findall(rf"^  {name} ", told, re.MULTILINE)) == 1


def test_no_summary_is_cut(run):
    """A summary that ends in dots says nothing."""
    groups = [path for path, found in ALL.items() if isinstance(found, click.Group)]
    for path in ((), *groups):
        rows = re.findall(r"^  [a-z]+  .*", run(*path, "--help").out, re.MULTILINE)
        assert rows
        assert [row for row in rows if row.endswith("...")] == []


def test_an_option_of_nobody_is_shown_at_the_end():
    """A command of another package may have options that no group here knows."""

    @click.command(cls=Command)
    @click.option("--odd", help="Of another package.")
    @click.option("--count", help="Known.")
    def mine() -> None:
        """Do something."""

    group = Group("mine", commands={"mine": mine})
    told = CliRunner().invoke(group, ["mine", "--help"]).output
    assert told.index("Common options:") < told.index("--count") < told.index(f"{OTHER_OPTIONS}:") < told.index("--odd")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("fid",), "fid needs REAL FAKE; REAL is missing"),
        (("fid", "real"), "fid needs REAL FAKE; FAKE is missing"),
        (("compare", "real"), "compare needs REAL A B"),
        (("evaluate", "real", "fake", "--metrics", "precison"), "did you mean precision?"),
        (("fid", "real", "fake", "--extractor", "eficientnet-lite0"), "did you mean efficientnet-lite0?"),
        (("score",), "No such command"),
    ],
)
def test_wrong_usage_names_the_remedy(run, words, told):
    """What was forgotten or misspelled."""
    found = run(*words)
    assert found.status == 2
    assert told in found.err


@pytest.mark.parametrize("group", ["weights", "reference", "cache"])
def test_a_group_without_a_command_prints_its_help(run, group):
    """In lines, with the status of wrong usage."""
    found = run(group)
    assert found.status == 2
    assert "\n\nCommands:\n" in found.err


@pytest.mark.parametrize("path", [(), *ALL], ids=" ".join)
def test_help_is_a_command_as_well(run, path):
    """`help fid` is what `fid --help` shows, inside groups, too."""
    told = run("help", *path)
    assert (told.status, told.out) == (0, run(*path, "--help").out)
    if path:
        assert run(*path[:-1], "help", path[-1]).out == told.out


def test_help_of_nothing(run):
    """A command that there is not."""
    found = run("help", "fdi")
    assert found.status == 2
    assert "No such command 'fdi'; did you mean fid?" in found.err
