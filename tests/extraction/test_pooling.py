"""Statistics of several processes, pooled: those of all images at once, by whichever way they travel."""

from threading import Barrier, Thread, get_ident

import pytest
import torch

from ganmetrics.core.gaussian.blocks import BLOCKS, Blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import NotEnoughSamples
from ganmetrics.extraction import pooling
from ganmetrics.extraction.layer import Layer
from ganmetrics.ranks import Ranks


class Threads(Ranks):
    """Threads in the place of processes: what is gathered and added lies in a list that all see."""

    def __init__(self, rank, size, board, barrier):
        self.rank, self.size, self._board, self._barrier = rank, size, board, barrier

    def gather(self, value):
        self._board[self.rank] = value
        self._barrier.wait()
        found = list(self._board)
        self._barrier.wait()
        return found

    def add(self, tensor):
        return sum(self.gather(tensor.clone()))


def pooled(monkeypatch, layers, **options):
    """What each of several threads gets."""
    size, barrier = len(layers), Barrier(len(layers))
    board, found, errors = [None] * size, [None] * size, []
    local = {}
    monkeypatch.setattr(pooling, "current", lambda: local[get_ident()])

    def work(rank):
        local[get_ident()] = Threads(rank, size, board, barrier)
        try:
            found[rank] = pooling.pool(layers[rank], **options)
        except Exception as error:
            errors.append(error)

    threads = [Thread(target=work, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return found


@pytest.mark.parametrize("counts", [(2, 3), (20, 1, 30), (40, 0, 3), (0, 2)])
def test_moments_are_those_of_all(monkeypatch, counts):
    """From rows while they are few and from scatters later; a process without images changes nothing."""
    features = torch.randn(sum(counts), 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    parts = features.split(counts)
    layers = [Layer(Moments.of(part)) if len(part) else None for part in parts]
    whole = Moments.of(features)
    for layer in pooled(monkeypatch, layers):
        assert layer.moments.count == whole.count
        assert torch.allclose(layer.moments.mean, whole.mean, atol=1e-12)
        assert torch.allclose(layer.moments.covariance, whole.covariance, atol=1e-12)
        assert layer.blocks is None


def test_blocks_are_pooled_only_where_all_have_them(monkeypatch):
    """A part that was merged from statistics without blocks has none, and so has the whole."""
    features = torch.randn(16, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    blocks = Blocks(tuple(Moments.of(part) for part in features.split(16 // BLOCKS)))
    full, bare = Layer(Moments.of(features), blocks), Layer(Moments.of(features + 1))
    both = pooled(monkeypatch, [full, full], blocks=True)[0]
    assert [part.count for part in both.blocks.parts] == [2 * 16 // BLOCKS] * BLOCKS
    assert pooled(monkeypatch, [full, bare], blocks=True)[0].blocks is None
    assert pooled(monkeypatch, [full, full], blocks=False)[1].blocks is None


def test_no_images_at_all_are_refused(monkeypatch):
    """On every process."""
    with pytest.raises(NotEnoughSamples, match="at least one image"):
        pooled(monkeypatch, [None, None])
