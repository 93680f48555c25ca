"""A page for each command, made of what click knows of it: the reference cannot differ from the program."""

import re

import click

from ganmetrics.cli import command as program
from ganmetrics.cli.help import OPTIONS, OTHER_OPTIONS, grouped


def command_pages() -> dict[str, str]:
    """Return the Markdown of every page by its path in the site: a page a command, its own commands on it."""
    pages = {}
    with click.Context(program, info_name="ganmetrics") as context:
        for name in program.list_commands(context):
            found = program.get_command(context, name)
            if found is not None and not found.hidden:
                pages[f"commands/{name}.md"] = "\n\n".join(described(found, context, name, level=1)) + "\n"
    return pages


def described(command: click.Command, parent: click.Context, name: str, *, level: int) -> list[str]:
    """Return the paragraphs of a command: usage, text, options by purpose, then those of its own commands."""
    with click.Context(command, info_name=name, parent=parent) as context:
        usage = command.get_usage(context).removeprefix("Usage: ").strip()
        path = context.command_path.removeprefix("ganmetrics ")
        parts = [f"{'#' * level} {path}", f"```text\n{' '.join(usage.split())}\n```", *paragraphs(command)]
        parts += option_tables(command, context)
        if isinstance(command, click.Group):
            for inner in command.list_commands(context):
                found = command.get_command(context, inner)
                if found is not None:
                    parts += described(found, context, inner, level=level + 1)
    return parts


def paragraphs(command: click.Command) -> list[str]:
    """Return the text of a command, whose marked paragraphs keep their lines."""
    text = (command.help or "").split("\f")[0]
    blocks = [block.strip("\n") for block in text.split("\n\n")]
    kept = [f"```text\n{block[2:].strip()}\n```" if block.startswith("\b") else escaped(block) for block in blocks]
    return [block for block in kept if block.strip()]


def option_tables(command: click.Command, context: click.Context) -> list[str]:
    """Return a table for each purpose that the command has options for."""
    options: dict[str, list[click.Option]] = {}
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            options.setdefault(str(parameter.name), []).append(parameter)
    parts = []
    for title, names in grouped(list(options), OPTIONS, OTHER_OPTIONS):
        rows = [row(option, context) for name in names for option in options[name]]
        parts.append(f"**{title}**\n\n| option | |\n|---|---|\n" + "\n".join(rows))
    return parts


def row(option: click.Option, context: click.Context) -> str:
    """Return the line of an option in its table."""
    record = option.get_help_record(context)
    assert record is not None, option.name
    # A bar ends a cell even inside code, where it cannot be escaped in every reader: choices are told by commas.
    spelled = record[0].replace("|", ", ").replace("INTEGER RANGE", "N").replace("FLOAT RANGE", "X")
    # The name, which style keeps on one line, and what it takes, which may need several on a narrow screen.
    name, taken = re.fullmatch(r"((?:-\w, )?[\w-]+) ?(.*)", spelled).groups()
    spelled = f"`{name}` `{taken}`" if taken else f"`{name}`"
    return f"| {spelled} | {escaped(record[1])} |"


def escaped(text: str) -> str:
    r"""Return a text of click as Markdown that shows the same.

    >>> print(escaped("a <b> | *c*"))
    a &lt;b&gt; \| \*c\*
    """
    found = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for sign in "|*_[]":
        found = found.replace(sign, f"\\{sign}")
    return found
