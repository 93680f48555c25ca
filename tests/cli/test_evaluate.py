"""``ganmetrics fid`` and ``ganmetrics evaluate``."""

import json

import numpy as np
import pytest
from PIL import Image

from ganmetrics.commands.evaluate import fid
from ganmetrics.extraction import settings
from ganmetrics.report import JSON_FIELDS
from ganmetrics.testing import ChannelMeans

pytestmark = pytest.mark.usefixtures("cheap")
OFFLINE = ("--extractor", "efficientnet-lite0", "--workers", "0")


@pytest.mark.slow
def test_the_printed_number_is_the_librarys(run, folders):
    """One line on stdout, with the library's value; the audit goes to stderr."""
    done = run("fid", *folders, *OFFLINE)
    expected = fid(*folders, extractor=ChannelMeans(name="efficientnet-lite0"), workers=0)
    assert done.status == 0
    assert done.out == f"{expected}\n"
    assert done.out.startswith("fd_efficientnet-lite0 = ")
    assert "real: 20 images, PNG, 8x8 pixels" in done.err
    assert "fake: 15 images, PNG, 8x8 pixels" in done.err


def test_json_is_one_object_with_the_promised_fields(run, folders):
    """The object can be piped: nothing else is on stdout."""
    done = run("fid", *folders, *OFFLINE, "--json")
    parsed = json.loads(done.out)
    assert list(parsed) == ["format", "scores", "provenance"]
    assert tuple(parsed["scores"][0]) == JSON_FIELDS
    assert parsed["scores"][0]["real_count"] == 20
    assert parsed["provenance"]["fake"]["source"].endswith("fake")


@pytest.mark.slow
def test_quiet_leaves_only_the_result(run, folders):
    """With -q a clean run says nothing on stderr."""
    done = run("fid", *folders, *OFFLINE, "-q")
    assert done.err == ""
    assert done.out.startswith("fd_")


@pytest.mark.slow
def test_the_second_run_comes_from_the_cache_to_the_last_bit(run, folders):
    """Cached, uncached and --no-cache print the same digits."""
    runs = [run("fid", *folders, *OFFLINE, "--json", *more) for more in ((), (), ("--no-cache",))]
    values = {json.loads(done.out)["scores"][0]["value"] for done in runs}
    assert len(values) == 1
    assert "2 entries" in run("cache", "list").out


def test_several_metrics(run, folders):
    """A line for each, in the order that was asked."""
    done = run("evaluate", *folders, *OFFLINE, "--metrics", "is,fid")
    assert [line.split(" = ")[0] for line in done.out.splitlines()] == [
        "is_efficientnet-lite0",
        "fd_efficientnet-lite0",
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("--extractor", "inception"), "'inception' is not one of inception-v3, "),
        (("--protocol", "tturr"), "'tturr' is not one of 'ttur'"),
        (("--metrics", "fid,kidd"), "'kidd' is not one of fid, sfid, kid"),
        (("--batch-size", "0"), "0 is not in the range x>=1"),
        (("--no-such-option",), "has no option --no-such-option"),
    ],
)
def test_wrong_usage_has_status_2(run, folders, wrong, message):
    """Unknown options, extractors, protocols and metrics are usage, not failures."""
    done = run("evaluate", *folders, *wrong)
    assert done.status == 2
    assert message in done.err
    assert done.out == ""


def test_count_is_the_number_scored(run, folders):
    """A seeded choice of N images a side."""
    done = run("fid", *folders, *OFFLINE, "--count", "10", "--seed", "3")
    assert "(real 10, fake 10," in done.out


@pytest.mark.parametrize("command", [(), ("fid",), ("evaluate",), ("reference",), ("cache",), ("weights",)])
def test_help_teaches(run, command):
    """Every command says what it does."""
    done = run(*command, "--help")
    assert done.status == 0
    assert len(done.out.splitlines()) > 5
    assert "Usage: " in done.out


@pytest.mark.slow
def test_a_score_in_reduced_precision_says_so(run, folders, tmp_path):
    """Its name and its extractor carry the precision, and statistics in float32 are not compared with it."""
    done = run("fid", *folders, *OFFLINE, "--precision", "bf16")
    assert done.out.startswith("fd_efficientnet-lite0@bf16 = ")
    assert run("reference", "build", folders[0], tmp_path / "real.npz", *OFFLINE).status == 0
    assert run("fid", tmp_path / "real.npz", folders[1], *OFFLINE).status == 0
    mixed = run("fid", tmp_path / "real.npz", folders[1], *OFFLINE, "--precision", "bf16")
    assert mixed.status == 1
    assert "this run uses efficientnet-lite0@bf16/native" in mixed.err


