"""``ganmetrics completion``: what a shell needs to complete commands, options, extractors and protocols."""

import click

from ganmetrics.cli.help import Command
from ganmetrics.cli.hints import OneOf
from ganmetrics.cli.output import emit

SHELLS = ("bash", "zsh", "fish")


@click.command(cls=Command, short_help="Print what your shell needs to complete commands and options.")
@click.argument("shell", type=OneOf(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    r"""Print the script that makes SHELL complete commands, options, extractors and protocols.

    \b
    For bash, in ~/.bashrc:                  eval "$(ganmetrics completion bash)"
    For zsh, in ~/.zshrc after compinit:     eval "$(ganmetrics completion zsh)"
    For fish, in ~/.config/fish/config.fish: ganmetrics completion fish | source
    """
    from click.shell_completion import get_completion_class

    program = context.find_root()
    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"SHELL needs one of {', '.join(SHELLS)}; got {shell}", context)
    emit(made(program.command, {}, "ganmetrics", "_GANMETRICS_COMPLETE").source())
