"""The checklist: what a report knows is ticked, what it cannot know is not."""

import pytest
from PIL import Image

from ganmetrics import evaluate
from ganmetrics.report import Refusal, Score
from ganmetrics.report.checklist import checklist
from ganmetrics.testing import ChannelMeans, write_images


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Of two class folders; one metric is refused, as a black image has no direction."""
    folder = tmp_path_factory.mktemp("sets")
    for number, name in enumerate(("cat", "dog")):
        write_images(folder / "real" / name, 20 + 4 * number, seed=number)
        write_images(folder / "fake" / name, 20, seed=number + 5)
    Image.new("RGB", (8, 8)).save(sorted((folder / "fake" / "dog").iterdir())[0])
    return evaluate(
        folder / "real", folder / "fake", metrics=("fid", "recall", "vendi"), extractor=ChannelMeans(), workers=0
    )


def test_what_is_known_is_ticked(report):
    """Counts, intervals and what they are of, files, labels, weights, versions, protocol."""
    text = report.to_checklist(run={"Time": "3 s"})
    for said in (
        "- [x] **fd_channel-means** = ",
        "95 % interval",
        "The interval of recall_channel-means is of the number that as many other images",
        "The interval of fd_channel-means is of the number of the two populations",
        "- [x] real: 44 images of `",
        "- [x] real files: 44 PNG; 8x8",
        "- [x] real labels (folders): 2 classes, 20 to 24 each: not balanced",
        "- [x] fake labels (folders): 2 classes, 20 each",
        "- [x] The sides have different numbers of images.",
        "- [x] Weights: none",
        "- [x] Protocol: native",
        "convention improved-precision-recall; k 3",
        "- [x] Versions: ganmetrics ",
        "- [x] real features: device ",
        "- [x] Time: 3 s",
        "- [x] real: all images, nothing drawn",
    ):
        assert said in text, said


def test_what_only_authors_know_is_open(report):
    """And so is a metric that could not be scored."""
    open_ones = [line for line in report.to_checklist().splitlines() if line.startswith("- [ ]")]
    assert any("vendi" in line and "not scored" in line for line in open_ones)
    assert any("trained" in line for line in open_ones)
    assert any("latents" in line for line in open_ones)


def test_statistics_of_unknown_origin():
    """A side without a count, without files and without a seed is told as it is."""
    side = {"source": "ref.npz", "count": None, "contents": [], "audit": None, "made_by": {"seed": 3}}
    text = checklist([Score("fid", 2.0), Refusal("kid", "needs images")], {"real": side})
    assert "- [x] real: an unknown number of images of `ref.npz`, origin unknown" in text
    assert "no interval is known for it" in text
    assert "a choice of the images with seed 3" in text


def test_choices_are_told_in_few_digits():
    """And what was not chosen is left out."""
    made = {"fid": {"error": 0.4608916169564, "seed": None, "subset_size": 1000}}
    text = checklist([Score("fid", 2.0)], {"metrics": made})
    assert "- [x] fid: error 0.4609; subset size 1000\n" in text
