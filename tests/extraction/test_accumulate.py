"""Features into statistics, batch by batch."""

import pytest
import torch

from ganmetrics.core.gaussian import kept
from ganmetrics.core.gaussian.blocks import Blocks
from ganmetrics.core.gaussian.moments import Moments
from ganmetrics.errors import NotEnoughSamples
from ganmetrics.extraction.accumulate import BLOCK_ROWS, LayerAccumulator
from tests.other_device import other_device

FEATURES = torch.randn(2 * BLOCK_ROWS + 500, 3, generator=torch.Generator().manual_seed(0))


def gathered(batch, *, blocks=True):
    accumulator = LayerAccumulator(blocks=blocks)
    for part in FEATURES.split(batch):
        accumulator.add(part)
    return accumulator.layer()


@pytest.mark.slow
@pytest.mark.parametrize("batch", [1, 33, BLOCK_ROWS, 5000])
def test_batches_do_not_change_a_bit(batch):
    """The sums of the whole and of each block are taken over steps of their own."""
    expected, found = gathered(100), gathered(batch)
    assert torch.equal(found.moments.covariance, expected.moments.covariance)
    assert found.blocks is not None
    assert expected.blocks is not None
    for before, after in zip(expected.blocks.parts, found.blocks.parts, strict=True):
        assert before is not None
        assert after is not None
        assert torch.equal(before.covariance, after.covariance)


def test_the_statistics_are_those_of_all_features():
    """An oracle with all features at once."""
    layer = gathered(77)
    torch.testing.assert_close(layer.moments.covariance, Moments.of(FEATURES).covariance, rtol=1e-12, atol=1e-15)
    assert layer.blocks is not None
    for found, expected in zip(layer.blocks.parts, Blocks.of(FEATURES).parts, strict=True):
        assert found is not None
        assert expected is not None
        assert found.count == expected.count
        torch.testing.assert_close(found.covariance, expected.covariance, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ["ipu", "mps"])
def test_a_device_sums_what_the_host_would(name, monkeypatch):
    """A GPU adds a block's scatter where it lies, in double precision, or leaves it to the host where it has none."""
    expected, of, summed_on = gathered(1000), Moments.of, []

    def noted(rows, **options):
        summed_on.append(rows.device.type)
        return of(rows, **options)

    monkeypatch.setattr(Moments, "of", noted)
    with other_device(name):
        accumulator = LayerAccumulator(blocks=True, device=torch.device(name))
        for part in FEATURES.split(1000):
            accumulator.add(part)
        found = accumulator.layer()
    assert (name in summed_on) == (name == "ipu")
    assert found.moments.count == len(FEATURES)
    torch.testing.assert_close(found.moments.covariance, expected.moments.covariance, rtol=1e-12, atol=1e-15)
    torch.testing.assert_close(found.moments.mean, expected.moments.mean, rtol=1e-12, atol=1e-15)


def test_of_few_images_the_rows_are_kept_on_every_device():
    """While there are no more images than features, the covariance alone would lose half of the digits of its root."""
    wide = torch.randn(2 * BLOCK_ROWS, 2 * BLOCK_ROWS + 1, generator=torch.Generator().manual_seed(1))
    with other_device("ipu"):
        accumulator = LayerAccumulator(device=torch.device("ipu"))
        accumulator.add(wide)
        found = accumulator.layer().moments
    assert found.rows is not None
    torch.testing.assert_close(found.rows, wide.double() - wide.double().mean(dim=0), rtol=0, atol=1e-12)


def test_blocks_are_kept_only_when_asked():
    """They take eight times the room of the rest, and do not change the rest."""
    lean = gathered(100, blocks=False)
    assert lean.blocks is None
    assert torch.equal(lean.moments.covariance, gathered(100).moments.covariance)


def test_more_may_be_added_after_a_look():
    """Looking folds nothing: the later statistics are those of an accumulator that nobody looked at."""
    accumulator = LayerAccumulator(blocks=True)
    for part in FEATURES.split(300):
        accumulator.add(part)
        accumulator.layer()
    assert accumulator.count == len(FEATURES)
    assert torch.equal(accumulator.layer().moments.covariance, gathered(300).moments.covariance)


def test_nothing_is_refused():
    """There are no statistics of no images."""
    with pytest.raises(NotEnoughSamples, match="at least one image; none was given"):
        LayerAccumulator(blocks=False).layer()


def test_the_kept_images_are_those_with_the_smallest_hashes(monkeypatch):
    """Whatever the batches, and in single precision; as many as there are features."""
    monkeypatch.setattr(kept, "_LEAST", 1)
    hashes = torch.randperm(len(FEATURES), generator=torch.Generator().manual_seed(1))
    found = []
    for batch in (77, 5000):
        accumulator = LayerAccumulator(kept=True)
        for features, part in zip(FEATURES.split(batch), hashes.split(batch), strict=True):
            accumulator.add(features, part)
        found.append(accumulator.layer().kept)
    assert torch.equal(found[0].hashes, torch.arange(3))
    assert torch.equal(found[0].features, FEATURES[hashes.argsort()[:3]])
    assert torch.equal(found[1].features, found[0].features)
    assert gathered(100).kept is None


def test_kept_images_are_chosen_once_a_block(monkeypatch):
    """A choice copies all that are kept: with batches of eight that was most of a statistic's cost."""
    choices, of = [], kept.KeptImages.of.__func__
    monkeypatch.setattr(kept, "_LEAST", 1)
    monkeypatch.setattr(
        kept.KeptImages, "of", classmethod(lambda cls, *rows: choices.append(len(rows[0])) or of(cls, *rows))
    )
    hashes = torch.randperm(len(FEATURES), generator=torch.Generator().manual_seed(2))
    accumulator = LayerAccumulator(kept=True)
    for features, part in zip(FEATURES.split(8), hashes.split(8), strict=True):
        accumulator.add(features, part)
    looked_at = accumulator.layer().kept
    assert torch.equal(looked_at.features, FEATURES[hashes.argsort()[:3]])
    assert sum(rows > 8 for rows in choices) <= 2, "of 2,548 images hardly any that follow the first 1,024 may be kept"
    accumulator.add(torch.ones(1, 3), torch.tensor([-1]))
    assert accumulator.layer().kept.hashes.tolist() == [-1, 0, 1]
