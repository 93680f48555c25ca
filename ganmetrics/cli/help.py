"""What ``--help`` shows: options and commands in groups by purpose, the common ones first."""

from collections.abc import Sequence
from typing import Any, ClassVar

import click

from ganmetrics.cli.hints import unknown_command, unknown_option

Groups = Sequence[tuple[str, str]]
"""Titles, and the names under each, in the order shown."""

_WIDTH = 100
"""Columns of a help page on a terminal that has as many: names and texts then need one line where they can."""

OPTIONS: Groups = (
    (
        "Common options",
        "metrics maximum minimum not_worse_than half_widths by out top extractor offline count seed to entry "
        "spatial shard as_json quiet version help",
    ),
    (
        "Which images, and how they are read",
        "test real_labels fake_labels others synthetic skip_bad alpha crop resize_to resize_filter bit_depth frames",
    ),
    ("How images become features", "protocol weights precision features name column"),
    ("Intervals, and a scale", "no_interval confidence floor sanity_scale"),
    (
        "Conventions of single metrics",
        "k subsets subset_size splits vendi_order bandwidth wavelet_level curve convention perceptual "
        "perceptual_weights",
    ),
    ("For papers, tables and cards", "csv as_csv row checklist bibtex card dataset model task"),
    ("Speed, memory and what is kept", "device backend batch_size workers memory no_cache cache_features timing"),
)
"""The parameters by purpose."""

OTHER_OPTIONS = "More options"
"""Where an option stands that no group names, such as that of another package."""

COMMANDS: Groups = (
    ("Score", "fid evaluate reconstruct report"),
    ("Compare and understand", "compare plan explain influence sanity gate"),
    ("Keep and prepare", "reference weights cache completion"),
)
OTHER_COMMANDS = "More commands"


class Command(click.Command):
    """A command whose options are listed by purpose, and which says what it is given where something is missing.

    Attributes:
        option_groups: the purposes; another program has its own.
    """

    option_groups: ClassVar[Groups] = OPTIONS

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and tell of all arguments at once where one is missing."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise unknown_option(error.option_name, ctx) from None
        except click.MissingParameter as error:
            if not isinstance(error.param, click.Argument):
                raise
            needed = " ".join(self.collect_usage_pieces(ctx)[1:])
            missing = str(error.param.human_readable_name)
            raise click.UsageError(f"{ctx.command_path} needs {needed}; {missing} is missing", ctx) from None

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, group by group."""
        write_options(self, ctx, formatter, self.option_groups)


class Group(click.Group):
    """A group of commands, its own options and theirs listed by purpose.

    Attributes:
        command_groups: the purposes of commands; another program has its own.
    """

    command_class = Command
    command_groups: ClassVar[Groups] = COMMANDS

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - click's own, passed on
        super().__init__(*arguments, **options)
        self.context_settings.setdefault("max_content_width", _WIDTH)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; an option before the command is mostly one of the command."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise unknown_option(error.option_name, ctx) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; ``help NAME`` shows that of NAME, as ``NAME --help`` does."""
        if args[0] == "help" and "help" not in self.commands:
            asked = [word for word in args[1:] if not word.startswith("-")]
            if not asked:
                click.echo(ctx.get_help(), color=ctx.color)
                ctx.exit()
            args = [*asked, "--help"]
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise unknown_command(args[0], ctx, self.list_commands(ctx))
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the options."""
        self.format_commands(ctx, formatter)
        write_options(self, ctx, formatter, OPTIONS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, group by group, each with its first sentence."""
        listed = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        shown = {name: command for name, command in listed.items() if command is not None and not command.hidden}
        limit = formatter.width - 6 - max(map(len, shown), default=0)
        for title, names in grouped(list(shown), self.command_groups, OTHER_COMMANDS):
            rows = [(name, shown[name].get_short_help_str(limit)) for name in names]
            with formatter.section(title if len(shown) > len(names) else "Commands"):
                formatter.write_dl(rows)


def grouped(names: Sequence[str], groups: Groups, rest: str) -> list[tuple[str, list[str]]]:
    """Return the titles that have any of `names`, with those names in the order of the group.

    >>> grouped(["seed", "mine", "count"], [("common", "count seed"), ("rare", "k")], "more")
    [('common', ['count', 'seed']), ('more', ['mine'])]
    """
    placed = [(title, [name for name in inside.split() if name in names]) for title, inside in groups]
    known = {name for _, inside in placed for name in inside}
    placed.append((rest, [name for name in names if name not in known]))
    return [(title, inside) for title, inside in placed if inside]


def write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter, groups: Groups) -> None:
    """Write the options of a command, group by group; where there is one group only, under the usual title."""
    records: dict[str, list[tuple[str, str]]] = {}
    for parameter in command.get_params(ctx):
        # Arguments are told by the text above; since click 8.5 they have records, too.
        record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
        if record is not None:
            records.setdefault(_name(parameter), []).append(record)
    for title, names in grouped(list(records), groups, OTHER_OPTIONS):
        with formatter.section(title if sum(map(len, records.values())) > len(names) else "Options"):
            formatter.write_dl([record for name in names for record in records[name]])


def _name(parameter: click.Parameter) -> str:
    """Return what the table above calls an option; click has called the one for help by several names."""
    return "help" if "--help" in parameter.opts else str(parameter.name)
