"""Cases of the command line: random values of every option of every command."""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from ganmetrics import InputError
from ganmetrics.cli import command
from ganmetrics.testing import write_images
from tests.fuzz import odd
from tests.fuzz.calls import REFERENCE
from tests.fuzz.driver import Case

WORDS = (
    "",
    "x",
    "-",
    "--",
    "-1",
    "0",
    "1",
    "3",
    "1e308",
    "nan",
    "inf",
    "9" * 30,
    "9" * 5000,
    "fid",
    "fid,kid",
    "fid,",
    "1/2",
    "0/0",
    "a\0b",
    "\ud800",
    "\x1b[2J",
    "\n",
    "~",
    "*",
    "[",
    "{a,b}",
    "**",
    "/dev",
    "/dev/null",
    "/dev/zero",
    "/proc/self/mem",
    "x" * 255 + ".npz",
    odd.LONG,
    "timm:",
    "timm:x\0",
    "inception-v3@bf16",
    "cuda:9",
    "meta",
    "９",
    "½",
    "2GB",
    "0.5",
)
FINE = (0, 1, 2, 3, 130)


def _prepare(folder: Path) -> Case:
    place = folder / "shell"
    place.mkdir()
    stored = [place / "real.npz", place / "fake.npz"]
    for path in stored:
        REFERENCE().save(path)
    images = write_images(place / "images", 3)
    known = (*map(str, stored), *map(str, stored), str(images), str(place / "out.npz"))
    commands = list(_commands((), command))

    def case(rng: random.Random) -> None:
        # Patterns and "~" are looked for here.
        os.chdir(place)
        os.environ["HOME"] = str(place)
        words, chosen = rng.choice(commands)
        line = [*words, *_arguments(rng, chosen, known), *_some_options(rng, chosen, known)]
        if rng.random() < 0.05:
            rng.shuffle(line)
        result = CliRunner().invoke(command, line, input="")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        text = result.stderr
        if result.exit_code not in FINE or "Traceback" in text:
            raise AssertionError(f"{line!r:.300} ended with {result.exit_code}: {text[-300:]!r}")
        if result.exit_code:
            raise InputError(text.splitlines()[-1])

    return case


def _commands(words: tuple[str, ...], group: click.Group) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, chosen in group.commands.items():
        # These download.
        if name in ("weights", "sanity"):
            continue
        if isinstance(chosen, click.Group):
            yield from _commands((*words, name), chosen)
        else:
            yield (*words, name), chosen


def _arguments(rng: random.Random, chosen: click.Command, known: tuple[str, ...]) -> list[str]:
    return [
        rng.choice(WORDS) if rng.random() < 0.2 else rng.choice(known)
        for parameter in chosen.params
        if isinstance(parameter, click.Argument)
        for _ in range(rng.choice((1, 2)) if parameter.nargs < 0 else parameter.nargs)
    ]


def _some_options(rng: random.Random, chosen: click.Command, known: tuple[str, ...]) -> list[str]:
    line = ["--offline"] if any("--offline" in parameter.opts for parameter in chosen.params) else []
    options = [parameter for parameter in chosen.params if isinstance(parameter, click.Option)]
    for option in rng.sample(options, min(len(options), rng.randint(0, 3))):
        line.append(option.opts[0])
        if not option.is_flag:
            line.append(_value(rng, option, known))
    return line


def _value(rng: random.Random, option: click.Option, known: tuple[str, ...]) -> str:
    if isinstance(option.type, click.Choice) and rng.random() < 0.5:
        return str(rng.choice(list(option.type.choices)))
    if isinstance(option.type, click.Path) and rng.random() < 0.3:
        return rng.choice(known)
    return rng.choice(WORDS)


KINDS: dict[str, Callable[[Path], Case]] = {"command-line": _prepare}
