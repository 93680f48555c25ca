"""A thousand modes: drawn evenly, found again, counted."""

import math

import pytest
import torch

from reference_models.data.modes import MODES, draw_modes
from reference_models.errors import ConfigError, DataError
from reference_models.export.sample import count_sampled_modes
from reference_models.scoring.modes import count_found_modes, count_modes, find_modes
from reference_models.training import start


@pytest.mark.slow
@pytest.mark.parametrize("size", [16, 32])
def test_what_is_drawn_is_found(size):
    """Nearly every image has the mode that it was drawn from, at any size; noise does not move it."""
    drawn = draw_modes(1000, size=size)
    assert (find_modes(drawn.images) == drawn.modes).float().mean() > 0.98
    rng = torch.Generator().manual_seed(0)
    noisy = (drawn.images + 25 * torch.randn(drawn.images.shape, generator=rng)).clamp(0, 255).byte()
    assert (find_modes(noisy) == drawn.modes).float().mean() > 0.9
    mirrored = find_modes(255 - drawn.images)
    assert not (mirrored == drawn.modes).any(), "light on dark is another mode than dark on light"


@pytest.mark.slow
def test_real_images_have_all_modes():
    """26,000 of them, whose reverse KL is that of a fair draw: about (modes - 1) / (2 n)."""
    drawn = draw_modes(26_000, size=16)
    assert torch.bincount(drawn.modes, minlength=MODES).min() > 0
    found = count_found_modes(drawn.modes)
    assert found.hit == MODES
    assert found.reverse_kl == pytest.approx((MODES - 1) / (2 * 26_000), rel=0.15)
    assert str(found).startswith("modes 1,000 of 1,000, reverse KL 0.0")


def test_counts_by_hand():
    """One mode: log 1000; half of the modes, alike: log 2."""
    one = count_found_modes(torch.full((50,), 7))
    assert (one.hit, one.count) == (1, 50)
    assert one.reverse_kl == pytest.approx(math.log(1000))
    assert count_found_modes(torch.arange(500).repeat(3)).reverse_kl == pytest.approx(math.log(2))
    assert count_found_modes(torch.arange(1000)).reverse_kl == pytest.approx(0, abs=1e-12)


@pytest.mark.slow
def test_what_has_no_modes_is_refused(tiny, tmp_path):
    """Grey images, none at all, and models of other images."""
    for images in (torch.zeros(0, 3, 8, 8, dtype=torch.uint8), torch.zeros(2, 1, 8, 8, dtype=torch.uint8)):
        with pytest.raises(DataError, match=r"modes are of images \[n, 3, s, s\]"):
            count_modes(images)
    for source in ("shapes", "shapes-modes"):
        config = tiny("dcgan", epochs=0, **{"eval.epochs": (), "data.source": source})
        start.train(config, tmp_path / source, device="cpu")
    with pytest.raises(ConfigError, match="of a model of --data shapes-modes; got one of shapes"):
        count_sampled_modes(tmp_path / "shapes", count=10)
    assert count_sampled_modes(tmp_path / "shapes-modes", count=30).count == 30
