"""States of a training loop's metric: what is no state is refused, and what was gathered before it stays."""

import copy

import pytest
import torch

import ganmetrics
from ganmetrics.errors import InputError, NumericsError, StaleStatistics
from ganmetrics.testing import ChannelMeans, random_images

REAL = random_images(40)


@pytest.fixture
def evaluator():
    """One that has seen 20 images."""
    found = ganmetrics.Evaluator(REAL, metrics=("fid", "precision"), extractor=ChannelMeans(), workers=0, device="cpu")
    found.update(random_images(20, seed=1))
    return found


def changed(evaluator, *path, to):
    """Return its state with one part changed; ``...`` takes the part away."""
    state = copy.deepcopy(evaluator.state_dict())
    part = state
    for name in path[:-1]:
        part = part[name]
    if to is ...:
        del part[path[-1]]
    else:
        part[path[-1]] = to
    return state


@pytest.mark.parametrize(
    ("path", "to", "words"),
    [
        (("format",), torch.zeros(3), "needs a state of its own, format"),
        (("layers",), ..., "needs layers; it is damaged"),
        (("rows",), [1], "needs rows; it is damaged"),
        (("made",), None, "needs made; it is damaged"),
        (("made", "needs"), torch.zeros(2), "needs the same needs"),
        (("layers", "layer", "header"), ..., "state is damaged: 'header'"),
        (("layers", "layer", "header", "count"), "many", "state is damaged|count must be a whole number"),
        (("layers", "layer", "arrays"), 3, "state is damaged"),
        (("layers", "layer", "arrays", "mu"), torch.zeros(2, dtype=torch.float64), "must have shape"),
        (("layers", "layer"), ..., "needs layer, features; it has"),
        (("layers", "more"), {}, "state is damaged"),
        (("rows", "features"), ..., "needs layer, features; it has"),
        (("rows", "features"), torch.zeros(20, 3).numpy(), "must be a tensor; got ndarray"),
        (("rows", "features"), torch.zeros(20, 5), "needs layer of 3, features of 3, of one number of images"),
        (("rows", "features"), torch.zeros(19, 3), "of one number of images"),
        (("rows", "features"), torch.zeros(1).expand(20, 3), "must not repeat what is stored"),
        (("rows", "features"), torch.zeros(20), r"must have shape \[n, d\]"),
    ],
)
def test_what_is_no_state_is_refused_and_nothing_is_lost(evaluator, path, to, words):
    before = evaluator.compute()
    with pytest.raises(InputError, match=words):
        evaluator.load_state_dict(changed(evaluator, *path, to=to))
    assert evaluator.count == 20
    assert {name: one.value for name, one in evaluator.compute().items()} == {
        name: one.value for name, one in before.items()
    }


def test_features_that_are_not_finite_or_of_another_extractor(evaluator):
    with pytest.raises(NumericsError, match="row 0 is not"):
        evaluator.load_state_dict(changed(evaluator, "rows", "features", to=torch.full((20, 3), torch.nan)))
    with pytest.raises(StaleStatistics, match="needs the same protocol: .*; it has None"):
        evaluator.load_state_dict(changed(evaluator, "made", "protocol", to=...))


def test_a_whole_state_goes_on(evaluator):
    """The control: nothing is refused of what was saved."""
    other = ganmetrics.Evaluator(REAL, metrics=("fid", "precision"), extractor=ChannelMeans(), workers=0, device="cpu")
    other.load_state_dict(evaluator.state_dict())
    assert other.compute()["precision_channel-means"].value == evaluator.compute()["precision_channel-means"].value
