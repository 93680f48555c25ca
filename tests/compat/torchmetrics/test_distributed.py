"""What torchmetrics gathers from several processes is merged: the distance is that of all images."""

import pytest
import torch

from ganmetrics.testing import ChannelMeans, random_images

pytest.importorskip("torchmetrics")

from ganmetrics.compat.torchmetrics import FrechetInceptionDistance, KernelInceptionDistance


def with_others(cls, others, **options):
    """A metric that takes other metrics for those of other processes."""

    def gather(state, group):  # noqa: ARG001 - torchmetrics names it
        (name,) = (one for one in metric._reductions if same(getattr(metric, one), state))
        return [state, *(joined(getattr(other, name)) for other in others)]

    def joined(state):
        return torch.cat(state) if isinstance(state, list) else state

    def same(value, state):
        return (value[0] if isinstance(value, list) else value) is state

    metric = cls(ChannelMeans(), dist_sync_fn=gather, distributed_available_fn=lambda: True, **options)
    return metric


@pytest.mark.parametrize(
    ("cls", "options"), [(FrechetInceptionDistance, {}), (KernelInceptionDistance, {"subset_size": 30})]
)
def test_processes_are_one(cls, options):
    """Three of them, with one image, few and many."""
    real, fake = random_images(40, seed=1), random_images(30, seed=2)
    parts = list(zip(real.split([1, 9, 30]), fake.split([20, 9, 1]), strict=True))
    others = [cls(ChannelMeans(), **options) for _ in parts[1:]]
    first, alone = with_others(cls, others, **options), cls(ChannelMeans(), **options)
    for metric, sides in zip([first, *others, alone], [*parts, (real, fake)], strict=True):
        for images, is_real in zip(sides, (True, False), strict=True):
            metric.update(images, real=is_real)
    torch.testing.assert_close(first.compute(), alone.compute())
    assert len(others[0].real_features if cls is KernelInceptionDistance else others[0].real_moments)
