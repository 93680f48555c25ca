"""Divergences between the class distributions that logits give."""

import math

import torch
from jaxtyping import Float64
from torch import Tensor

from ganmetrics._types import Logits


def mean_divergence_from_marginal(logits: Logits) -> float:
    """Return the mean over images of KL(p(y|x) || p(y)), in nats; p(y) is the mean of p(y|x) over the images.

    This is the mutual information of image and class: between 0 and log(c). Both logarithms are formed from logits,
    log p(y) as a log-sum-exp over the images: a probability that underflows to 0 then meets a finite logarithm and
    counts as 0, where p * log(p / p(y)) would be NaN.

    >>> import torch
    >>> round(mean_divergence_from_marginal(torch.tensor([[0.0, -800.0], [-800.0, 0.0]], dtype=torch.float64)), 12)
    0.69314718056
    """
    conditional = logits.log_softmax(dim=1)
    marginal = conditional.logsumexp(dim=0) - math.log(len(logits))
    return float((conditional.exp() * (conditional - marginal)).sum()) / len(logits)


def divergence_without_each(logits: Logits) -> Float64[Tensor, " n"]:
    """Return for each image what `mean_divergence_from_marginal` is of all others; there must be two at least.

    It is the entropy of the marginal less the mean entropy of the images, and both are sums over the images: each is
    taken off in turn.

    >>> rows = torch.randn(5, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    >>> without = divergence_without_each(rows)
    >>> bool((without[1] - mean_divergence_from_marginal(rows[[0, 2, 3, 4]])).abs() < 1e-12)
    True
    """
    conditional = logits.double().log_softmax(dim=1)
    entropies = torch.special.entr(conditional.exp()).sum(dim=1)
    others = len(logits) - 1
    # Where an image alone has a class what is left is 0 but for rounding.
    marginal = ((conditional.exp().sum(dim=0) - conditional.exp()) / others).clamp(min=0)
    without: Tensor = torch.special.entr(marginal).sum(dim=1) - (entropies.sum() - entropies) / others
    return without


def class_dispersion(logits: Logits) -> float:
    """Return the sum over the classes of the variance of p(y|x) over the images, over its mean: at most classes - 1.

    >>> round(class_dispersion(1000 * torch.eye(4, dtype=torch.float64)), 12)
    3.0
    """
    probabilities = logits.double().softmax(dim=1)
    marginal = probabilities.mean(dim=0)
    there = marginal > 0
    return float((probabilities.var(dim=0, correction=0)[there] / marginal[there]).sum())
