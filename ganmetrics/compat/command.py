"""Running a command that takes another library's place: results on stdout, one line for an error."""

from collections.abc import Callable

import click

from ganmetrics import GanMetricsError
from ganmetrics.cli.interrupt import end_promptly_on_interrupt, leave
from ganmetrics.cli.output import any_text, hold_standard_descriptors


def run(command: click.Command, name: str) -> None:
    """Run a command as ``ganmetrics`` runs its own: the same exit status, the same treatment of Ctrl-C."""
    hold_standard_descriptors()
    end_promptly_on_interrupt()
    with any_text():
        command(prog_name=name)


def told_in_one_line(work: Callable[[], None]) -> None:
    """Do the work; turn the library's errors into one line and exit status 1, and Ctrl-C into status 130."""
    try:
        work()
    except GanMetricsError as error:
        raise click.ClickException(" ".join(str(error).split())) from error
    except KeyboardInterrupt as interrupt:
        leave(*interrupt.args)
