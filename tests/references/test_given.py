"""Features that the caller gives: the same numbers as the road of images, and nothing compared that does not belong."""

import numpy as np
import pytest
import torch

from ganmetrics import Evaluator, Features, Reference, compare, evaluate, explain, extract, influence
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError, StaleStatistics
from ganmetrics.metrics.catalogue import METRICS
from ganmetrics.testing import ChannelMeans, random_images

FREE = {"extractor": ChannelMeans(), "workers": 0}
IMAGES = [random_images(60, seed=seed) for seed in (1, 2, 3)]
REAL, FAKE, OTHER = (
    Features(extract(images, **FREE).features, name="mine", source=name)
    for images, name in zip(IMAGES, ("real", "fake", "other"), strict=True)
)
NOT_GIVEN = {"logits", "spatial", "classes", "pixels"}
OF_FEATURES = [
    name
    for name, metric in METRICS.items()
    if name != "cmmd" and not (metric.real | metric.fake) & NOT_GIVEN and not metric.test
]


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_FEATURES)
def test_every_metric_of_features_is_that_of_the_images(name):
    """To the last bit, interval included."""
    more = {"bandwidth": 30.0} if name == "rke" else {}
    (given,) = evaluate(REAL, FAKE, metrics=(name,), **more).values()
    (road,) = evaluate(*IMAGES[:2], metrics=(name,), **FREE, **more).values()
    assert (given.value, given.low, given.high, given.corrected) == (road.value, road.low, road.high, road.corrected)
    assert given.name.endswith("_mine")


@pytest.mark.slow
def test_classes_can_be_given():
    """In order, as a list or a file; without them the metric is refused."""
    labels = ["a", "b"] * 30
    found = evaluate(REAL, FAKE, metrics=("intra_fid",), real_labels=labels, fake_labels=labels)
    road = evaluate(*IMAGES[:2], metrics=("intra_fid",), real_labels=labels, fake_labels=labels, **FREE)
    assert float(found["intra_fd_mine"]) == float(next(iter(road.values())))
    with pytest.raises(InputError, match="a distance within classes needs labels; real has none"):
        evaluate(REAL, FAKE, metrics=("intra_fid",))


def test_labels_by_name_have_no_rows_to_go_to(tmp_path):
    """Rows have an order only."""
    (tmp_path / "names.csv").write_text("file_name,label\na.png,x\n")
    (tmp_path / "order.csv").write_text("label\n" + "a\nb\n" * 30)
    with pytest.raises(InputError, match=r"has labels by name; the rows of real have none"):
        evaluate(REAL, FAKE, real_labels=tmp_path / "names.csv")
    labelled = {"real_labels": tmp_path / "order.csv", "fake_labels": tmp_path / "order.csv"}
    assert len(evaluate(REAL, FAKE, metrics=("intra_fid",), **labelled)) == 1


@pytest.mark.slow
def test_floor_test_and_several():
    """As for images."""
    ranking = evaluate(REAL, {"fake": FAKE, "other": OTHER}, floor=True)
    road = evaluate(IMAGES[0], {"fake": IMAGES[1], "other": IMAGES[2]}, **FREE)
    assert ranking.contrasts[0].p_value == road.contrasts[0].p_value
    assert "fd_mine_floor" in ranking["fake"]
    assert list(evaluate(REAL, FAKE, test=OTHER)) == ["fd_mine", "fd_mine_test"]


@pytest.mark.slow
def test_compare_and_influence_take_them():
    """Rows are named by their numbers."""
    assert compare(REAL, FAKE, OTHER, metrics=["fid"], permutations=99)["fd_mine"].difference.p_value > 0
    found = influence(REAL, FAKE)
    road = influence(*IMAGES[:2], **FREE)
    assert torch.equal(found.fake.influence, road.fake.influence)
    assert found.fake.rows.label(found.fake.raising(1)[0]).startswith("fake[")


def test_pictures_need_images(tmp_path):
    """A row of features has none."""
    with pytest.raises(InputError, match=r"pictures need images; fake\[\d+\] is a row of features"):
        influence(REAL, FAKE).save_pictures(tmp_path, 1)
    assert not list(tmp_path.iterdir())


def test_double_precision_is_kept():
    """A mean far from 0 leaves few digits in single precision."""
    rows = np.random.default_rng(0).normal(size=(400, 3))
    near, far = (float(evaluate(Features(rows + shift), Features(rows[::-1] * 2 + shift))["fd"]) for shift in (0, 1e6))
    assert near == pytest.approx(far, rel=1e-6)


@pytest.mark.slow
def test_a_seeded_choice_is_that_of_images():
    """Count and seed choose the same rows."""
    found = evaluate(REAL, FAKE, count=40, seed=3, interval=False)
    road = evaluate(*IMAGES[:2], count=40, interval=False, **{**FREE, "seed": 3})
    assert float(found["fd_mine"]) == float(next(iter(road.values())))
    with pytest.raises(NotEnoughSamples, match="61 rows are to be chosen; real has 60"):
        evaluate(REAL, FAKE, count=61)