@pytest.fixture
def three(folders, tmp_path):
    """Real and fake folders, and the fakes of another generator."""
    real, fake = folders
    other = tmp_path / "other"
    other.mkdir()
    for place, path in enumerate(sorted(real.iterdir())):
        if place % 2:
            with Image.open(path) as image:
                image.point(lambda value: value // 2).save(other / path.name)
    return real, fake, other


@pytest.mark.slow
def test_several_generators_are_ranked(run, three):
    """A table by name; JSON and CSV hold the same numbers."""
    done = run("evaluate", *three, *OFFLINE, "--metrics", "fid,is", "--no-interval")
    assert done.status == 0
    assert done.out.startswith("fd_efficientnet-lite0 (real 20, ")
    lines = run("evaluate", *three, *OFFLINE, "--no-interval", "--csv").out.splitlines()
    assert lines[0].startswith("metric,rank,generator,value")
    content = json.loads(run("evaluate", *three, *OFFLINE, "--no-interval", "--json").out)
    best = content["ranks"]["fd_efficientnet-lite0"][0]
    assert lines[1].split(",")[2] == best
    assert set(content["generators"]) == {str(three[1]), str(three[2])}


@pytest.mark.slow
def test_held_out_images_give_a_scale(run, three):
    """A row and a table more."""
    real, fake, other = three
    done = run("evaluate", real, fake, *OFFLINE, "--test", other, "--csv")
    assert [line.split(",")[0] for line in done.out.splitlines()] == [
        "name",
        "fd_efficientnet-lite0",
        "fd_efficientnet-lite0_test",
    ]


def test_wrong_use_of_several(run, three, tmp_path):
    """The same set twice; one file of labels for two."""
    real, fake, other = three
    assert "came twice" in run("evaluate", real, fake, fake, *OFFLINE).err
    done = run("evaluate", real, fake, other, *OFFLINE, "--fake-labels", tmp_path / "labels.csv")
    assert done.status == 2
    assert "--fake-labels goes with one FAKE" in done.err


@pytest.fixture
def features(tmp_path):
    """Two files of features."""
    paths = []
    for seed in (1, 2):
        paths.append(tmp_path / f"{seed}.npy")
        np.save(paths[-1], np.random.default_rng(seed).normal(size=(50, 4)))
    return paths


@pytest.mark.slow
def test_features_are_scored_under_the_given_name(run, features, tmp_path):
    """Every command that needs features alone takes them; statistics of them are made and used."""
    real, fake = features
    given = ("--features", "--name", "vggish")
    done = run("evaluate", real, fake, *given, "--metrics", "fid,recall", "--json")
    scores = {score["name"]: score["value"] for score in json.loads(done.out)["scores"]}
    assert list(scores) == ["fd_vggish", "recall_vggish"]
    assert run("fid", real, fake, "--features").out.startswith("fd = ")
    assert run("reference", "build", real, tmp_path / "real.npz", *given).status == 0
    stored = run("fid", tmp_path / "real.npz", fake, "--features", "--json")
    assert json.loads(stored.out)["scores"][0]["value"] == scores["fd_vggish"]
    assert "real" not in run("influence", real, fake, "--features").err
    assert run("evaluate", real, fake, *given, "--test", real).status == 1


def test_features_need_to_be_said(run, features, tmp_path):
    """A file of features is no file of images; names go with features; pictures do not."""
    assert "--features" in run("fid", *features).err
    assert "--name and --column go with --features" in run("fid", *features, "--name", "vggish").err
    assert "--out shows images" in run("influence", *features, "--features", "--out", tmp_path / "out").err


def test_several_extractors_have_a_line_each(run, folders, monkeypatch):
    """From one call; the exit status is that of all, and other forms of output are refused before any work."""
    monkeypatch.setattr(settings, "open_extractor", lambda name, **_: ChannelMeans(name))
    both = ("--extractor", "inception-v3, efficientnet-lite0", "--workers", "0", "--no-cache")
    done = run("evaluate", *folders, *both, "--metrics", "fid,is", "--no-interval")
    assert done.status == 0
    assert [line.split(" = ")[0] for line in done.out.splitlines()] == [
        f"{metric}_{name}" for name in ("inception-v3", "efficientnet-lite0") for metric in ("fd", "is")
    ]
    found = json.loads(run("evaluate", *folders, *both, "--json").out)
    assert list(found["extractors"]) == ["inception-v3", "efficientnet-lite0"]
    assert len(run("evaluate", *folders, *both, "--csv").out.splitlines()) == 3
    for wrong in (("--bibtex",), ("--row", "latex")):
        refused = run("evaluate", *folders, *both, *wrong)
        assert (refused.status, refused.out) == (2, "")
        assert "goes with one --extractor" in refused.err


@pytest.mark.parametrize("names", ["inception-v3,inception-v3", "inception-v3,", "inception-v3,fid"])
def test_wrong_lists_of_extractors_are_wrong_usage(run, folders, names):
    """One twice, an empty name, an unknown one."""
    refused = run("evaluate", *folders, "--extractor", names)
    assert (refused.status, refused.out) == (2, "")
    assert "--extractor" in refused.err
