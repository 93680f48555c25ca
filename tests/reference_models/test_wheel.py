"""The wheel has the reference models and their command, and they work from it outside of the clone."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
KEYS = ["net.size=8", "net.width=4", "data.count=32", "batch=8", "eval.count=20", "eval.extractor=efficientnet-lite0"]
SESSION = """
import sys
from pathlib import Path
import reference_models, ganmetrics
assert Path(reference_models.__file__).is_relative_to(sys.argv[1]), reference_models.__file__
assert Path(ganmetrics.__file__).is_relative_to(sys.argv[1]), ganmetrics.__file__
from click.testing import CliRunner
from reference_models.cli import command

def run(*arguments):
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, (arguments, done.output)
    return done.stdout

keys = [part for key in {KEYS!r} for part in ("--set", key)]
run("train", "dcgan", "--epochs", "1", "--eval-epochs", "0,1", "--out", "run", *keys)
run("train", "--resume", "run", "--more-epochs", "1")
run("sample", "zoo:shapes-cgan", "--count", "20", "--out", "fakes.npz")
run("export-data", "shapes", "--count", "20", "--out", "real.npz")
run("compare", "run", "--epochs", "0,1", "--out", "comparison")
run("analyse", "axis", "run", "--starts", "2", "--steps", "3", "--mean-of", "4", "--out", "analysis")
assert "dcgan" in run("list")
print(*sorted(path.name for path in Path.cwd().iterdir()))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this clone, built without a network."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_what_is_in_it(wheel):
    """Both packages whole, both commands, and nothing beside them."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (entry_points,) = (name for name in names if name.endswith("entry_points.txt"))
        text = archive.read(entry_points).decode()
    assert "ganmetrics-models = reference_models.cli:main" in text
    assert {name.split("/")[0] for name in names if not re.search(r"\.(dist-info|data)/", name)} == {
        "ganmetrics",
        "reference_models",
    }
    assert {f"reference_models/zoo/shapes-{name}.safetensors" for name in ("cgan", "dcgan")} <= set(names)
    for package in ("ganmetrics", "reference_models"):
        expected = {path.relative_to(ROOT).as_posix() for path in (ROOT / package).rglob("*.py")}
        assert expected == {name for name in names if name.startswith(f"{package}/") and name.endswith(".py")}


def test_it_works_outside_of_the_clone(wheel, tmp_path):
    """Train, resume, sample, compare and analyse, from another folder, with nothing but the wheel's own files."""
    site, work = tmp_path / "site", tmp_path / "work"
    work.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site), "OMP_NUM_THREADS": "1", "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", SESSION.replace("{KEYS!r}", repr(KEYS)), str(site)]
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["analysis", "comparison", "fakes.npz", "real.npz", "run"]