@pytest.mark.slow
def test_statistics_of_features_stand_for_them(tmp_path):
    """Saved, loaded, merged; with the name they carry."""
    whole = Reference.from_features(REAL)
    whole.save(tmp_path / "real.npz")
    direct = float(evaluate(REAL, FAKE)["fd_mine"])
    unnamed = Features(FAKE.rows)
    assert float(evaluate(tmp_path / "real.npz", FAKE)["fd_mine"]) == direct
    assert float(evaluate(tmp_path / "real.npz", unnamed)["fd_mine"]) == direct
    parts = [Reference.from_features(REAL.rows[rows], name="mine") for rows in (slice(0, 25), slice(25, None))]
    assert float(evaluate(parts[0].merge(parts[1]), FAKE)["fd_mine"]) == pytest.approx(direct, rel=1e-9)
    assert Reference.from_images(REAL, floor=True).blocks is not None
    assert whole.line() == "real: 60 rows, 3 features, mine/given, weights none"


def test_statistics_of_another_library_are_vouched_for(tmp_path):
    """They say nothing of their origin; the features beside them do."""
    moments = Reference.from_features(REAL).moments
    np.savez(tmp_path / "real.npz", mu=moments.mean.numpy(), sigma=moments.covariance.numpy())
    score = evaluate(tmp_path / "real.npz", FAKE, interval=False)["fd_mine"]
    assert score.value == pytest.approx(float(evaluate(REAL, FAKE)["fd_mine"]), rel=1e-9)
    assert "real: origin vouched for by the caller" in score.notes


def test_features_of_a_network_need_its_name_beside_its_statistics(make_reference):
    """Their identity is the caller's word, and the score says so."""
    stored = make_reference(40)
    with pytest.raises(StaleStatistics, match=r"has those of channel-means, and features says nothing \(--name\)"):
        evaluate(stored, Features(FAKE.rows))
    score = evaluate(stored, Features(FAKE.rows, "channel-means"))["fd_channel-means"]
    assert "fake: origin vouched for by the caller" in score.notes


@pytest.mark.parametrize(
    ("real", "fake", "options", "kind", "message"),
    [
        (REAL, IMAGES[1], {}, InputError, "features need features or their statistics on the other side; tensor holds"),
        (REAL, FAKE, {"extractor": "inception-v3"}, InputError, "extractor says how images become features"),
        (REAL, FAKE, {"protocol": "ttur"}, InputError, "protocol says how images become features"),
        (REAL, Features(FAKE.rows, "yours"), {}, StaleStatistics, "features of one encoder; got mine and yours"),
        (REAL, Features(FAKE.rows[:, :2], "mine"), {}, StaleStatistics, "of one width; real has 3, features has 2"),
        (
            REAL,
            FAKE,
            {"metrics": ("is",)},
            InputError,
            "needs logits of images; fake holds features",
        ),
        (REAL, FAKE, {"metrics": ("sfid",)}, InputError, "needs spatial features of images; real holds features"),
    ],
)
def test_what_does_not_belong_together(real, fake, options, kind, message):
    """In one line; nothing is scored."""
    with pytest.raises(kind, match=message):
        evaluate(real, fake, **options)


def test_a_row_that_is_not_finite_is_named():
    """By its number in what was given."""
    rows = REAL.rows.clone()
    rows[41, 1] = float("nan")
    with pytest.raises(NumericsError, match="x must be finite, but row 41 is not"):
        evaluate(Features(rows, source="x"), Features(FAKE.rows))


def test_commands_of_images_refuse_them():
    """They look at pixels, or put images through a network."""
    with pytest.raises(InputError, match="real holds features"):
        explain(REAL, FAKE)
    with pytest.raises(InputError, match="a loop's images need images or their statistics"):
        Evaluator(REAL)


def test_one_set_twice_is_noticed():
    """By contents, whatever the container."""
    again = Features(REAL.rows.numpy().copy(), source="copy")
    with pytest.raises(InputError, match="hold the same features: real and copy"):
        compare(REAL, again, FAKE)
    with pytest.raises(InputError, match="have a name of their own; got 'x'"):
        Reference.from_features(REAL, name="x")


@pytest.mark.parametrize("options", [{"crop": "center"}, {"resize_to": 64}, {"frames": "all"}, {"alpha": "black"}])
def test_options_of_images_are_refused(options):
    """They would change nothing, though the caller believes it."""
    (name,) = options
    features = Features(torch.eye(5, 3))
    with pytest.raises(InputError, match=f"^{name} says how images become features; got it with features$"):
        evaluate(features, features, **options)


def test_rows_are_not_called_images(caplog):
    """In warnings and errors about features that were given."""
    few, rows = Features(torch.eye(5, 8)), Features(torch.eye(40, 8))
    with pytest.raises(NotEnoughSamples, match="needs at least 2 rows a side; features has 1$"):
        evaluate(rows, rows.take([0]))
    with pytest.raises(NotEnoughSamples, match="^99 rows are to be chosen; features has 40$"):
        evaluate(rows, rows, count=99)
    stored = Reference.from_features(rows)
    with pytest.raises(InputError, match="^precision needs rows; features holds only their mean and covariance$"):
        evaluate(stored, few, metrics=("precision",))
    with pytest.raises(StaleStatistics, match="^this run scores 20 rows a side; features is of 40$"):
        evaluate(stored, rows, count=20)
    with pytest.raises(StaleStatistics, match="^merging needs different rows; "):
        stored.merge(stored)
    with pytest.raises(InputError, match=r"^labels must be a class for each; got None for features\[1\]$"):
        rows.with_classes([1, None, *range(38)])
    evaluate(few, few)
    assert "real and fake hold the same rows: features and features" in caplog.text
    assert "real has 5 and fake has 5 rows, no more than the 8 features" in caplog.text
    assert "image" not in caplog.text
