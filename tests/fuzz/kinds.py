"""All kinds of cases, by name: each is prepared in a folder once and then makes a case from a random generator."""

from collections.abc import Callable
from pathlib import Path

from tests.fuzz import calls, containers, files, loops, more_calls, peers, shell, stored, training
from tests.fuzz.driver import Case

KINDS: dict[str, Callable[[Path], Case]] = {
    **files.KINDS,
    **containers.KINDS,
    **calls.KINDS,
    **more_calls.KINDS,
    **stored.KINDS,
    **peers.KINDS,
    **shell.KINDS,
    **training.KINDS,
    **loops.KINDS,
}
