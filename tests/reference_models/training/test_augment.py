"""Differentiable augmentation."""

import torch

from reference_models.training.augment import NUMBERS, augmented


def plain(count, **changed):
    """Return numbers that change nothing but the cut-out, which lies in a corner unless it is placed."""
    names = ("brightness", "saturation", "contrast", "across", "down", "left", "top")
    values = {
        "brightness": 0.5,
        "saturation": 0.5,
        "contrast": 0.5,
        "across": 0.5,
        "down": 0.5,
        "left": 0.0,
        "top": 0.0,
    }
    return torch.tensor([[{**values, **changed}[name] for name in names]] * count)


def test_each_number_has_its_own_effect():
    """Brightness shifts, saturation 0 is grey, contrast 0 halves the spread, shifts are of whole pixels."""
    images = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    kept = augmented(images, plain(2))
    corner = kept == 0
    assert corner[0, 0, :4, :4].all()
    torch.testing.assert_close(kept[~corner], images[~corner])
    seen = (slice(None), slice(None), slice(5, None), slice(5, None))
    torch.testing.assert_close(augmented(images, plain(2, brightness=0.9))[seen], images[seen] + 0.4)
    grey = augmented(images, plain(2, saturation=0.0))[seen]
    torch.testing.assert_close(grey, images.mean(dim=1, keepdim=True).expand(-1, 3, -1, -1)[seen])
    flat = augmented(images, plain(2, contrast=0.0))[seen]
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    torch.testing.assert_close(flat, (mean + (images - mean) / 2)[seen])
    moved = augmented(images, plain(2, across=0.99, down=0.0))
    torch.testing.assert_close(moved[:, :, 8:12, 8:12], images[:, :, 6:10, 10:14])


def test_shifts_are_even():
    """From -2 to 2 pixels of 16, each as often."""
    line = torch.arange(16.0).expand(500, 3, 16, 16)
    numbers = plain(500)
    numbers[:, 3] = torch.linspace(0, 0.9999, 500)
    middle = augmented(line, numbers)[:, 0, 8, 8]
    assert torch.bincount((middle - 6).long()).tolist() == [100] * 5


def test_gradients_pass_where_pixels_are_seen():
    """A cut-out pixel has no gradient, the others do; each image is changed in its own way."""
    images = torch.rand(64, 3, 8, 8, requires_grad=True)
    numbers = torch.rand(64, NUMBERS, generator=torch.Generator().manual_seed(1))
    changed = augmented(images, numbers)
    changed.square().sum().backward()
    assert images.grad.isfinite().all()
    assert (images.grad.flatten(1).norm(dim=1) > 0).all()
    same = augmented(images.detach()[:1].expand(64, -1, -1, -1), numbers)
    assert len(torch.unique(same.flatten(1), dim=0)) == 64


def test_training_with_it(trainer):
    """Steps differ from those without, the random numbers of a run without it are as before, and nothing is stored."""
    with_it, without = trainer("dcgan", augment="diffaugment"), trainer("dcgan")
    for _ in range(3):
        first, second = with_it.step().losses, without.step().losses
    assert first["D_real"] != second["D_real"]
    assert set(first) == set(second)
