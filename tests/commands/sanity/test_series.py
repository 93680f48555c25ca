"""Which images are in which set of a study."""

import pytest

from ganmetrics.commands.sanity.series import SERIES_NAMES, make_sets
from ganmetrics.data.sources import open_source
from ganmetrics.errors import InputError, NotEnoughSamples


def labels(source):
    """Return the names of the images of a set."""
    return [source.label(index) for index in range(len(source))]


def series_of(sets):
    """Return the series by name."""
    return {series.name: series for series in sets.series}


def test_reference_and_clean_are_disjoint_halves(source):
    """No image of the reference is disturbed, and without a count every image is in one of the two."""
    sets = make_sets(source)
    real, clean = labels(sets.real), labels(sets.clean)
    assert len(real) == len(clean) == 40
    assert not set(real) & set(clean)
    assert set(real) | set(clean) == set(labels(source))


def test_the_halves_are_shuffled(source):
    """Classes are spread, so that splits of an Inception Score are alike; the seed decides how."""
    clean = make_sets(source, seed=0).clean
    assert len({clean.class_of(index) for index in range(10)}) > 2
    assert labels(clean) == labels(make_sets(source, seed=0).clean) != labels(make_sets(source, seed=1).clean)


def test_every_disturbance_of_images_disturbs_the_clean_ones(source):
    """Level 0 is the clean set itself, and every other level its images in its order."""
    sets = make_sets(source, disturbances=("noise", "blur"))
    assert [series.name for series in sets.series] == ["noise", "blur"]
    for series in sets.series:
        assert series.steps[0].source is sets.clean
        assert [step.level for step in series.steps] == sorted(step.level for step in series.steps)
        assert all(labels(step.source) == labels(sets.clean) for step in series.steps)


def test_sets_with_missing_classes_are_filled_up(source):
    """With spare images all levels have `count` images, only of the classes that are left, none of the reference."""
    sets = make_sets(source, disturbances=("modes",), count=10)
    steps = series_of(sets)["modes"].steps
    assert [step.level for step in steps] == [0, 1, 2, 3]
    assert steps[0].source is sets.clean
    assert sets.notes == ()
    for step in steps:
        assert len(step.source) == 10
        assert len({step.source.class_of(index) for index in range(10)}) == 4 - step.level
        assert not set(labels(step.source)) & set(labels(sets.real))


def test_where_images_run_out_all_levels_shrink_and_it_is_said(source):
    """Level 0 then has as few images as the last, so that only the classes change."""
    sets = make_sets(source, disturbances=("modes",))
    counts = {len(step.source) for step in series_of(sets)["modes"].steps}
    (count,) = counts
    assert count < 20
    assert sets.notes == (f"modes has {count} images a set, all that the classes left at its last level have",)


def test_too_few_images_for_the_metrics_are_no_series(source):
    """Known before anything is extracted, and said."""
    sets = make_sets(source, disturbances=("modes", "noise"), least=30)
    assert [series.name for series in sets.series] == ["noise"]
    assert sets.left_out["modes"].startswith("needs 30 images a set for these metrics; the classes left")


def test_contamination_keeps_the_count(source, others):
    """A quarter, half and three quarters of the clean images are replaced by others."""
    sets = make_sets(source, disturbances=("mix",), others=open_source(others))
    for step in series_of(sets)["mix"].steps:
        strangers = [label for label in labels(step.source) if "others" in label]
        assert len(strangers) == len(set(strangers)) == 40 * step.level
        assert len(step.source) == 40


def test_what_is_left_out_has_a_reason(others):
    """Without classes there are no modes to drop, and without others nothing to mix in."""
    sets = make_sets(open_source(others))
    assert [series.name for series in sets.series] == list(SERIES_NAMES[:-2])
    assert sets.left_out["modes"].startswith("needs class folders, two or more; ")
    assert sets.left_out["mix"] == "needs images of another kind; none were given (others)"


def test_bad_requests_are_refused(source, others):
    """Too few images, too few others, an unknown disturbance."""
    with pytest.raises(NotEnoughSamples, match=r"needs twice as many images as a set has, 82; \S+ has 80"):
        make_sets(source, count=41)
    with pytest.raises(NotEnoughSamples, match=r"contamination of 0\.75 of 40 images needs 30 others; \S+ has 20"):
        make_sets(source, others=open_source(others.parent / "real" / "ant"))
    with pytest.raises(InputError, match="disturbances must be among noise, blur, .*; got blurr"):
        make_sets(source, disturbances=("blurr",))
    with pytest.raises(InputError, match=r"^mix needs images of another kind; none were given \(others\)$"):
        make_sets(source, disturbances=("mix",))
