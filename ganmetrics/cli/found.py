"""What a scoring command found, printed as it was asked for."""

import json
from typing import Protocol, runtime_checkable

from ganmetrics.cli.output import emit
from ganmetrics.timing import until_now


@runtime_checkable
class Printable(Protocol):
    """What a scoring command prints."""

    def to_json(self) -> str:
        """Return one JSON object."""
        ...

    def to_text(self) -> str:
        """Return lines for people."""
        ...


def emit_found(found: Printable, *, as_json: bool) -> None:
    """Print what a command found; its JSON gets the stages until now as ``timing``, where they are timed.

    Raises:
        StorageError: as `emit` does.
    """
    stages = until_now()
    if as_json and stages is not None:
        emit(json.dumps({**json.loads(found.to_json()), "timing": stages.to_json()}, indent=2, allow_nan=False))
    else:
        emit(found.to_json() if as_json else found.to_text())
