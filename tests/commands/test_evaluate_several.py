"""`evaluate` of several generators, and beside held-out real images."""

import pytest
import torch

from ganmetrics import Ranking, Report, compare, evaluate
from ganmetrics.errors import InputError, NumericsError
from ganmetrics.features.base import Outputs
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0}
METRICS = ("fid", "kid", "precision", "recall", "is")
REAL = random_images(60, seed=1)
FAKES = {"near": random_images(50, seed=2), "dark": random_images(60, seed=3) // 2, "few": random_images(40, seed=4)}


@pytest.mark.slow
def test_each_report_is_what_that_generator_alone_gets():
    """To the last bit, interval included; every image passes the network once."""
    ranking = evaluate(REAL, FAKES, metrics=METRICS, **FREE)
    assert isinstance(ranking, Ranking)
    assert list(ranking) == list(FAKES)
    for name, images in FAKES.items():
        alone = evaluate(REAL, images, metrics=METRICS, **FREE)
        assert isinstance(alone, Report)
        assert [(s.value, s.low, s.high, s.corrected) for s in alone.values()] == [
            (s.value, s.low, s.high, s.corrected) for s in ranking[name].values()
        ]


@pytest.mark.slow
def test_the_real_side_passes_the_network_once():
    """However many generators there are."""
    seen = []

    class Counting(ChannelMeans):
        def __call__(self, batch, device):
            seen.append(len(batch))
            return super().__call__(batch, device)

    evaluate(REAL, FAKES, metrics=("fid", "kid"), extractor=Counting(), workers=0)
    assert sum(seen) == 60 + 50 + 60 + 40


@pytest.mark.slow
def test_differences_are_those_of_compare_with_holms_correction():
    """Value, interval and p-value; the corrected one is no smaller, and the verdict goes by it."""
    ranking = evaluate(REAL, FAKES, metrics=("fid", "precision"), **FREE)
    assert len(ranking.contrasts) == 6
    for found in ranking.contrasts:
        pair = FAKES[found.first], FAKES[found.second]
        one = compare(REAL, *pair, metrics=["fid", "precision"], **FREE)[found.metric].difference
        assert (found.value, found.low, found.high, found.p_value) == (one.value, one.low, one.high, one.p_value)
        assert found.adjusted >= found.p_value
    assert ranking.beaten_by("fd_channel-means", "near") == ["dark"]
    assert ranking.order("fd_channel-means")[-1] == "dark"


@pytest.mark.slow
def test_without_intervals_there_are_no_differences():
    """They are the costly part."""
    ranking = evaluate(REAL, FAKES, interval=False, **FREE)
    assert ranking.contrasts == ()
    assert ranking.order("fd_channel-means")[-1] == "dark"


@pytest.mark.slow
def test_statistics_have_scores_and_no_differences(make_reference):
    """The reason is told, for the real side and for one generator."""
    stored = make_reference(40)
    ranking = evaluate(stored, FAKES, **FREE)
    assert ranking.notes == ("no differences: they need at least 16 real images, not statistics",)
    mixed = evaluate(REAL, {**FAKES, "stored": stored}, **FREE)
    assert mixed.notes == ("no differences of stored: they need at least 16 images, not statistics",)
    assert len(mixed.contrasts) == 3
    assert len(mixed["stored"]) == 1


@pytest.mark.slow
def test_one_generator_that_cannot_be_scored_leaves_the_others_alone():
    """Its report has the reason in each metric's place."""
    grey = torch.full((60, 3, 8, 8), 7, dtype=torch.uint8)
    ranking = evaluate(REAL, {"near": FAKES["near"], "grey": grey}, metrics=("precision", "p_precision"), **FREE)
    assert len(ranking["near"]) == 2
    assert set(ranking["grey"].refusals) | set(ranking["grey"].scores) == set(ranking["near"].scores)


@pytest.mark.parametrize(
    ("fakes", "message"),
    [
        ({}, "generators: there is none"),
        ({"": REAL}, "need a name each"),
        ({1: REAL}, "need a name each; got 1"),
        ({"a": FAKES["near"], "b": FAKES["near"].clone()}, "a ranking needs different sets; a and b hold the same"),
        ({"a": FAKES["near"], "b": REAL.clone()}, "a ranking needs different sets; real and b hold the same images"),
    ],
)
def test_what_is_no_set_of_generators_is_refused(fakes, message):
    """In one line, before the network runs."""
    with pytest.raises(InputError, match=message):
        evaluate(REAL, fakes, **FREE)


@pytest.mark.slow
def test_labels_of_several_go_by_name():
    """A list cannot be all generators'; an unknown name is a slip."""
    with pytest.raises(InputError, match="labels of several generators need to be given by name"):
        evaluate(REAL, FAKES, fake_labels=["a"] * 50, **FREE)
    with pytest.raises(InputError, match="labels need the name of a generator; got 'nobody'"):
        evaluate(REAL, FAKES, fake_labels={"nobody": ["a"]}, **FREE)
    with pytest.raises(InputError, match="labels by name go with several"):
        evaluate(REAL, REAL, fake_labels={"fake": ["a"]}, **FREE)
    classes = {"real_labels": ["a", "b"] * 30, "fake_labels": {"near": ["a", "b"] * 25, "few": ["b", "a"] * 20}}
    pair = {name: FAKES[name] for name in ("near", "few")}
    found = evaluate(REAL, pair, metrics=("intra_fid",), **classes, **FREE)
    alone = evaluate(
        REAL, pair["few"], metrics=("intra_fid",), real_labels=["a", "b"] * 30, fake_labels=["b", "a"] * 20, **FREE
    )
    assert float(next(iter(found["few"].values()))) == float(next(iter(alone.values())))


@pytest.mark.slow
def test_held_out_images_are_scored_as_fake_ones():
    """Under a name of their own, with the ratio beside them; `provenance` says which they were."""
    test = random_images(50, seed=9)
    report = evaluate(REAL, FAKES["near"], metrics=("fid", "precision", "is"), test=test, **FREE)
    alone = evaluate(REAL, test, metrics=("fid", "precision", "is"), **FREE)
    for name, score in alone.items():
        assert report[f"{name}_test"].value == score.value
        assert report[f"{name}_test"].low == score.low
    (table,) = report.tables
    assert table.name == "held_out"
    first = table.to_json()[0]
    assert first["ratio"] == report["fd_channel-means"].value / alone["fd_channel-means"].value
    assert first["equal counts"]
    assert report.provenance["test"]["count"] == 50
    assert "test" not in alone.provenance


@pytest.mark.slow
def test_several_generators_share_held_out_images():
    """They are scored once and rank nobody."""
    ranking = evaluate(REAL, FAKES, test=random_images(50, seed=9), floor=True, **FREE)
    assert ranking.shared == ("fd_channel-means_floor", "fd_channel-means_test")
    assert ranking.metrics == ("fd_channel-means",)
    assert len({id(report["fd_channel-means_test"]) for report in ranking.values()}) == 1


def test_held_out_images_must_be_others():
    """A test set that is the training set would say that nothing is memorised."""
    with pytest.raises(InputError, match="a held-out set needs different sets; real and test hold the same images"):
        evaluate(REAL, FAKES["near"], test=REAL.clone(), **FREE)


def test_a_broken_network_is_an_error_of_all():
    """What fails in the pass is no generator's fault alone."""

    class Broken(ChannelMeans):
        def __call__(self, batch, device):
            return Outputs(features=batch * float("nan"))

    with pytest.raises(NumericsError, match="must be finite"):
        evaluate(REAL, FAKES, extractor=Broken(), workers=0)
