"""Several metrics in a loop, from one pass of the network."""

import copy
import pickle
from contextlib import nullcontext

import pytest
import torch

import ganmetrics
from ganmetrics import Evaluator, ModuleExtractor, Reference
from ganmetrics.errors import InputError, NotEnoughSamples, NumericsError, StaleStatistics
from ganmetrics.extraction.rows import GrowingRows
from ganmetrics.testing import ChannelMeans, random_images

METRICS = ("fid", "kid", "is", "precision", "recall", "vendi", "mifid", "authenticity")
REAL, FAKE = random_images(60, seed=1), random_images(50, seed=2)
FREE = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu"}


class Counting(ChannelMeans):
    """Counts the images that pass the network."""

    def __init__(self):
        super().__init__()
        self.seen = 0

    def __call__(self, batch, device):
        self.seen += len(batch)
        return super().__call__(batch, device)


def fed(batches=(17, 17, 16), **options):
    """An evaluator that has seen the fakes in batches."""
    evaluator = Evaluator(REAL, metrics=METRICS, **{**FREE, **options})
    for batch in FAKE.split(list(batches)):
        evaluator.update(batch)
    return evaluator


@pytest.mark.slow
@pytest.mark.parametrize("batches", [(50,), (1, 40, 9), (17, 17, 16)])
def test_the_scores_are_those_of_evaluate(batches):
    """Whatever the batches."""
    expected = ganmetrics.evaluate(REAL, FAKE, metrics=METRICS, **FREE)
    found = fed(batches).compute()
    assert list(found) == list(expected)
    for name, score in expected.items():
        assert found[name].value == pytest.approx(score.value, rel=1e-6), name
        assert found[name].low == (None if score.low is None else pytest.approx(score.low, rel=1e-6)), name


@pytest.mark.slow
def test_each_image_passes_the_network_once():
    """However many metrics there are."""
    extractor = Counting()
    evaluator = Evaluator(REAL, metrics=METRICS, extractor=extractor, workers=0)
    evaluator.update(FAKE)
    evaluator.compute()
    evaluator.compute()
    assert extractor.seen == 110


@pytest.mark.slow
def test_streams_merge_to_one():
    """Two parts of a run are the run."""
    first, second = fed((50,)), fed((50,))
    first.reset()
    second.reset()
    first.update(FAKE[:20])
    second.update(FAKE[20:])
    first.merge(second)
    assert first.count == 50
    whole = fed((50,)).compute()
    for name, score in first.compute().items():
        assert score.value == pytest.approx(whole[name].value, rel=1e-6), name


