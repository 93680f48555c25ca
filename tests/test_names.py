"""One word for one thing: modules give no name to two things, and errors have one grammar."""

import ast
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
DROP_INS = ROOT / "ganmetrics" / "compat"
"""Here names are those of the peers."""
OF_EVERY_MODULE = {"logger"}
TWICE = {"main", "command", "emit", "any_text", "one_line", "report", "compare", "train"}
"""What both packages have in one meaning: a command line, its output, its errors, and what each calls its commands."""
COMMANDS = ("ganmetrics/cli/", "reference_models/cli/")
"""A command is named as the function that it calls."""


def defined_names(folders=("ganmetrics", "reference_models")):
    """Return the files that define each name without a leading underscore, by name."""
    found = defaultdict(set)
    for path in sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        if path.is_relative_to(DROP_INS):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            for name in names_of(node):
                if not name.startswith("_"):
                    found[name].add(path.relative_to(ROOT).as_posix())
    return found


def names_of(node):
    """Return the names that a statement of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def test_no_name_is_defined_twice():
    """A reader who has met a name once knows it everywhere."""
    twice = {}
    for name, files in defined_names().items():
        functions = {file for file in files if not file.startswith(COMMANDS)}
        allowed = 1 if name not in TWICE else 2
        if name not in OF_EVERY_MODULE and len(functions) > allowed:
            twice[name] = sorted(files)
        if len(files) - len(functions) > len(COMMANDS):
            twice[name] = sorted(files)
    assert not twice


def test_the_control_sees_what_is_defined():
    """The search finds functions, classes, constants and annotated names, and a command beside its function."""
    source = "def f(): ...\nclass C: ...\nX = 1\nY: int = 2\n"
    assert [name for node in ast.parse(source).body for name in names_of(node)] == ["f", "C", "X", "Y"]
    assert defined_names()["influence"] == {"ganmetrics/cli/influence.py", "ganmetrics/commands/influence.py"}


def test_errors_say_what_came_in_one_way():
    """``k must be at least 1; got 0``: what is needed, a semicolon, what came."""
    others = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("ganmetrics", "reference_models")
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"[^;\s\"'=] got (?!=)|, but got", line)
    ]
    assert not others
