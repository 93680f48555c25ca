"""Who is told how a run goes; the library itself prints nothing."""

import logging
from typing import Protocol, runtime_checkable

logger = logging.getLogger("reference_models")


@runtime_checkable
class Observer(Protocol):
    """Is told of a run while it goes."""

    def said(self, text: str) -> None:
        """Hear what the run does, in one line."""
        ...

    def warned(self, text: str) -> None:
        """Hear what seems wrong, in one line."""
        ...

    def stepped(self, *, step: int, last_step: int, images: int, losses: dict[str, float]) -> None:
        """Hear that a step is done: its number, the number of the last, the images it took, the latest losses."""
        ...


class LoggingObserver:
    """Sends lines to the logger ``reference_models``."""

    def said(self, text: str) -> None:
        """Log at INFO."""
        logger.info("%s", text)

    def warned(self, text: str) -> None:
        """Log at WARNING."""
        logger.warning("%s", text)

    def stepped(self, *, step: int, last_step: int, images: int, losses: dict[str, float]) -> None:
        """Do nothing."""
