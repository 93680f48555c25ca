"""Moments as one tensor: the state of a metric that processes merge, however torchmetrics gathers it.

Rows of [d + 2, d] in float64: the count in every place, the mean, then the scatter, the sum of the centred features'
outer products. Merging is that of Chan, Golub and LeVeque (1983): no sum of large squares is subtracted, as it is where
raw sums are added up.
"""

import torch
from torch import Tensor

from ganmetrics import InputError, Moments, NotEnoughSamples
from ganmetrics.compat.shared_network import described, is_dense

_ROWS_ABOVE = 2
_ROUNDING = 1e-5
LEAST = 2
"""Images that a covariance needs."""


def no_images(dimension: int) -> Tensor:
    """Return the state before the first image.

    >>> no_images(3).shape
    torch.Size([5, 3])
    """
    return torch.zeros(dimension + _ROWS_ABOVE, dimension, dtype=torch.float64)


def with_features(state: Tensor, features: Tensor) -> Tensor:
    """Return the state with a batch of features [n, d] added.

    Raises:
        InputError: they are of another width.
    """
    if features.ndim != state.ndim or features.shape[1] != state.shape[1]:
        raise InputError(f"features must be [n, {state.shape[1]}], as those before; got {list(features.shape)}")
    rows = features.detach().to(state.device, torch.float64)
    mean = rows.mean(dim=0)
    centred = rows - mean
    count = torch.full_like(mean, len(rows))
    return merged(torch.stack([state, torch.cat([count[None], mean[None], centred.mT @ centred])]))


def merged(states: Tensor) -> Tensor:
    """Return the state of all images behind several states [k, d + 2, d], as torchmetrics hands them over.

    >>> parts = [with_features(no_images(1), torch.tensor([[value]])) for value in (1.0, 4.0)]
    >>> merged(torch.stack(parts)).flatten().tolist()
    [2.0, 2.5, 4.5]
    """
    whole, *rest = states.unbind()
    for state in rest:
        whole = _merged(whole, state)
    return whole


def moments_of(state: Tensor, side: str) -> Moments:
    """Return count, mean and covariance.

    Raises:
        NotEnoughSamples: there are fewer than two images.
    """
    count = int(state[0, 0])
    if count < LEAST:
        raise NotEnoughSamples(f"a Fréchet distance needs at least 2 {side} images; got {count}")
    scatter = state[_ROWS_ABOVE:].cpu()
    covariance = (scatter + scatter.mT) / (2 * (count - 1))
    return Moments.gaussian(state[1].cpu(), covariance, count)


def checked_moments(name: str, state: object, dimension: int) -> Tensor:
    """Return a state that was stored, where it can be one.

    Raises:
        InputError: it is no tensor of this shape, or its numbers are those of no images.

    >>> torch.equal(checked_moments("moments", no_images(3), 3), no_images(3))
    True
    """
    shape = [dimension + _ROWS_ABOVE, dimension]
    if not isinstance(state, Tensor) or not is_dense(state) or not state.is_floating_point():
        raise InputError(f"{name} must be moments {shape}, floating point; got {described(state)}")
    if list(state.shape) != shape:
        raise InputError(f"{name} must be moments {shape}; got {described(state)}")
    if not bool(state.isfinite().all()):
        row = int((~state.isfinite()).any(dim=1).nonzero()[0, 0])
        raise InputError(f"{name} must be finite moments; got row {row} with what is no number")
    count, scatter = float(state[0, 0]), state[_ROWS_ABOVE:].double()
    if count < 0 or not count.is_integer() or not bool((state[0] == count).all()):
        low, high = (float(bound) for bound in state[0].aminmax())
        raise InputError(f"{name} must have one whole count of images in its first row; got {low:g} to {high:g}")
    variances = scatter.diagonal()
    spread = variances.clamp_min(0).sqrt()
    slack = _ROUNDING * (float(variances.abs().max()) + torch.finfo(state.dtype).tiny)
    possible = scatter.abs() <= torch.outer(spread, spread) + slack
    if not bool((possible & ((scatter - scatter.mT).abs() <= slack)).all()) or bool((variances < 0).any()):
        raise InputError(f"{name} must have a covariance, symmetric and not negative; got another matrix")
    if not count and bool(state.any()):
        raise InputError(
            f"{name} must be zeros where there are no images; got a count of 0 with a mean or a covariance"
        )
    return state.detach().clone()


def _merged(a: Tensor, b: Tensor) -> Tensor:
    if not a[0, 0]:
        return b
    if not b[0, 0]:
        return a
    count = a[0] + b[0]
    shift = b[1] - a[1]
    mean = a[1] + shift * b[0] / count
    scatter = a[_ROWS_ABOVE:] + b[_ROWS_ABOVE:] + torch.outer(shift, shift) * (a[0, 0] * b[0, 0] / count[0])
    return torch.cat([count[None], mean[None], scatter])
