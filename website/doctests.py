"""Examples in docstrings shown as code: mkdocs would take their prompts for quotations."""

import re

from griffe import Extension, Object

EXAMPLE = re.compile(r"(?:^[ ]*>>> .*\n?(?:^[ ]*\S.*\n?)*)+", re.MULTILINE)
"""Lines from a prompt up to an empty one."""


class Doctests(Extension):
    """Put every example between fences."""

    def on_object(self, *, obj: Object, **_: object) -> None:
        """Fence the examples of one docstring."""
        if obj.docstring is not None:
            obj.docstring.value = fenced(obj.docstring.value)


def fenced(text: str) -> str:
    r"""Return a docstring with its examples as blocks of code.

    >>> fenced("Add.\n\n>>> 1 + 1\n2\n").split("\n")
    ['Add.', '', '```pycon', '>>> 1 + 1', '2', '```', '']
    """
    return EXAMPLE.sub(lambda found: f"```pycon\n{found[0].rstrip()}\n```\n", text)
