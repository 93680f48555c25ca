"""What ``--help`` shows: commands, and the options of training, in groups by purpose."""

from typing import ClassVar

from ganmetrics.cli.help import Command as GroupedCommand
from ganmetrics.cli.help import Group as GroupedCommands
from ganmetrics.cli.help import Groups


class Command(GroupedCommand):
    """A command with few options, which stand under one title."""

    option_groups: ClassVar[Groups] = ()


class TrainCommand(Command):
    """The command with many."""

    option_groups: ClassVar[Groups] = (
        ("Common options", "data epochs out seed quiet help"),
        ("What is trained", "config assignments"),
        ("How it is scored and recorded", "eval_epochs extractor weights patience tensorboard"),
        ("Going on with a run", "resume more_epochs allow_changed"),
        ("Speed, and where it runs", "device threads precision"),
    )


class Group(GroupedCommands):
    """A group of commands."""

    command_class = Command
    command_groups: ClassVar[Groups] = (
        ("Train and draw", "list train sample study"),
        ("Look at runs", "report compare modes analyse"),
        ("Take along", "export export-data"),
    )
