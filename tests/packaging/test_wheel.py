"""The built package: what is in it, and that it works where nothing but its requirements is installed."""

import os
import subprocess
import sys
import zipfile
from email import message_from_string
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import ganmetrics
from ganmetrics.testing import write_images

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from this tree without a network."""
    pytest.importorskip("build")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    """A new environment with the wheel; torch and the other requirements are those of this one, seen through a path."""
    place = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    (packages,) = place.glob("lib/python*/site-packages")
    program = "import sys, sysconfig; print(sysconfig.get_path('purelib'))"
    mine = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # After the environment's own folder, so that the wheel is found first.
    (packages / "requirements.pth").write_text(mine + "\n")
    return place / "bin" / "python"


def run(python, *arguments, cwd):
    """Run an installed module away from the tree, without what this process was told."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GANMETRICS"))}
    return subprocess.run(
        [str(python), *map(str, arguments)], capture_output=True, text=True, check=False, cwd=cwd, env=environment
    )


def test_the_wheel_holds_both_packages_and_nothing_else(wheel):
    """Every module, the templates, the zoo, completion and the licence; no tests, no caches."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.split("/")[0] for name in names}
    stem = f"ganmetrics-{ganmetrics.__version__}"
    assert tops == {"ganmetrics", "reference_models", f"{stem}.dist-info", f"{stem}.data"}
    tracked = {
        path.relative_to(ROOT).as_posix()
        for package in ("ganmetrics", "reference_models")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert tracked <= names
    assert f"{stem}.dist-info/licenses/LICENSE" in names
    assert f"{stem}.data/data/share/zsh/site-functions/_ganmetrics" in names


def test_the_metadata_is_whole(wheel):
    """Version, licence, readme, requirements: what an index shows."""
    with zipfile.ZipFile(wheel) as archive:
        (place,) = [name for name in archive.namelist() if name.endswith("METADATA")]
        told = message_from_string(archive.read(place).decode())
    assert told["Version"] == ganmetrics.__version__
    assert told["License-Expression"] == "Apache-2.0"
    assert told["Requires-Python"] == ">=3.11"
    assert told["Description-Content-Type"] == "text/markdown"
    assert "Typing :: Typed" in told.get_all("Classifier")


def test_the_installed_wheel_scores(bare, tmp_path):
    """Another folder, another environment: the command line, the public names, and the reference models."""
    real = write_images(tmp_path / "real", 12, seed=1)
    fake = write_images(tmp_path / "fake", 12, seed=2, shift=20)
    where = run(bare, "-c", "import ganmetrics, reference_models; print(ganmetrics.__file__)", cwd=tmp_path)
    assert str(bare.parents[1]) in where.stdout, where.stderr
    version = run(bare, "-m", "ganmetrics", "--version", cwd=tmp_path)
    assert version.stdout.strip() == f"ganmetrics, version {ganmetrics.__version__}"
    code = (
        "import ganmetrics, ganmetrics.testing as testing\n"
        f"print(ganmetrics.fid({str(real)!r}, {str(fake)!r}, extractor=testing.ChannelMeans(), workers=0))"
    )
    scored = run(bare, "-c", code, cwd=tmp_path)
    assert scored.stdout.startswith("fd_channel-means = "), scored.stderr
    assert "wgan-gp" in run(bare, "-m", "reference_models", "list", cwd=tmp_path).stdout


def test_the_declared_commands_exist():
    """Each command of the metadata leads to a function."""
    for point in entry_points(group="console_scripts"):
        if point.value.startswith(("ganmetrics.", "reference_models.")):
            assert callable(point.load())
