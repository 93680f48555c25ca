"""`Features`: what is taken for features, and what messages call a row."""

import itertools

import numpy as np
import pytest
import torch

from ganmetrics.data.features import Features
from ganmetrics.errors import InputError, NotEnoughSamples


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.dtype(">f4"), np.longdouble])
def test_every_float_is_taken(dtype):
    """Narrow ones are widened, wide ones rounded to double, the order of bytes does not matter."""
    given = np.linspace(-1, 1, 12).reshape(4, 3).astype(dtype)
    rows = Features(given).rows
    assert rows.dtype == (torch.float64 if given.dtype.itemsize >= 8 else torch.float32)
    assert np.array_equal(rows.numpy(), given.astype(rows.numpy().dtype))


def test_tensors_lose_gradient_and_device_only():
    """Half precision too."""
    given = torch.eye(3, dtype=torch.bfloat16, requires_grad=True)
    assert torch.equal(Features(given).rows, torch.eye(3))


def test_an_array_that_cannot_be_written_to_is_taken():
    """Such as one that is mapped for reading only."""
    given = np.eye(3, dtype=np.float32)
    given.flags.writeable = False
    assert Features(given).rows.sum() == 3


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 2), np.uint8), "features must be floating point; got uint8"),
        (np.zeros((3, 2, 2), np.float32), r"must have shape \[n, d\]"),
        (np.zeros((0, 2), np.float32), r"must have shape \[n, d\]"),
        (np.ma.masked_array(np.eye(2)), "must not be a masked array"),
    ],
)
def test_what_is_no_array_of_features(array, message):
    """It is said what came."""
    with pytest.raises(InputError, match=message):
        Features(array)


@pytest.mark.parametrize("name", ["", " ", "a\nb"])
def test_a_name_is_a_word(name):
    """It becomes a part of the score's name."""
    with pytest.raises(InputError, match="the name of an encoder needs to be a word"):
        Features(np.eye(2), name)


def test_classes_and_choices_stay_with_their_rows():
    """A chosen row keeps its number and class."""
    features = Features(np.arange(20.0).reshape(10, 2)).with_classes(list("ababababab"))
    chosen = features.choose(4, seed=1)
    for row in range(4):
        number = int(chosen.rows[row, 0]) // 2
        assert chosen.label(row) == f"features[{number}]"
        assert chosen.class_of(row) == "ab"[number % 2]
    again = chosen.take([2])
    assert again.label(0) == chosen.take([np.uint64(2)]).label(0) == chosen.label(2)
    with pytest.raises(InputError, match="indices must be whole numbers below 4"):
        chosen.take(itertools.count())
    with pytest.raises(NotEnoughSamples, match="11 rows are to be chosen; features has 10"):
        features.choose(11, seed=0)
    with pytest.raises(InputError, match="labels must have one class for each of the 10 rows of features; got 2"):
        features.with_classes(["a", "b"])


def test_a_path_that_no_file_can_have():
    with pytest.raises(InputError, match=r"^a path must be one that a file can have; got x+"):
        Features.load("x" * 300)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_rows_and_columns_that_go_backwards(dtype):
    """A view with negative strides holds what it shows; torch takes none."""
    rows = np.arange(12, dtype=dtype).reshape(4, 3)
    for view in (rows[::-1], rows[:, ::-1], rows[::-2, ::-1]):
        assert Features(view).rows.tolist() == view.tolist()


@pytest.mark.parametrize("indices", [[0.5], [[0]], "ab", 3, [4], [-5], [None]])
@pytest.mark.usefixtures("unchecked")
def test_rows_that_are_not_there_are_refused(indices):
    with pytest.raises(InputError, match="indices must be whole numbers below 4"):
        Features(np.eye(4)).take(indices)


@pytest.mark.usefixtures("unchecked")
def test_a_choice_needs_a_count_and_a_seed():
    for options, words in (
        ((0, 0), "count must be at least 1"),
        (("x", 0), "count must be a whole"),
        ((2, -1), "seed"),
    ):
        with pytest.raises(InputError, match=words):
            Features(np.eye(4)).choose(*options)


@pytest.mark.parametrize(
    ("index", "told"),
    [
        ("a", "a whole number; got 'a'"),
        (True, "a whole number; got True"),
        (0.0, "a whole number; got 0.0"),
        (100, "at most 3; got 100"),
        (-5, "at least -4; got -5"),
    ],
)
@pytest.mark.usefixtures("unchecked")
def test_a_row_that_is_not_there(index, told):
    """Neither has a name nor a class; NumPy's numbers are indices."""
    for rows in (Features(np.eye(4)), Features(np.eye(4)).with_classes("abcd")):
        for ask in (rows.label, rows.class_of):
            with pytest.raises(InputError, match=f"^the index of a row must be {told}$"):
                ask(index)
    assert (rows.label(np.int64(-1)), rows.class_of(np.int64(1))) == ("features[3]", "b")
