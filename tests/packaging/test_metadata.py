"""What the package says of itself is one truth: versions, ranges, recipe, completion files."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import ganmetrics

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SHARED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
CONDA_NAMES = {"torch": "pytorch"}


def lowest(*extras):
    """Return what `packaging/lowest.py` prints."""
    command = [sys.executable, str(ROOT / "packaging" / "lowest.py"), *extras]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_every_requirement_has_a_lower_bound_that_can_be_tried():
    """Of the package and of each extra that users install; `pip` gets pins that it can read."""
    extras = [name for name in PROJECT["project"]["optional-dependencies"] if name not in ("dev", "parity")]
    pins = lowest(*extras)
    assert all(re.fullmatch(r"[\w.-]+(\[[\w,]+\])?==[\w.]+", line) for line in pins)
    assert len(pins) > len(PROJECT["project"]["dependencies"])


def test_extras_of_extras_are_found():
    """What `demo` takes from `efficientnet` is pinned, too."""
    assert any(line.startswith("timm==") for line in lowest("demo"))
    assert len(lowest()) == len(PROJECT["project"]["dependencies"])


def test_the_recipe_needs_what_the_package_needs():
    """The conda recipe has the version, and each requirement under conda's name."""
    recipe = (ROOT / "packaging" / "conda" / "recipe.yaml").read_text(encoding="utf-8")
    assert f'version: "{ganmetrics.__version__}"' in recipe
    for requirement in PROJECT["project"]["dependencies"]:
        name, low = requirement.split(">=")
        assert f"    - {CONDA_NAMES.get(name, name)} >={low}\n" in recipe


def test_no_file_names_a_registry():
    """Where things are downloaded from is the user's setting, not ours."""
    hosts = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|anaconda\.org|deb\.debian", re.IGNORECASE)
    for path in (ROOT / "pyproject.toml", ROOT / "Makefile", *(ROOT / "packaging").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            assert not hosts.search(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("program", PROJECT["project"]["scripts"])
@pytest.mark.parametrize("place", ["bash-completion/completions", "zsh/site-functions", "fish/vendor_completions.d"])
def test_each_program_ships_its_completion(program, place):
    """A file for each shell, where that shell looks."""
    (source,) = [
        source for source, target in SHARED.items() if place in target and Path(source).stem.strip("_") == program
    ]
    assert program in (ROOT / source).read_text(encoding="utf-8")


def test_both_packages_are_typed():
    """Type checkers read the annotations of both."""
    assert (ROOT / "ganmetrics" / "py.typed").exists()
    assert (ROOT / "reference_models" / "py.typed").exists()


def test_the_citation_is_of_this_version():
    """Whoever cites copies it from there."""
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE)
    assert cited is not None
    assert cited[1] == ganmetrics.__version__
