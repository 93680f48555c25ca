"""``ganmetrics sanity``."""

import json

import pytest

from ganmetrics.cli.sanity import sanity
from ganmetrics.commands.sanity.sanity import METRICS_OF_A_STUDY
from ganmetrics.commands.sanity.series import SERIES_NAMES
from ganmetrics.testing import write_images

pytestmark = pytest.mark.usefixtures("cheap")
OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0")
FD = "fd_efficientnet-lite0"


@pytest.fixture
def classes(tmp_path):
    """Two class folders of 12 images."""
    for number, name in enumerate(("cat", "dog")):
        write_images(tmp_path / "real" / name, 12, seed=number, shift=20 * number)
    return tmp_path / "real"


@pytest.mark.slow
def test_the_table_names_every_disturbance_and_metric(run, classes, tmp_path):
    """Scores, then verdicts, on stdout; the audit of every set on stderr."""
    out, others = tmp_path / "out", write_images(tmp_path / "others", 30, seed=9, shift=50)
    done = run("sanity", classes, "--others", others, *OFFLINE, "--count", "6", "--metrics", "fid", "--out", out)
    assert done.status == 0
    lines = done.out.splitlines()
    for name in SERIES_NAMES:
        assert sum(line.startswith(f"{name} ") for line in lines) >= 2
    assert lines[1].split() == ["disturbance", "level", "images", FD]
    assert "rectangles       monotone" in done.out
    assert "real: 6 images, PNG, 8x8 pixels" in done.err
    assert sorted(path.name for path in out.iterdir()) == [
        "sanity-examples.png",
        "sanity.csv",
        "sanity.png",
    ]


@pytest.mark.slow
def test_json_is_one_object(run, classes):
    """Scores by disturbance and level, verdicts, what was left out, and the provenance."""
    done = run("sanity", classes, *OFFLINE, "--metrics", "fid", "--count", "6", "--json", "-q")
    whole = json.loads(done.out)
    assert set(whole) == {"scores", "verdicts", "left_out", "notes", "provenance"}
    first = whole["scores"][0]
    assert (first["disturbance"], first["level"], first["name"]) == ("noise", 0, FD)
    assert (first["real_count"], first["fake_count"]) == (6, 6)
    assert whole["left_out"] == {"mix": "needs images of another kind; none were given (others)"}
    assert whole["provenance"]["extractor"]["name"] == "efficientnet-lite0"


@pytest.mark.slow
def test_without_class_folders_it_is_said(run, folders):
    """Dropping of modes is left out with its reason, on stdout beside the rest."""
    done = run("sanity", folders[0], *OFFLINE, "--metrics", "fid", "-q")
    assert done.status == 0
    assert "left out: modes needs class folders, two or more; " in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--count", "13"), "needs twice as many images as a set has, 26; "),
        (("--others", "no-such-folder"), "no-such-folder does not exist"),
        (("--metrics", "sfid"), "needs the spatial features of inception-v3"),
    ],
)
def test_bad_input_is_one_line(run, classes, arguments, message):
    """Status 1, nothing on stdout."""
    done = run("sanity", classes, *OFFLINE, "-q", *arguments)
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert message in done.err


def test_the_commands_default_is_the_librarys():
    """The command line must not import the study for its help, so the names stand there again."""
    (option,) = (option for option in sanity.params if option.name == "metrics")
    assert tuple(option.default.split(",")) == METRICS_OF_A_STUDY


def test_an_unknown_metric_is_wrong_usage(run, classes):
    """Status 2, as elsewhere."""
    assert run("sanity", classes, "--metrics", "fdi").status == 2


@pytest.mark.slow
def test_synthetic_needs_no_images(run):
    """Which metric notices what, of drawn features."""
    done = run("sanity", "--synthetic", "--metrics", "fid,vendi", "--count", "60", "-q")
    assert (done.status, done.err) == (0, "")
    assert "vendi" in done.out
    assert "one wide mode in the place of two" in done.out
    whole = json.loads(run("sanity", "--synthetic", "--metrics", "fid", "--count", "60", "--json", "-q").out)
    assert whole["metrics"][0]["metric"] == "fid"


def test_synthetic_has_no_use_for_images(run, folders):
    """A folder, or an extractor, beside it is wrong usage; so is neither."""
    for arguments, said in (((folders[0],), "REAL"), (("--extractor", "efficientnet-lite0"), "--extractor")):
        done = run("sanity", "--synthetic", *arguments)
        assert done.status == 2
        assert f"{said} has no part in it" in done.err
    assert run("sanity").status == 2
