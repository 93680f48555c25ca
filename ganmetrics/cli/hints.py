"""What a wrong word on the command line is answered with: the name that was meant, where one is near."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from pathlib import Path

import click

from ganmetrics._files import is_there

_NEAR = 0.7
"""Share of letters in common, in order, from which on a name is near: one letter in four is lost, added or another.
At click's 0.6 the dashes of two options go half of the way."""

_WORD = 3
"""Letters of the shortest word by which a longer name is found: top, out."""

_SHOWN = 3
"""Commands that one sentence names."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name that is spelled most nearly so, else the shortest that begins so; None without either.

    >>> nearest("precison", ["recall", "precision"]), nearest("batch", ["batch-size"]), nearest("fdi", ["fid", "is"])
    ('precision', 'batch-size', 'fid')
    >>> nearest("quality", ["recall", "precision"])
    """
    folded = word.lower()
    names = {name: name.lower() for name in known}
    likeness = {name: _likeness(folded, lower) for name, lower in names.items()}
    best = max(likeness, key=lambda name: likeness[name], default=None)
    if best is not None and likeness[best] >= _NEAR:
        return best
    begun = [name for name, lower in names.items() if _begins(lower, folded) or _begins(folded, lower)]
    return min(begun, key=len, default=None)


def meant(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about an unknown word: which name is near.

    >>> meant("precison", ["recall", "precision"]), meant("quality", ["recall", "precision"])
    ('; did you mean precision?', '.')
    """
    near = nearest(word, known)
    return "." if near is None else f"; did you mean {near}?"


class OneOf(click.Choice[str]):
    """One of several words; another one is answered with the word that is near."""

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        """Return click's sentence with the hint."""
        return super().get_invalid_choice_message(value, ctx).rstrip(".") + meant(str(value), map(str, self.choices))


def unknown_option(option: str, context: click.Context) -> click.UsageError:
    """Return the error of an option that a command does not have.

    Another command may have it, which is then named: a near name of this one would be no help.
    """
    told = f"{context.command_path} has no option {option}"
    bare = option.lstrip("-")
    siblings = _siblings(context)
    having = [name for name, options in siblings.items() if option in options]
    if having:
        return click.UsageError(f"{told}; it is one of {_listed(having)}.", context)
    near = nearest(bare, [name.removeprefix("--") for name in _options(context.command)])
    if near is not None:
        return click.UsageError(f"{told}; did you mean --{near}?", context)
    elsewhere = nearest(bare, [name.removeprefix("--") for options in siblings.values() for name in options])
    having = [name for name, options in siblings.items() if f"--{elsewhere}" in options]
    hint = f"; did you mean --{elsewhere} of {_listed(having)}?" if having else "."
    return click.UsageError(f"{told}{hint}", context)


def unknown_command(word: str, context: click.Context, known: Sequence[str]) -> click.UsageError:
    """Return the error of a word that is no command: the name of a folder, say, before which one was forgotten."""
    if "fid" in known and is_there(Path(word)):
        remedy = f"; to score two folders: {context.command_path} fid REAL FAKE"
    else:
        remedy = meant(word, known)
    return click.UsageError(f"No such command {word!r}{remedy}", context)


def _likeness(word: str, name: str) -> float:
    """Return the share of letters in common, in order; the same letters in any order are as like as can be."""
    return 1.0 if sorted(word) == sorted(name) else SequenceMatcher(None, word, name).ratio()


def _begins(longer: str, start: str) -> bool:
    """Return whether a name begins with a word, which is not one of a letter or two."""
    return len(start) >= _WORD and longer.startswith(start)


def _siblings(context: click.Context) -> dict[str, list[str]]:
    """Return the options of the other commands of the program, by the words that call them."""
    found: dict[str, list[str]] = {}

    def look(group: click.Group, words: tuple[str, ...]) -> None:
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                look(command, (*words, name))
            elif command is not context.command:
                found[" ".join((*words, name))] = _options(command)

    root = context.find_root().command
    if isinstance(root, click.Group):
        look(root, ())
    return found


def _options(command: click.Command) -> list[str]:
    """Return the long options of a command."""
    return [name for option in command.params for name in option.opts if name.startswith("--")]


def _listed(names: Sequence[str]) -> str:
    """Return names as a sentence has them.

    >>> _listed(["evaluate"]), _listed(["a", "b", "c", "d"])
    ('evaluate', 'a, b, c and others')
    """
    if len(names) > _SHOWN:
        return f"{', '.join(names[:_SHOWN])} and others"
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
