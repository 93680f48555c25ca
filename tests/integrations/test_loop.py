"""Tests of `ganmetrics.integrations.loop`: training goes on as if nothing had been scored."""

import random
import threading

import numpy as np
import pytest
import torch
from torch import nn

from ganmetrics import Evaluator
from ganmetrics.errors import InputError
from ganmetrics.integrations import loop
from ganmetrics.integrations.loop import averaged, evaluating, random_numbers_of, score_generator
from ganmetrics.testing import ChannelMeans, random_images


@pytest.fixture
def evaluator():
    """Of forty images."""
    return Evaluator(random_images(40), extractor=ChannelMeans(), workers=0, device="cpu")


def noise(count, rng):
    """Images of a generator's own numbers and of torch's."""
    return torch.rand(count, 3, 4, 4, generator=rng) - torch.rand(count, 3, 4, 4)


def state():
    """The random numbers that training will have; the checks of types in these tests draw from Python's own."""
    return torch.get_rng_state().tolist(), np.random.get_state()[1].tolist()  # noqa: NPY002


def test_scores_repeat_and_training_keeps_its_random_numbers(evaluator):
    """Though the images are drawn from torch's own generator, too."""
    before = state()
    reports = [score_generator(evaluator, noise, count=30, batch_size=8) for _ in range(2)]
    assert float(reports[0]["fd_channel-means"]) == float(reports[1]["fd_channel-means"])
    assert state() == before
    other = score_generator(evaluator, noise, count=30, batch_size=8, seed=1)
    assert float(other["fd_channel-means"]) != float(reports[0]["fd_channel-means"])


def test_all_random_numbers_are_seeded_and_put_back():
    """Also where the block fails."""
    before, of_python, drawn = state(), random.getstate(), []
    for _ in range(2):
        with pytest.raises(KeyError), random_numbers_of(5) as rng:
            of_numpy = np.random.rand()  # noqa: NPY002
            drawn.append((torch.rand(1).item(), random.random(), of_numpy, torch.rand(1, generator=rng).item()))
            raise KeyError
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 4  # of one seed, latents and a network's noise would be alike
    assert (state(), random.getstate()) == (before, of_python)


@pytest.mark.slow
@pytest.mark.parametrize("world", [2, 3])
def test_processes_make_the_same_images_together(evaluator, monkeypatch, world):
    """Batch by batch in turn, so that the score does not depend on how many there are."""
    alone = score_generator(evaluator, noise, count=30, batch_size=4)
    parts = []
    for rank in range(world):
        monkeypatch.setattr(loop, "process_of", lambda rank=rank: (rank, world))
        part = Evaluator(evaluator.reference, extractor=ChannelMeans(), workers=0, device="cpu")
        score_generator(part, noise, count=30, batch_size=4)
        parts.append(part)
    for part in parts[1:]:
        parts[0].merge(part)
    together = parts[0].compute()["fd_channel-means"]
    assert together.fake_count == 30
    assert float(together) == pytest.approx(float(alone["fd_channel-means"]), rel=1e-9)


@pytest.mark.parametrize(
    ("generate", "message"),
    [
        (lambda count, _: noise(count + 1, None), "as many images as it is asked for, 8; got 9"),
        (lambda count, _: [1] * count, "must return a tensor of images; got list"),
        (lambda count, _: 3 * torch.ones(count, 3, 4, 4), r"to_uint8 needs floats in \[-1, 1\]"),
    ],
)
def test_what_is_no_batch_is_refused(evaluator, generate, message):
    """And the random numbers are put back."""
    before = state()
    with pytest.raises(InputError, match=message):
        score_generator(evaluator, generate, count=30, batch_size=8)
    assert state() == before
    with pytest.raises(InputError, match="at least 1"):
        score_generator(evaluator, noise, count=0)


def test_gradients_are_off_and_modes_come_back():
    """A part that was frozen stays frozen."""
    network = nn.Sequential(nn.BatchNorm1d(2), nn.BatchNorm1d(2).eval())
    with pytest.raises(KeyError), evaluating(network):
        assert not network(torch.ones(3, 2)).requires_grad
        raise KeyError
    assert [part.training for part in network.modules()] == [True, True, False]


class Swapper:
    """diffusers' ``EMAModel``, in short."""

    def __init__(self, values):
        self.values = values

    def store(self, parameters):
        self.own = [one.detach().clone() for one in parameters]

    def copy_to(self, parameters):
        self.fill(parameters, self.values)

    def restore(self, parameters):
        self.fill(parameters, self.own)

    @staticmethod
    @torch.no_grad()
    def fill(parameters, values):
        for one, value in zip(parameters, values, strict=True):
            one.copy_(value)


@pytest.mark.parametrize("kind", ["module", "averaged model", "state", "part of a state", "swapper"])
def test_an_average_is_lent_and_given_back(kind):
    """To the last bit, whatever holds it, and where the block fails."""
    network, other = nn.Linear(2, 2), nn.Linear(2, 2)
    model = torch.optim.swa_utils.AveragedModel(other)
    average = {
        "module": other,
        "averaged model": model,
        "state": other.state_dict(),
        "part of a state": {"weight": other.weight, "step": torch.tensor(3)},
        "swapper": Swapper([one.detach().clone() for one in other.parameters()]),
    }[kind]
    own = [one.detach().clone() for one in network.parameters()]
    with pytest.raises(KeyError), averaged(network, average):
        assert torch.equal(network.weight, other.weight)
        assert torch.equal(network.bias, network.bias if kind == "part of a state" else other.bias)
        raise KeyError
    assert all(map(torch.equal, network.parameters(), own))


class HalfSwapper(Swapper):
    """Fails after the first of its weights."""

    def copy_to(self, parameters):
        self.fill([next(iter(parameters))], self.values[:1])
        raise KeyError


@pytest.mark.parametrize(
    "average",
    [
        {"bias": torch.full((2,), 7.0), "weight": torch.eye(2).to_sparse()},
        {"bias": torch.full((2,), 7.0), "weight": torch.eye(2, device="meta")},
        {"bias": torch.full((2,), 7.0), "weight": torch.eye(2, dtype=torch.complex64)},
        HalfSwapper([torch.full((2, 2), 7.0)]),
    ],
    ids=["sparse", "meta", "complex", "swapper"],
)
def test_an_average_that_cannot_be_lent_changes_nothing(average):
    """The network has its own weights after it, all of them."""
    network = nn.Linear(2, 2)
    own = [one.detach().clone() for one in network.parameters()]
    with pytest.raises((InputError, KeyError)), averaged(network, average):
        pass
    assert all(map(torch.equal, network.parameters(), own))


def test_threads_take_turns_with_the_global_random_numbers():
    """A second one waits until the first has put them back."""
    order = []

    def draw():
        with random_numbers_of(1):
            order.append("second")

    other = threading.Thread(target=draw)
    with random_numbers_of(0), random_numbers_of(0):
        other.start()
        other.join(timeout=0.2)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_a_foreign_average_is_refused():
    """Before anything is changed."""
    network = nn.Linear(2, 2)
    with (
        pytest.raises(InputError, match=r"weights of the network's names, such as 'weight'; got none"),
        averaged(network, {"decay": torch.tensor(0.9)}),
    ):
        pass