@pytest.mark.slow
@pytest.mark.parametrize("move", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_goes_on_by_itself(move):
    """It has seen what the original has, and what either sees later is its own."""
    original = fed((50,))
    other = move(original)
    other.update(REAL[:10])
    assert (original.count, other.count) == (50, 60)
    for name, score in fed((50,)).compute().items():
        assert original.compute()[name].value == score.value


class OneBuffer(ChannelMeans):
    """Writes every batch into the same memory, as bound inputs and outputs of other engines do."""

    def __init__(self):
        super().__init__()
        self.memory = torch.zeros(64, 3)

    def __call__(self, batch, device):
        given = super().__call__(batch, device).features
        self.memory[: len(given)] = given
        return ganmetrics.Outputs(self.memory[: len(given)])


def test_an_extractor_may_use_its_memory_again():
    """What it gave for a batch is a copy, here and in `evaluate`."""
    metrics = ("fid", "kid", "recall")
    reports = []
    for extractor in (ChannelMeans(), OneBuffer()):
        options = {**FREE, "extractor": extractor}
        evaluator = Evaluator(REAL, metrics=metrics, **options)
        for batch in FAKE.split(10):
            evaluator.update(batch)
        report = ganmetrics.evaluate(REAL, FAKE, metrics=metrics, batch_size=7, **options)
        reports.append([score.value for found in (report, evaluator.compute()) for score in found.values()])
    assert reports[0] == reports[1]


class FailsOnce(ChannelMeans):
    """Raises, or gives a feature that is not finite, at one of its calls."""

    def __init__(self, *, at, raises):
        super().__init__()
        self.calls, self.at, self.raises = 0, at, raises

    def __call__(self, batch, device):
        self.calls += 1
        given = super().__call__(batch, device).features
        if self.calls == self.at and self.raises:
            raise torch.OutOfMemoryError("no memory is left")
        if self.calls == self.at:
            given[1, 2] = torch.nan
        return ganmetrics.Outputs(given)


@pytest.mark.parametrize(("raises", "error"), [(True, torch.OutOfMemoryError), (False, NumericsError)])
def test_a_batch_is_added_whole_or_not_at_all(raises, error):
    """One whose second piece fails may be given again: none of it counted."""
    stored = Reference.from_images(REAL, **FREE)
    evaluator = Evaluator(stored, **{**FREE, "extractor": FailsOnce(at=5, raises=raises)}, batch_size=10)
    evaluator.update(FAKE[:30])
    with pytest.raises(error, match=r"no memory is left|non-finite one for images\[11\]"):
        evaluator.update(FAKE[30:])
    assert evaluator.count == 30
    evaluator.update(FAKE[30:])
    whole = Evaluator(stored, **FREE, batch_size=10)
    whole.update(FAKE)
    assert (evaluator.count, evaluator.compute()["fd_channel-means"].value) == (
        50,
        pytest.approx(whole.compute()["fd_channel-means"].value, rel=1e-12),
    )


@pytest.mark.slow
def test_reset_forgets():
    """The real side stays."""
    evaluator = fed()
    evaluator.reset()
    assert evaluator.count == 0
    with pytest.raises(NotEnoughSamples, match="update has been given none"):
        evaluator.compute()
    evaluator.update(FAKE)
    assert evaluator.compute()["fd_channel-means"].fake_count == 50


def test_features_past_the_budget_lie_on_the_disk():
    """The same rows, and they survive a copy."""
    rows, rest = GrowingRows(memory=4 * 4 * 3 * 10), torch.randn(25, 3)
    for batch in rest.split(4):
        rows.append(batch)
    assert rows.on_disk
    assert torch.equal(rows.tensor(), rest)
    rows.append(rest)
    assert torch.equal(rows.tensor(), torch.cat([rest, rest]))
    assert torch.equal(copy.deepcopy(rows).tensor(), torch.cat([rest, rest]))
    lean = GrowingRows(memory=10**9)
    lean.append(rest)
    assert not lean.on_disk


def test_stored_statistics_serve_distances_only():
    """They hold no image, and that is said before the first update."""
    reference = Reference.from_images(REAL, **FREE)
    evaluator = Evaluator(reference, metrics=("fid", "is"), extractor=ChannelMeans())
    evaluator.update(FAKE)
    assert len(evaluator.compute()) == 2
    with pytest.raises(InputError, match="a kernel distance needs images; tensor holds only their mean and covariance"):
        Evaluator(reference, metrics=("fid", "kid"), extractor=ChannelMeans())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metrics": ("intra_fid",)}, "a loop's images have no classes"),
        ({"metrics": ("fid",), "floor": True}, "a floor is of the real images alone"),
        ({"metrics": ("sfid",)}, "needs the spatial features of inception-v3"),
        ({"metrics": ("fd",)}, "metrics must be among"),
    ],
)
def test_what_a_loop_cannot_give_is_refused_at_once(options, message):
    """Not after an epoch."""
    with pytest.raises(InputError, match=message):
        Evaluator(REAL, **FREE, **options)


@pytest.mark.slow
def test_evaluators_of_other_features_do_not_merge():
    """Nor of other metrics."""
    with pytest.raises(StaleStatistics, match="same extractor"):
        fed().merge(Evaluator(REAL, metrics=METRICS, extractor=ChannelMeans("other"), workers=0))
    with pytest.raises(InputError, match="need the same metrics"):
        fed().merge(Evaluator(REAL, metrics=("fid",), **FREE))


