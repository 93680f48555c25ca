"""Runs cases of some kinds: ``python -m tests.fuzz.driver KIND... [--seed 0] [--first 0] [--count 500] [--keep DIR]``.

A case is made from its kind, seed and number alone. It may end well or in a `GanMetricsError` whose text is one short
line. Anything else raised is a failure, and so is a case that takes 10 s of processor time or a minute of any time,
or more memory than `ROOM`. Failures are printed as JSON, a line each; after those of a kind comes a line with the
numbers of cases that ended well, were refused and failed. The package is imported plainly: under pytest its arguments
are type-checked.
"""

import argparse
import json
import logging
import os
import random
import resource
import shutil
import signal
import socket
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROCESSOR_SECONDS = 10
SECONDS = 60
ROOM = 3 * 2**30
"""Bytes of address space that all cases of a kind together may take beyond what was taken before them."""
GROWTH = 2_300 * 2**20
"""Bytes by which one case may raise the most memory that the process ever held: what the largest image takes."""
LONGEST = 3000
AGAIN = ", again"
"""Ends the name of what a list's cases of a kind are told under."""

Case = Callable[[random.Random], object]


class TookTooLong(BaseException):
    """A case is not over in its time; no handler of the library may take it for its own."""


@dataclass
class Failure:
    """A case that ended otherwise than it may."""

    kind: str
    seed: int
    number: int
    what: str
    where: str


def main() -> None:
    """Run the cases that the arguments name."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "kind", nargs="+", help="or all, or the path of a list of cases: kind, seed and number in each line"
    )
    for name, default in (("seed", 0), ("first", 0), ("count", 500)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--keep", type=lambda text: Path(text).resolve(), help="copy the files of failures here")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    os.environ.update(XDG_CACHE_HOME=str(folder / "cache"), TORCH_HOME=str(folder / "torch"), HF_HUB_OFFLINE="1")
    os.environ.pop("GANMETRICS_WEIGHTS", None)
    socket.socket.connect = _no_network  # type: ignore[method-assign]
    try:
        _run(arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(arguments: argparse.Namespace, folder: Path) -> None:
    from tests.fuzz.kinds import KINDS

    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    numbers = range(arguments.first, arguments.first + arguments.count)
    chosen: dict[str, list[tuple[int, int]]] = {}
    again: dict[str, list[tuple[int, int]]] = {}
    for given in arguments.kind:
        if given == "all" or given in KINDS:
            cases = [(arguments.seed, number) for number in numbers]
            chosen.update(dict.fromkeys(KINDS if given == "all" else [given], cases))
            continue
        for kind, seed, number in map(str.split, Path(given).read_text(encoding="utf-8").splitlines()):
            again.setdefault(kind, []).append((int(seed), int(number)))
    for name, cases_of in (("", chosen), (AGAIN, again)):
        for kind, cases in cases_of.items():
            place = folder / (kind + name)
            place.mkdir()
            ended = _run_kind(kind, KINDS[kind](place), cases, keep=arguments.keep, place=place)
            _tell({"kind": kind + name, **ended})


def _run_kind(
    kind: str, case: Case, chosen: list[tuple[int, int]], *, keep: Path | None, place: Path
) -> dict[str, int]:
    # Some cases name files, and write them, by names that are looked for here.
    os.chdir(place)
    _limit_memory()
    ended = {"well": 0, "refused": 0, "failed": 0}
    seen: dict[str, int] = {}
    # Where a crash of the process leaves nothing else to tell which case it was.
    last = place.parents[1] / f"fuzz-{os.getpid()}.case"
    for seed, number in chosen:
        last.write_text(f"{kind} {seed} {number}\n")
        state, failure = outcome(case, kind, seed, number)
        ended[state] += 1
        if failure is not None:
            _tell(vars(failure))
            seen[failure.where] = seen.get(failure.where, 0) + 1
            if keep is not None and seen[failure.where] <= 2:
                _keep(place / "case", keep, f"{kind}-{seed}-{number}")
    last.unlink()
    return ended


def outcome(case: Case, kind: str, seed: int, number: int) -> tuple[str, Failure | None]:
    """Return how a case ended, and what is wrong with that."""
    from ganmetrics import GanMetricsError

    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        with _bounded_time():
            case(random.Random(f"{kind} {seed} {number}"))
        state, problem, where = "well", None, ""
    except GanMetricsError as error:
        text = str(error)
        state, problem, where = "refused", None, "message"
        if not text.isprintable() or len(text) > LONGEST or not text:
            problem = f"message of {len(text)} characters: {text[:100]!r}"
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        state, problem = "failed", f"{type(error).__name__}: {str(error)[:200]}"
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "tests/fuzz" not in frame.filename]
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}:{frame.name}" for frame in frames[:-5:-1])
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held
    if problem is None and grown * 1024 > GROWTH:
        problem, where = f"memory grew by {grown // 1024} MB", "memory"
    return ("failed", Failure(kind, seed, number, problem, where)) if problem is not None else (state, None)


@contextmanager
def _bounded_time() -> Iterator[None]:
    def ended(_number: int, _frame: object) -> None:
        raise TookTooLong

    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, ended)
    signal.setitimer(signal.ITIMER_PROF, PROCESSOR_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _tell(what: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _limit_memory() -> None:
    taken = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + ROOM, resource.RLIM_INFINITY))


def _keep(source: Path, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in source.glob("*") if source.is_dir() else ():
        if file.is_file():
            shutil.copy(file, folder / f"{name}-{file.name[-60:]}")


def _no_network(_socket: object, address: object) -> None:
    raise OSError(f"no network here; tried {address}")


if __name__ == "__main__":
    sys.exit(main())
