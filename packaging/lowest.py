"""The lowest versions that pyproject.toml declares, as pins for pip: what `make oldest` installs.

python packaging/lowest.py efficientnet plots > lowest.txt
"""

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
BOUND = re.compile(r"^(?P<name>[\w.-]+)(?P<extras>\[[\w,-]+\])?>=(?P<low>[\w.]+)")
WHOLE = re.compile(r"^ganmetrics\[([\w,-]+)\]$")


def requirements(extras: list[str]) -> list[str]:
    """Return what the package needs with these extras, those that an extra names among them.

    >>> "timm>=1.0.10" in requirements(["demo"])
    True
    """
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    found = list(project["dependencies"])
    for extra in extras:
        for requirement in project["optional-dependencies"][extra]:
            inner = WHOLE.match(requirement)
            found += requirements(inner[1].split(",")) if inner else [requirement]
    return list(dict.fromkeys(found))


def pin(requirement: str) -> str:
    """Return the lowest version that a requirement admits.

    >>> pin("numpy>=1.26"), pin("mkdocs>=1.6,<2"), pin("mkdocstrings[python]>=1.0")
    ('numpy==1.26', 'mkdocs==1.6', 'mkdocstrings[python]==1.0')
    """
    bound = BOUND.match(requirement)
    if bound is None:
        raise SystemExit(f"{requirement} needs a lower bound, NAME>=VERSION: without one nothing says what was run")
    return f"{bound['name']}{bound['extras'] or ''}=={bound['low']}"


if __name__ == "__main__":
    print("\n".join(pin(requirement) for requirement in requirements(sys.argv[1:])))
