"""The examples of docs/training-loops.md that need other packages, which warn as they like, run as they stand."""

import importlib
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "training-loops.md"
SKIPPED = re.compile(r"^### (\w+)\n(?:(?!^#).)*?<!--- skip: next -->\n\n```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLES = dict(SKIPPED.findall(PAGE.read_text(encoding="utf-8")))
NEEDS = {
    "Lightning": ["lightning"],
    "ignite": ["ignite"],
    "accelerate": ["accelerate", "tensorboard"],
    "diffusers": ["diffusers"],
}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NEEDS)
def test_the_example_runs(name, monkeypatch, tmp_path):
    """In a folder of its own; what it leaves there is what the page says."""
    for package in NEEDS[name]:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    monkeypatch.chdir(tmp_path)
    exec(compile(EXAMPLES[name], f"{PAGE.name}, {name}", "exec"), {"__name__": "example"})
    if name == "Lightning":
        assert {line.split(",")[0] for line in Path("scores.csv").read_text(encoding="utf-8").splitlines()[1:]} == {
            "0",
            "4",
            "8",
        }


def test_every_skipped_example_is_run_here():
    """A control: none is left out."""
    assert sorted(EXAMPLES) == sorted(NEEDS)
    assert PAGE.read_text(encoding="utf-8").count("<!--- skip: next -->") == len(NEEDS)
