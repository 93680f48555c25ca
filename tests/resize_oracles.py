"""Independent versions of the resizers, in float64 and from their definitions."""

import numpy as np
import torch
from torch.nn import functional


def keys_cubic(x):
    """Keys's kernel with a = -1/2, the member of the family that reproduces quadratics."""
    x = np.abs(x)
    return np.where(x < 1, 1.5 * x**3 - 2.5 * x**2 + 1, np.where(x < 2, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2, 0))


def triangle(x):
    """The kernel of linear interpolation."""
    return np.maximum(1 - np.abs(x), 0)


def antialiased(image, size, kernel):
    """Convolve each axis with a kernel that is stretched where the image shrinks, weights summing to 1, and clip."""

    def weights(source, target):
        stretch = max(source / target, 1)
        centre = (np.arange(target)[:, None] + 0.5) * source / target
        found = kernel((np.arange(source) + 0.5 - centre) / stretch)
        return found / found.sum(axis=1, keepdims=True)

    rows, columns = (weights(came, needed) for came, needed in zip(image.shape, size, strict=False))
    return (rows @ image.transpose(2, 0, 1).astype(np.float64) @ columns.T).clip(0, 255)


def tf1_bilinear_by_matrix(image, size):
    """TensorFlow 1's resize as two matrices of weights: output i reads the source at i * source / target."""

    def weights(source, target):
        position = np.arange(target)[:, None] * source / target
        return triangle(np.minimum(position, source - 1) - np.arange(source))

    rows, columns = (weights(came, needed) for came, needed in zip(image.shape, size, strict=False))
    return rows @ image.transpose(2, 0, 1).astype(np.float64) @ columns.T


def resampled_on_a_grid(image, size):
    """TensorFlow 1's resize as StyleGAN writes it: a grid of pixel centres, shifted by half the difference of pixels.

    Sampling at (2 j + 1)/W - 1 + 1/w - 1/W in units of half the image's width w reads the source at j w / W.
    """
    height, width = image.shape[:2]
    theta = torch.eye(2, 3, dtype=torch.float64)[None]
    theta[0, 0, 2] = 1 / width - 1 / size[1]
    theta[0, 1, 2] = 1 / height - 1 / size[0]
    planes = torch.from_numpy(image).permute(2, 0, 1)[None].double()
    grid = functional.affine_grid(theta, [1, 3, *size], align_corners=False)
    return functional.grid_sample(planes, grid, mode="bilinear", padding_mode="border", align_corners=False)[0].numpy()
