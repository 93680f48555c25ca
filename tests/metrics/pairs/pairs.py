"""Images and their disturbed copies, for measures of pairs."""

import numpy as np
import torch


def images(count, size=(24, 19), seed=0):
    """Smooth noise, uint8."""
    rng = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 3, 6, 6, generator=rng)
    smooth = torch.nn.functional.interpolate(coarse, size, mode="bicubic").clamp(0, 1)
    return (smooth * 255).round().to(torch.uint8)


def disturbed(originals, seed=0):
    """The same with noise."""
    noise = torch.from_numpy(np.random.default_rng(seed).normal(0, 20, originals.shape))
    return (originals + noise).clamp(0, 255).to(torch.uint8)
