"""Divergences between the class distributions that logits give."""

import math

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
