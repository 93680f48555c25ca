"""A run on stderr: lines, warnings, and a bar with losses, images a second and the time left."""

import sys
from contextlib import suppress
from types import TracebackType
from typing import Any

import click
from tqdm import tqdm

from ganmetrics import printable


class Display:
    """Shows a run; the bar only where stderr is a terminal.

    Args:
        quiet: show warnings only.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: Any = None  # a bar of tqdm, whose type parameter nothing decides
        self._shown: dict[str, float] = {}

    def __enter__(self) -> "Display":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def said(self, text: str) -> None:
        """Show a line."""
        if not self._quiet:
            self._write(text)

    def warned(self, text: str) -> None:
        """Show a warning."""
        self._write(f"warning: {text}")

    def stepped(self, *, step: int, last_step: int, images: int, losses: dict[str, float]) -> None:
        """Move the bar on."""
        if self._bar is None:
            self._bar = tqdm(
                total=last_step * images,
                initial=(step - 1) * images,
                unit=" images",
                unit_scale=True,
                file=sys.stderr,
                dynamic_ncols=True,
                disable=self._quiet or sys.stderr is None or not sys.stderr.isatty(),
            )
        if losses is not self._shown:
            self._shown = losses
            totals = {name.removeprefix("loss/"): losses[name] for name in ("loss/D", "loss/G") if name in losses}
            self._bar.set_postfix({name: f"{loss:.3f}" for name, loss in totals.items()}, refresh=False)
        self._bar.update(images)

    def _write(self, text: str) -> None:
        if self._bar is not None:
            self._bar.clear()
        # A run does not end because nobody can read of it.
        with suppress(OSError):
            click.echo(printable(text), err=True)
