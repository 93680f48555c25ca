"""`sanity` on tiny folders, where the scores are known."""

import csv
import io
import json

import numpy as np
import pytest
import torch

from ganmetrics.commands.evaluate import evaluate
from ganmetrics.commands.sanity.sanity import sanity
from ganmetrics.commands.sanity.series import SERIES_NAMES
from ganmetrics.errors import InputError, NotEnoughSamples
from ganmetrics.references.reference import Reference
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}
FD, IS = "fd_channel-means", "is_channel-means"


def test_every_disturbance_and_metric_is_scored(study):
    """Eight disturbances, each from level 0, which is one set for all that have as many images."""
    assert [series.name for series in study.series] == list(SERIES_NAMES)
    assert study.metrics == (FD, IS, "precision_channel-means")
    assert all(series.levels[0] == 0 for series in study.series)
    floors = {series.name: series.values(FD)[0] for series in study.series}
    assert len({floors[name] for name in SERIES_NAMES if name != "modes"}) == 1
    assert floors["blur"] > 0
    assert study.sets.left_out == {}


def test_what_the_means_of_channels_can_see(study):
    """Black rectangles darken, at every level more; blur and swirl leave the mean of these images nearly alone."""
    by_name = {series.name: series for series in study.series}
    assert by_name["rectangles"].verdict(FD) == "monotone"
    assert by_name["mix"].verdict(FD) == "monotone"
    spans = {name: np.ptp(by_name[name].values(FD)) for name in SERIES_NAMES}
    assert spans["blur"] < 0.05 * spans["rectangles"]
    assert spans["swirl"] < 0.05 * spans["rectangles"]


@pytest.mark.slow
def test_a_score_is_that_of_evaluate_on_the_same_images(study):
    """The study adds no arithmetic of its own."""
    series = study.series[0]
    direct = evaluate(study.sets.real, study.sets.series[0].steps[2].source, metrics=("fid", "is"), **FREE)
    for metric in (FD, IS):
        assert series.reports[2][metric].value == direct[metric].value
        assert series.reports[2][metric].real_count == direct[metric].real_count


@pytest.mark.slow
def test_each_set_is_extracted_once(classes):
    """The reference and the clean set once in all, every disturbed set once for all metrics."""
    calls = []

    class Counting(ChannelMeans):
        def __call__(self, batch, device):
            calls.append(len(batch))
            return super().__call__(batch, device)

    sanity(classes, metrics=("fid", "is"), disturbances=("blur", "noise"), extractor=Counting(), workers=0)
    assert sum(calls) == 40 * (2 + 3 + 3)


@pytest.mark.slow
def test_the_seed_decides_and_workers_do_not(classes):
    """One seed, one study; another seed, another choice of images and other noise."""
    options = {"metrics": ("fid",), "disturbances": ("noise",), "extractor": ChannelMeans()}
    one, other, same = (
        sanity(classes, seed=seed, workers=workers, **options).series[0].values(FD)
        for seed, workers in ((0, 0), (1, 0), (0, 2))
    )
    assert one == same
    assert all(left != right for left, right in zip(one, other, strict=True))


@pytest.mark.slow
def test_statistics_are_kept_between_runs(classes, tmp_path):
    """The second run of the same study asks the network for nothing."""
    calls = []

    class Counting(ChannelMeans):
        def __call__(self, batch, device):
            calls.append(len(batch))
            return super().__call__(batch, device)

    options = {"metrics": ("fid",), "disturbances": ("noise",), "extractor": Counting(), "workers": 0}
    first, second = (sanity(classes, cache=tmp_path / "cache", **options) for _ in range(2))
    assert first.series[0].values(FD) == second.series[0].values(FD)
    assert sum(calls) == 40 * (2 + 3)


def test_text_names_everything(study):
    """Both tables, the units of the levels, and every verdict."""
    text = study.to_text()
    for word in (*SERIES_NAMES, FD, IS, "share of pixels", "monotone", "tolerance 2 %", "note: modes has"):
        assert word in text


def test_json_and_csv_hold_every_score(study):
    """One object with provenance; one line a score, the same digits in both."""
    whole = json.loads(study.to_json())
    assert list(whole) == ["scores", "verdicts", "left_out", "notes", "provenance"]
    assert len(whole["scores"]) == sum(3 * len(series.levels) for series in study.series)
    assert whole["provenance"]["study"]["count"] == 40
    assert whole["provenance"]["real"]["contents"]
    assert {"disturbance": "rectangles", "metric": FD, "verdict": "monotone"} in whole["verdicts"]
    rows = list(csv.DictReader(io.StringIO(study.to_csv())))
    assert [float(row["value"]) for row in rows] == [score["value"] for score in whole["scores"]]
    assert [row["disturbance"] for row in rows] == [score["disturbance"] for score in whole["scores"]]


@pytest.mark.slow
def test_tensors_have_no_classes():
    """What cannot be done is left out, and the rest is done."""
    study = sanity(random_images(60), metrics=("fid",), **FREE)
    assert [series.name for series in study.series] == list(SERIES_NAMES[:-2])
    assert "left out: modes needs class folders" in study.to_text()
    assert "left out: mix needs images of another kind" in study.to_text()


@pytest.mark.slow
def test_bad_input_costs_no_extraction(classes, others, tmp_path):
    """A damaged image anywhere, statistics for images, an unknown metric, too few images for a metric."""

    class Untouched(ChannelMeans):
        def __call__(self, batch, device):
            raise AssertionError

    never = {"extractor": Untouched(), "workers": 0}
    with pytest.raises(InputError, match="metrics must be among fid, .*; got fdi"):
        sanity(classes, metrics=("fdi",), **never)
    with pytest.raises(InputError, match=r"a distance within classes needs a class for each image; .*, mix 0.25 has"):
        sanity(classes, others=others, metrics=("intra_fid",), **never)
    with pytest.raises(NotEnoughSamples, match="an Inception Score needs at least 10 images a side; .* has 9"):
        sanity(random_images(18), **never)
    Reference.from_images(random_images(20), **FREE).save(tmp_path / "stored.npz")
    with pytest.raises(InputError, match="a disturbance study needs images; .* holds only their mean and covariance"):
        sanity(tmp_path / "stored.npz", **never)
    for path in list(others.iterdir())[:35]:
        path.write_bytes(b"")
    with pytest.raises(InputError, match=r"images of \S+, mix 0.25 cannot be read: \S+others\S+ \(empty file\)"):
        sanity(classes, others=others, **never)


@pytest.mark.slow
def test_constant_images_are_scored():
    """Noise is all that can be seen of a gray image; nothing fails where nothing varies."""
    gray = torch.full((20, 3, 8, 8), 128, dtype=torch.uint8)
    study = sanity(gray, metrics=("fid",), disturbances=("blur", "swirl", "noise"), **FREE)
    values = {series.name: series.values(FD) for series in study.series}
    assert values["blur"] == values["swirl"] == [0.0, 0.0, 0.0, 0.0]
    assert values["noise"][0] == 0.0 < values["noise"][1]
