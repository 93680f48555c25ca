"""Tests of `ganmetrics.features.compiled`, with a stand-in for the compiler: the true one takes half a minute."""

import pytest
import torch
from torch import nn

from ganmetrics.errors import InputError
from ganmetrics.features import compiled
from ganmetrics.features.base import ExtractorSpec, Outputs
from ganmetrics.features.compiled import WORTH_COMPILING, CompiledExtractor
from ganmetrics.features.network import CPU_PIECE, FrozenNetwork, NetworkExtractor
from ganmetrics.features.resize import Preprocessing
from ganmetrics.testing import ChannelMeans

CPU = torch.device("cpu")


class Tiny(FrozenNetwork):
    """One convolution."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(3, 4, 3)

    def forward(self, batch):
        return Outputs(features=self.convolution(batch).mean(dim=(2, 3)))


@pytest.fixture
def shapes(monkeypatch):
    """The shapes that reach compiled code; the compiler itself hands back what it is given."""
    seen = []

    def compile_(run, *, dynamic, options):
        assert (dynamic, options) == (False, {"freezing": True})

        def watched(batch):
            seen.append(tuple(batch.shape))
            assert batch.is_contiguous(memory_format=torch.channels_last)
            return run(batch)

        return watched

    monkeypatch.setattr(torch, "compile", compile_)
    monkeypatch.setattr(compiled.shutil, "which", lambda name: f"/usr/bin/{name}")
    return seen


@pytest.fixture
def plain():
    """The extractor before it is compiled."""
    torch.manual_seed(0)
    spec = ExtractorSpec("tiny", 4, None, "pooled", None, "none")
    return NetworkExtractor(spec, Preprocessing("tf1-bilinear", (8, 8), "(x-128)/128"), Tiny)


def batch(count):
    """Random inputs."""
    return torch.randn(count, 3, 8, 8, generator=torch.Generator().manual_seed(count))


def test_the_last_batch_is_filled_up(shapes, plain):
    """Code is compiled for one size of batch only, and the rows that fill it do not come out."""
    extractor = CompiledExtractor.of(plain)
    for count in (CPU_PIECE, CPU_PIECE, 2):
        found = extractor(batch(count), CPU)
        assert torch.allclose(found.features, plain(batch(count), CPU).features, rtol=1e-5, atol=1e-6)
        assert found.logits is None
    assert shapes == [(CPU_PIECE, 3, 8, 8)] * 3


@pytest.mark.usefixtures("shapes")
def test_a_pass_over_few_images_is_not_compiled(plain):
    """Compiling must repay itself."""
    extractor = CompiledExtractor.of(plain)
    assert extractor.for_count(WORTH_COMPILING) is extractor
    assert extractor.for_count(WORTH_COMPILING - 1) is plain


@pytest.mark.usefixtures("shapes")
def test_a_machine_without_a_compiler_is_refused(plain, monkeypatch):
    """Before any image is read; a compiler of the user's choice counts."""
    assert CompiledExtractor.of(plain).network is plain.network
    monkeypatch.setattr(compiled.shutil, "which", lambda name: name if name == "icpx" else None)
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(InputError, match="needs a C\\+\\+ compiler on the path; found none of g"):
        CompiledExtractor.of(plain)
    monkeypatch.setenv("CXX", "icpx")
    assert CompiledExtractor.of(plain).spec == plain.spec


def test_a_users_own_extractor_is_refused():
    """It is a function that only its author can compile."""
    with pytest.raises(InputError, match="compiling needs an extractor given by name"):
        CompiledExtractor.of(ChannelMeans())
