"""The command line: parses, calls the library once, prints."""

import os
import signal
import sys
from typing import Any, NoReturn

import click

from ganmetrics import GanMetricsError, printable
from reference_models.cli.analyse import analyse
from reference_models.cli.compare import compare
from reference_models.cli.export import export, export_data
from reference_models.cli.help import Group
from reference_models.cli.listing import list_presets
from reference_models.cli.modes import modes
from reference_models.cli.output import any_text
from reference_models.cli.report import report
from reference_models.cli.sample import sample
from reference_models.cli.study import study
from reference_models.cli.train import train

_EPILOG = """\b
Examples:
  python -m reference_models list --shapes dcgan-64
  python -m reference_models train dcgan --data shapes --epochs 5 --eval-epochs 0,1,5 --set net.width=16 --out run
  python -m reference_models train acgan --data cifar10:data --epochs 20 --out run
  python -m reference_models train --resume run --more-epochs 5
  python -m reference_models sample run --count 5000 --out fakes
  python -m reference_models sample zoo:shapes-cgan --count 1000 --out fakes.npz
  python -m reference_models export-data shapes --count 1000 --out real.npz
  python -m reference_models compare run other-run --out comparison
  python -m reference_models report run other-run --out report.html
  python -m reference_models study schedule --out study
  python -m reference_models analyse walk run --out analysis

Results go to stdout, everything else to stderr. Exit status: 0 done, 1 an error told in one line, 2 wrong usage,
130 interrupted (and saved), 143 by SIGTERM, 129 by SIGHUP.
"""


class _OneLineErrors(Group):
    """Turns the errors of both packages into one line and status 1, and Ctrl-C and other signals into theirs."""

    def main(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - click's own, passed on
        """Run the command line, whose output arrives whatever the encoding of the terminal is."""
        with any_text():
            return super().main(*arguments, **options)

    def invoke(self, context: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(context)
        except GanMetricsError as error:
            raise click.ClickException(" ".join(str(error).split())) from error
        except click.exceptions.NoArgsIsHelpError:
            # A page of help, whose lines are to stay lines.
            raise
        except click.ClickException as error:
            # What was typed, or matched by the shell, is told by click too.
            vars(error).update(message=printable(error.message))
            raise
        except KeyboardInterrupt as interrupt:
            _leave(interrupt)


def _leave(interrupt: KeyboardInterrupt) -> NoReturn:
    """End with the status of the signal that has come: its number is the error's argument; Ctrl-C's own has none."""
    from reference_models.training.interrupt import SIGNALS

    number = next((number for number in SIGNALS if number in interrupt.args), signal.SIGINT)
    try:
        click.echo(SIGNALS[number], err=True)
    except OSError:
        # The terminal is gone. Python would try again as it ends, and end with another status.
        os._exit(128 + number)
    sys.exit(128 + number)


@click.group(cls=_OneLineErrors, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Train the reference models, scored epoch by epoch with ganmetrics, and look at what they learnt."""


for _command in (list_presets, train, sample, export, export_data, compare, report, modes, study, analyse):
    command.add_command(_command)


def main() -> None:
    """Run the command line."""
    command()
