"""Another package's extractor, metric and source: really installed, found by their entry points, and used."""

import json
import os
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from ganmetrics import _plugins
from ganmetrics.errors import InputError
from ganmetrics.testing import random_images

HERE = Path(__file__).parent
ROOT = HERE.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Install the package into a folder of its own, without a network, and return that folder."""
    pytest.importorskip("hatchling")
    place = tmp_path_factory.mktemp("site")
    options = ["--no-index", "--no-build-isolation", "--no-deps", "--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(place), str(HERE / "plugin")]
    # Where warnings are errors, an older pip would end at one of its own.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return place


def run(installed, *arguments):
    """Run the command line where the package is installed."""
    path = os.pathsep.join(map(str, (ROOT, installed)))
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, "-m", "ganmetrics", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.slow
def test_all_three_are_found_and_used(installed, tmp_path):
    """Files of its kind, under its extractor, by its metric, beside one of ours; the score names the package."""
    for name, seed in (("real", 1), ("fake", 2)):
        (tmp_path / f"{name}.raw").write_bytes(random_images(20, seed=seed).numpy().tobytes())
    sides = tmp_path / "real.raw", tmp_path / "fake.raw"
    options = ["--extractor", "channel-extremes", "--metrics", "mean_gap,fid", "--workers", "0", "--json", "-q"]
    done = run(installed, "evaluate", *sides, *options)
    assert done.returncode == 0, done.stderr
    content = json.loads(done.stdout)
    assert [score["name"] for score in content["scores"]] == ["mean_gap_channel-extremes", "fd_channel-extremes"]
    assert content["scores"][0]["value"] > 0
    assert content["scores"][0]["real_count"] == 20
    assert content["provenance"]["metrics"]["mean_gap_channel-extremes"] == {"package": "ganmetrics-example 1.2.3"}


@pytest.mark.slow
def test_without_the_package_nobody_knows_them(tmp_path):
    """The control: names and files are refused in one line."""
    (tmp_path / "real.raw").write_bytes(b"\0" * 48)
    done = run("", "fid", tmp_path / "real.raw", tmp_path / "real.raw", "--extractor", "efficientnet-lite0", "-q")
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (1, 1)
    assert "is a file of another kind" in done.stderr
    done = run("", "fid", tmp_path, tmp_path, "--extractor", "channel-extremes")
    assert done.returncode == 2
    assert "'channel-extremes' is not one of inception-v3" in done.stderr


@pytest.fixture
def declared(monkeypatch):
    """Declare things under names in every group, as attributes of a module that stands for a package."""
    module = ModuleType("stand_in")
    monkeypatch.setitem(sys.modules, "stand_in", module)

    def declare(**things):
        vars(module).update(things)
        points = [EntryPoint(name, f"stand_in:{name}", "any") for name in things]
        _plugins._points.cache_clear()
        monkeypatch.setattr(_plugins, "entry_points", lambda **_: points)
        return points

    yield declare
    _plugins._points.cache_clear()


def broken():
    """Fail as another package's code may."""
    raise ImportError("no module\nof that name")


def test_a_package_that_fails_is_named_in_one_line(declared):
    """At import, in its factory, or by another name than it declares."""
    from ganmetrics.features.registry import load_extractor
    from ganmetrics.testing import ChannelMeans

    declared(mine=broken)
    with pytest.raises(InputError, match="^extractor mine of an unknown package failed: no module$"):
        load_extractor("mine")
    vars(sys.modules["stand_in"]).pop("mine")
    with pytest.raises(InputError, match="^'mine' of an unknown package cannot be loaded: module 'stand_in' has no"):
        load_extractor("mine")
    declared(mine=ChannelMeans)
    with pytest.raises(InputError, match="must have that name in its spec; got channel-means"):
        load_extractor("mine")
    with pytest.raises(InputError, match="another package's, with weights and preprocessing of its own"):
        load_extractor("mine", weights="w.pth")


def test_two_packages_of_one_name_are_refused(declared):
    """And the same entry point found twice is one."""
    points = declared(mine=0)
    points.append(EntryPoint("mine", "stand_in:mine", "any"))
    assert _plugins.load(_plugins.EXTRACTOR_GROUP, "mine").thing == 0
    points.append(EntryPoint("mine", "stand_in:other", "any"))
    _plugins._points.cache_clear()
    with pytest.raises(InputError, match="'mine' in ganmetrics.extractors must be of one package"):
        _plugins.load(_plugins.EXTRACTOR_GROUP, "mine")


def test_a_metric_that_cannot_be_read_leaves_the_others_alone(declared, caplog):
    """It is said, and left out of the catalogue."""
    from ganmetrics.metrics.catalogue import _added
    from ganmetrics.metrics.feature_metric import FeatureMetric

    good = FeatureMetric("a gap", lambda *_: 0.0, high=1.0)
    declared(bad=dict, fid=good, mine=good)
    found = _added()
    assert list(found) == ["mine"]
    assert (found["mine"].family, found["mine"].high, found["mine"].title) == ("added", 1.0, "a gap")
    assert "bad of an unknown package: it is no ganmetrics.FeatureMetric" in caplog.text
    assert "fid of an unknown package: that name is taken" in caplog.text
