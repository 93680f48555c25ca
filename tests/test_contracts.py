"""What stands outside the package uses its public names only: benchmarks, documentation, reference models."""

import ast
import re
from pathlib import Path

import pytest

import ganmetrics

ROOT = Path(__file__).parents[1]
PROGRAMS = sorted(
    path for folder in ("benchmarks", "docs", "reference_models") for path in (ROOT / folder).rglob("*.py")
)
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
OPEN_MODULES = ("ganmetrics", "ganmetrics.pages", "ganmetrics.testing", "ganmetrics.cli.help")
"""The last is how the wheel's two command lines list their options; it imports nothing but click."""
OPEN_PACKAGES = ("ganmetrics.compat", "ganmetrics.integrations")
MODULE_NAME = re.compile(r"ganmetrics(\.[a-z_]\w*)+")
FENCED = re.compile(r"^```(?:python|py|pycon)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.) ?(.*)$", re.MULTILINE)


def internal_uses(code):
    """Return what a program takes of `ganmetrics` beside its public names: by import, or as a module's name in text."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if is_internal(alias.name)]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            if is_internal(node.module):
                found.append(node.module)
            elif node.module == "ganmetrics":
                known = {*ganmetrics.__all__, "__version__", "pages", "testing", "compat", "integrations"}
                found += [f"ganmetrics.{alias.name}" for alias in node.names if alias.name not in known]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # What `importlib.import_module` would be given.
            name = node.value
            if MODULE_NAME.fullmatch(name) and is_internal(name) and is_module(name):
                found.append(name)
    return found


def is_internal(name):
    """Return whether a module belongs to the package and is not open to others."""
    opened = name in OPEN_MODULES or any(name == one or name.startswith(f"{one}.") for one in OPEN_PACKAGES)
    return name.startswith("ganmetrics.") and not opened


def is_module(name):
    """Return whether the package has a module of this name."""
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def programs_in(page):
    """Return the Python of a Markdown page: whole blocks, or what stands behind the prompts of a session."""
    blocks = FENCED.findall(page)
    return ["\n".join(PROMPT.findall(block)) if ">>>" in block else block for block in blocks]


def doctest_programs(code):
    """Return the examples in the docstrings of a program."""
    tree = ast.parse(code)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    texts = [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, documented)]
    return ["\n".join(PROMPT.findall(text)) for text in texts if ">>>" in text]


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: str(path.relative_to(ROOT)))
def test_programs_use_public_names(path):
    """Neither a program nor an example in its docstrings reaches into the package."""
    code = path.read_text(encoding="utf-8")
    assert [use for part in (code, *doctest_programs(code)) for use in internal_uses(part)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_use_public_names(path):
    """What a reader copies from a page stays valid when files move."""
    programs = programs_in(path.read_text(encoding="utf-8"))
    assert [use for program in programs for use in internal_uses(program)] == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from ganmetrics.core.entropy import entropy", ["ganmetrics.core.entropy"]),
        ("import ganmetrics.timing", ["ganmetrics.timing"]),
        ("def work():\n    from ganmetrics.data import decode", ["ganmetrics.data"]),
        ("from ganmetrics import core", ["ganmetrics.core"]),
        ("import_module('ganmetrics.core.entropy')", ["ganmetrics.core.entropy"]),
        ("from ganmetrics import fid\nfrom ganmetrics.testing import ChannelMeans\nimport ganmetrics", []),
        ("name = 'ganmetrics.fid'", []),
        ("from ganmetrics.compat.cleanfid import fid\nimport ganmetrics.integrations.loop", []),
        ("from ganmetrics.compatible import fid", ["ganmetrics.compatible"]),
        ("from .ganmetrics import anything\nfrom ganmetrics_plus.core import x", []),
    ],
)
def test_the_contract_can_be_broken(code, found):
    """Every way into the package is seen, and nothing else."""
    assert internal_uses(code) == found


def test_examples_in_pages_and_docstrings_are_seen():
    """A control: an internal import in a session, in a block, and in a docstring."""
    page = (
        "```python\nimport ganmetrics.ranks\n```\n\n```pycon\n>>> if True:\n...     import ganmetrics.timing\n1\n```\n"
    )
    assert [internal_uses(part) for part in programs_in(page)] == [["ganmetrics.ranks"], ["ganmetrics.timing"]]
    program = 'def work():\n    """Return.\n\n    >>> import ganmetrics.ranks\n    """\n'
    assert [internal_uses(part) for part in doctest_programs(program)] == [["ganmetrics.ranks"]]


def test_the_contract_finds_something_to_look_at():
    """No folder or block is missed because its name changed."""
    assert len([path for path in PROGRAMS if path.parent.name == "benchmarks"]) > 20
    assert len(PROGRAMS) > 80
    assert sum(len(programs_in(path.read_text(encoding="utf-8"))) for path in PAGES) > 15
