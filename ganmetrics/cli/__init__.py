"""The command line: parses, calls the library once, prints.

Commands import the library inside their functions, so that ``--help`` and completion do not wait for torch.
"""

import sys
from typing import Any

import click

from ganmetrics import __version__
from ganmetrics._text import printable
from ganmetrics.cli.cache import cache
from ganmetrics.cli.compare import compare
from ganmetrics.cli.completion import completion
from ganmetrics.cli.evaluate import evaluate, fid
from ganmetrics.cli.explain import explain
from ganmetrics.cli.gate import gate
from ganmetrics.cli.help import Group
from ganmetrics.cli.influence import influence
from ganmetrics.cli.interrupt import end_promptly_on_interrupt, leave
from ganmetrics.cli.output import any_text, hold_standard_descriptors, say, while_printing
from ganmetrics.cli.plan import plan
from ganmetrics.cli.processes import check_shared, launched
from ganmetrics.cli.reconstruct import reconstruct
from ganmetrics.cli.reference import reference
from ganmetrics.cli.report import report
from ganmetrics.cli.sanity import sanity
from ganmetrics.cli.weights import weights
from ganmetrics.errors import GanMetricsError

_EPILOG = """\b
Examples:
  ganmetrics fid real_dir fake_dir
  ganmetrics fid real_dir fakes.zip --extractor efficientnet-lite0    offline, no download
  ganmetrics evaluate real_dir fake_dir --metrics fid,kid,precision,recall
  ganmetrics compare real_dir fakes_a fakes_b
  ganmetrics reference build real_dir real.npz && ganmetrics fid real.npz fake_dir

REAL and FAKE are folders (searched through), zip, tar or npz files, stored references and more (docs/inputs.md).
Results go to stdout, everything else to stderr. Exit status: 0 done, 1 an error told in one line, 2 wrong usage,
3 some of the metrics could not be scored, 130 interrupted, 143 terminated.
"""


class _OneLineErrors(Group):
    """Turns the library's errors into one line and status 1, and Ctrl-C into status 130, in this single place."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, which several processes must be able to share where there are several."""
        check_shared(" ".join(args[: 2 if args[:1] == ["reference"] else 1]))
        return super().resolve_command(ctx, args)

    def main(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - click's own, passed on
        """Run the command line, whose output arrives whatever the encoding of the terminal is."""
        with any_text():
            try:
                return super().main(*arguments, **options)
            except OSError as error:
                if not while_printing(error):
                    raise
                say(f"Error: nothing can be written to stdout: {error.strerror}")
                sys.exit(1)

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
            # The library's own blocks have unwound by now, and with them every partial file.
            leave(*interrupt.args)


@click.group(cls=_OneLineErrors, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def command() -> None:
    """Score generated images against real ones: numbers to trust, compare and publish."""


_SCORING = (fid, evaluate, report, compare, plan, influence, explain, sanity, reconstruct, gate)
for _command in (*_SCORING, reference, weights, cache, completion):
    command.add_command(_command)


def main() -> None:
    """Run the command line, ending within a second of Ctrl-C."""
    hold_standard_descriptors()
    end_promptly_on_interrupt()
    try:
        with launched():
            command(prog_name="ganmetrics")
    except GanMetricsError as error:  # of the launcher's variables; the command tells its own
        with any_text():
            say(f"Error: {' '.join(str(error).split())}")
        sys.exit(1)