@pytest.mark.slow
def test_a_checkpoint_goes_on(tmp_path):
    """A run that is stopped and started again ends with the scores of one that was not."""
    stopped = fed((50,))
    torch.save(stopped.state_dict(), tmp_path / "state.pt")
    resumed = fed((50,))
    resumed.reset()
    resumed.load_state_dict(torch.load(tmp_path / "state.pt", weights_only=True))
    for name, score in stopped.compute().items():
        assert resumed.compute()[name].value == score.value
        assert resumed.compute()[name].low == score.low
    whole = fed((50,))
    for evaluator in (resumed, whole):
        evaluator.update(REAL[:10])
    assert resumed.count == whole.count == 60
    for name, score in whole.compute().items():
        assert resumed.compute()[name].value == pytest.approx(score.value, rel=1e-6)


@pytest.mark.slow
def test_an_empty_state_and_a_foreign_one():
    """Nothing seen is a state too; another extractor's, other metrics' or no state at all are refused."""
    evaluator = fed((50,))
    empty = fed((50,))
    empty.reset()
    evaluator.load_state_dict(empty.state_dict())
    assert evaluator.count == 0
    other = Evaluator(REAL, extractor=ChannelMeans("other"), workers=0)
    with pytest.raises(InputError, match="needs the same needs"):
        evaluator.load_state_dict(other.state_dict())
    with pytest.raises(StaleStatistics, match="needs the same extractor: 'channel-means'; it has 'other'"):
        Evaluator(REAL, **FREE).load_state_dict(other.state_dict())
    with pytest.raises(InputError, match="needs a state of its own"):
        evaluator.load_state_dict({})


@pytest.mark.slow
def test_half_precision_and_gradients_are_harmless():
    """Autocast, gradient mode and inference mode of the loop around it change nothing."""
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    extractor = ModuleExtractor(network, name="conv", size=8)
    values = []
    for around in (nullcontext(), torch.autocast("cpu", torch.bfloat16), torch.inference_mode(), torch.no_grad()):
        evaluator = Evaluator(REAL, extractor=extractor, workers=0)
        with around:
            evaluator.update(FAKE)
        values.append(float(evaluator.compute()["fd_conv"]))
    assert len(set(values)) == 1


@pytest.mark.parametrize(
    ("real", "options", "error", "message"),
    [
        (REAL[:40], {}, StaleStatistics, "both need the same real images; one has tensor, the other has tensor"),
        (Reference.from_images(REAL[:40], **FREE), {}, StaleStatistics, "both need the same real images"),
        (REAL, {"metrics": ("fid",)}, InputError, "the same metrics: 'fid kid'; the other has 'fid'"),
        (REAL, {"metrics": ("kid", "fid")}, InputError, "the same metrics: 'fid kid'; the other has 'kid fid'"),
        (REAL, {"subsets": 7}, InputError, "the same subsets: None; the other has 7"),
        (REAL, {"seed": 1}, InputError, "the same seed: 0; the other has 1"),
        (REAL, {"interval": False}, InputError, "the same interval: True; the other has False"),
        (REAL, {"extractor": ChannelMeans("other")}, StaleStatistics, "the same extractor: 'channel-means'; the other"),
    ],
)
def test_only_evaluators_alike_merge(real, options, error, message):
    """Whatever a score says of itself must hold of both."""
    ours = Evaluator(REAL, metrics=("fid", "kid"), **FREE)
    if isinstance(real, Reference):
        options, ours = {"metrics": ("fid",), **options}, Evaluator(REAL, **FREE)
    other = Evaluator(real, **{"metrics": ("fid", "kid"), **FREE, **options})
    with pytest.raises(error, match=message):
        ours.merge(other)
    assert ours.count == 0


def test_what_is_no_choice_of_scores_may_differ():
    """The room that each may take, and where the same statistics of the real images come from."""
    ours = Evaluator(REAL, **FREE)
    other = Evaluator(Reference.from_images(REAL, **FREE), memory=10**8, **FREE)
    other.update(FAKE)
    ours.merge(other)
    assert ours.count == len(FAKE)
    with pytest.raises(InputError, match="got the same, whose images would count twice"):
        ours.merge(ours)


def test_only_an_evaluator_merges():
    """Anything else is refused in words."""
    merge = getattr(Evaluator.merge, "__wrapped__", Evaluator.merge)  # without the types that only tests check
    with pytest.raises(InputError, match="^what is merged must be an evaluator; got NoneType$"):
        merge(Evaluator(REAL, **FREE), None)
