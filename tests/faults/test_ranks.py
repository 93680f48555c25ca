"""Processes of one run that part ways or die: every other one ends, soon, in one line."""

import contextlib
import json
import os
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
import torch
import torch.distributed as dist

from ganmetrics import GanMetricsError, evaluate
from ganmetrics.ranks import group, joined
from ganmetrics.ranks.joined import JoinedRanks
from ganmetrics.testing import ChannelMeans, random_images, write_images

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork") or not dist.is_available(), reason="needs fork and gloo"),
]

SOON = 120
"""Seconds in which all must have ended: a whole run takes one or two, and the shortest timeout of gloo is 600."""
ROUNDS = int(os.environ.get("GANMETRICS_FAULT_ROUNDS", "3"))
METRICS = ("fid", "kid", "precision")


def run(place, work, size=2):
    """Do the work on some processes of one group; return for each what it returned or the error that ended it."""
    place.mkdir()
    children = [os.fork() or be_a_rank(place, work, rank, size) for rank in range(size)]
    ended, until = {}, time.monotonic() + SOON
    try:
        while len(ended) < size and time.monotonic() < until:
            for rank, child in enumerate(children):
                if rank not in ended and os.waitpid(child, os.WNOHANG)[0]:
                    ended[rank] = True
            time.sleep(0.02)
    finally:
        for rank, child in enumerate(children):
            if rank not in ended:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
    assert len(ended) == size, f"still waiting after {SOON} s: {set(range(size)) - set(ended)}"
    texts = [(place / f"{rank}.json") for rank in range(size)]
    return [json.loads(text.read_text(encoding="utf-8")) if text.exists() else "killed" for text in texts]


def be_a_rank(place, work, rank, size):
    """Be one of the processes; there is no return."""
    found = "another error"
    with contextlib.suppress(BaseException):
        torch.set_num_threads(1)
        dist.init_process_group("gloo", init_method=f"file://{place}/store", rank=rank, world_size=size)
        try:
            found = work(rank)
        except GanMetricsError as error:
            found = f"{type(error).__name__}: {error}"
        except BaseException as error:
            found = f"another error: {type(error).__name__}: {error}"
    (place / f"{rank}.json").write_text(json.dumps(found))
    # What the others still wait for hangs on this process's connections: it ends with them, as a failed rank does.
    os._exit(0)


def score(real, fake, **options):
    given = {"extractor": ChannelMeans(), "workers": 0, "device": "cpu", "metrics": METRICS, **options}
    return {name: found.value for name, found in evaluate(real, fake, **given).items()}


@pytest.fixture(scope="module")
def sets(tmp_path_factory):
    """Two folders of images, as strings."""
    folder = tmp_path_factory.mktemp("sets")
    return tuple(str(write_images(folder / name, 24, seed=seed)) for seed, name in enumerate(("real", "fake")))


def meetings_counted(sets, cache):
    """Score, and return how often the processes have met."""
    met = Counter()
    gather = JoinedRanks.gather

    def counted(self, value):
        met["times"] += 1
        return gather(self, value)

    JoinedRanks.gather = counted
    score(*sets, cache=cache)
    return met["times"]


def killed_at(number, rank_killed):
    """Return work in which one process is killed as it is about to meet the others for the so manieth time."""

    def work(rank, sets, cache):
        if rank == rank_killed:
            met = Counter()
            gather = JoinedRanks.gather

            def deadly(self, value):
                met["times"] += 1
                if met["times"] > number:
                    os.kill(os.getpid(), signal.SIGKILL)
                return gather(self, value)

            JoinedRanks.gather = deadly
        return score(*sets, cache=cache)

    return work


@pytest.mark.slow
@pytest.mark.parametrize("rank_killed", [0, 1])
def test_a_rank_that_dies_in_any_phase_ends_the_other(sets, tmp_path, rank_killed):
    """Before a meeting, from the first to the last: opening, hashing, extracting, joining, scoring, keeping."""
    first, second = run(tmp_path / "whole", lambda _rank: meetings_counted(sets, str(tmp_path / "cache")))
    assert first == second > 20
    for number in sorted({turn * (first - 1) // (ROUNDS - 1) for turn in range(ROUNDS)}):
        work = killed_at(number, rank_killed)
        found = run(tmp_path / str(number), lambda rank, work=work, n=number: work(rank, sets, str(tmp_path / f"c{n}")))
        assert found[rank_killed] == "killed"
        assert found[1 - rank_killed].startswith("GanMetricsError: all 2 processes need to go on"), (number, found)
        assert not list(tmp_path.glob(f"c{number}/*.tmp"))


@pytest.mark.slow
def test_ranks_that_see_other_numbers_of_images_are_told(sets, tmp_path):
    fewer = str(write_images(tmp_path / "fewer", 20))
    for found in run(tmp_path / "out", lambda rank: score(sets[0], (sets[1], fewer)[rank])):
        assert found.startswith("InputError: all processes need the same images; of ")
        assert found.endswith(" they see 24, 20")


@pytest.mark.slow
def test_ranks_that_see_other_images_are_told(sets, tmp_path):
    """As many, and under the same names."""
    for place in ("a", "b"):
        write_images(tmp_path / place / "fake", 24, seed=ord(place))

    def work(rank):
        os.chdir(tmp_path / "ab"[rank])
        return score(sets[0], "fake")

    for found in run(tmp_path / "out", work):
        assert found == (
            "InputError: all processes need the same images; fake/00000.png is not the same file for all of them"
        )


@pytest.mark.slow
def test_ranks_with_caches_of_their_own_give_the_same(sets, tmp_path):
    """One that is empty, one that is full, one with less in each entry than is asked."""
    alone = pytest.approx(score(*sets), rel=1e-9)
    score(*sets, cache=str(tmp_path / "full"))
    score(*sets, cache=str(tmp_path / "less"), metrics=("fid",), interval=False)

    def work(rank):
        return score(*sets, cache=str(tmp_path / caches[rank]))

    for number, caches in enumerate((("full", "none"), ("empty", "full"), ("less", "full"), ("full", "less"))):
        assert run(tmp_path / str(number), work) == [alone, alone], caches


@pytest.mark.slow
def test_a_cache_on_one_rank_alone_is_told(sets, tmp_path):
    for found in run(tmp_path / "out", lambda rank: score(*sets, cache=(None, str(tmp_path / "cache"))[rank])):
        assert found.startswith("InputError: all processes need the same images, options and files")


@pytest.mark.slow
def test_a_call_that_one_rank_does_not_make_is_told(sets, tmp_path):
    def work(rank):
        group.MEETING = joined.MEETING = timedelta(seconds=3)
        if rank:
            time.sleep(6)
            return "elsewhere"
        return score(*sets)

    found, elsewhere = run(tmp_path / "out", work)
    assert "one did not come" in found
    assert elsewhere == "elsewhere"


@pytest.mark.slow
def test_streams_that_differ_are_told(sets, tmp_path):
    """Each process has its own random images, of which it would give a share."""
    for found in run(tmp_path / "out", lambda rank: score(sets[0], random_images(24, seed=rank))):
        assert found.startswith("InputError: all processes need the same images; tensor")
