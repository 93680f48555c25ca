"""One pass over a set of images."""

import numpy as np
import pytest
import torch

from ganmetrics._types import silent
from ganmetrics.data.audit import Audit, BadFile
from ganmetrics.data.sources import open_source
from ganmetrics.errors import NotEnoughSamples
from ganmetrics.extraction.accumulate import BLOCK_ROWS
from ganmetrics.extraction.collect import Keep, collect
from ganmetrics.extraction.survey import Survey
from ganmetrics.testing import ChannelMeans, random_images
from tests.extraction.test_settings import opened

IMAGES = random_images(2500, seed=3)
LEAN = Keep()
FEATURES = IMAGES.double().mean(dim=(2, 3)).numpy()


def gathered(*, keep=LEAN, batch_size=100, skip=frozenset(), progress=silent):
    settings = opened(ChannelMeans(), batch_size=batch_size, workers=0)
    audit = Audit(bad=tuple(BadFile(index, f"tensor[{index}]", "truncated") for index in skip))
    return collect(Survey(open_source(IMAGES), "digest", audit), settings, keep=keep, progress=progress)


@pytest.mark.slow
def test_several_blocks_equal_the_whole():
    """More images than a block: the merged moments are those of all features."""
    assert len(IMAGES) > 2 * BLOCK_ROWS
    moments = gathered().layer.moments
    np.testing.assert_allclose(moments.mean, FEATURES.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(moments.covariance, np.cov(FEATURES, rowvar=False), rtol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [1, 7, 1024, 1025, 5000])
def test_the_batch_size_does_not_change_a_bit(batch_size):
    """Sums are taken over blocks of their own size, whatever the batches."""
    expected, found = gathered().layer.moments, gathered(batch_size=batch_size).layer.moments
    assert torch.equal(found.mean, expected.mean)
    assert torch.equal(found.covariance, expected.covariance)


@pytest.mark.slow
def test_features_and_logits_are_kept_only_when_asked():
    """Memory grows with the images only where a metric needs it."""
    lean = gathered()
    assert lean.features is None
    assert lean.logits is None
    full = gathered(keep=Keep(features=True, logits=True))
    np.testing.assert_allclose(full.features, FEATURES, rtol=1e-6)
    assert torch.equal(full.features, full.logits)


@pytest.mark.slow
def test_skipped_images_are_left_out():
    """The indices that the audit found bad take no part."""
    skip = frozenset({0, 17, 2499})
    moments = gathered(skip=skip).layer.moments
    kept = np.delete(FEATURES, sorted(skip), axis=0)
    assert moments.count == 2497
    np.testing.assert_allclose(moments.mean, kept.mean(axis=0), rtol=1e-6)


@pytest.mark.slow
def test_progress_counts_images():
    """The stage is named, and its steps add up to the images."""
    from contextlib import contextmanager

    seen = []

    @contextmanager
    def progress(*, total, stage):
        seen.append((total, stage))
        yield seen.append

    gathered(progress=progress)
    assert seen[0] == (2500, "extracting tensor")
    assert sum(seen[1:]) == 2500


def test_nothing_left_is_refused():
    """A set whose images are all skipped has no statistics."""
    with pytest.raises(NotEnoughSamples, match="need at least one image; tensor has none"):
        gathered(skip=frozenset(range(2500)))
